// net/server_for_tests.h: a real server on a free port, with routes that show what a server does.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "net/peer_for_tests.h"
#include "net/server.h"

namespace keyledger::net {

/// Handlers wait here until the test lets them go on.
class Gate {
 public:
  Task<> pass();
  void wait_for_arrival();  // blocks the test until a handler is there
  void open();              // from any thread

  std::atomic<int> sources{0};  // of /stream that are there

 private:
  std::mutex mutex_{};
  std::condition_variable arrived_{};
  runtime::Resume<int> resume_{};
  bool has_arrived_ = false;
};

/// Routes: GET and POST /echo (the body, at most 64 bytes), POST /big (1 MiB), GET /large/{bytes}, GET /slow and
/// GET /events (each piece behind the gate), GET /stream/{pieces}/{end} (see TestPieces), POST /pieces (how many bytes
/// came, taken in pieces), POST /unwanted (takes none), GET /peer, GET /own-headers, GET /page (HTML), GET /empty
/// (204).
class TestServer {
 public:
  explicit TestServer(ServerOptions options = {});
  ~TestServer() { stop(); }

  void start() { ASSERT_TRUE(server_->start().has_value()); }
  void stop() { server_->stop(); }
  [[nodiscard]] RawPeer peer() const { return RawPeer::to_port(server_->port()); }
  [[nodiscard]] Server& server() { return *server_; }
  /// Blocks until so many connections are open, which a closed one ceases to be a moment later.
  void wait_for_connections(std::size_t count) const;

 private:
  std::optional<Router> router_{};
  std::optional<Server> server_{};

 public:
  Gate gate{};  // behind the server, so that what waits here goes before the server's io_contexts do
};

/// One request with Host, and the answer to it.
[[nodiscard]] std::string ask(RawPeer& peer, const std::string& method_and_target, const std::string& more = {});
[[nodiscard]] std::string status_line(unsigned status);

}  // namespace keyledger::net
