// net/server.h: listeners and connections. Strict HTTP/1.1 with a limit on everything.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "net/router.h"

namespace keyledger::net {

struct ServerLimits {
  std::size_t header_bytes_max = 32 << 10;        // 431 above it
  std::size_t target_bytes_max = 8 << 10;         // 414 above it
  std::size_t connections_max = 10'000;           // further ones get 503 and are closed
  std::size_t pipelined_max = 64;                 // requests answered in a row before other connections have their turn
  std::chrono::milliseconds header_time{10'000};  // from the first byte of a request to the end of its header
  std::chrono::milliseconds body_time{30'000};    // for the whole body
  std::chrono::milliseconds idle_time{75'000};    // between requests
  std::chrono::milliseconds answer_time{60'000};  // for the handler; 503 after it
  std::chrono::milliseconds write_time{30'000};   // for each write to make progress
  std::chrono::milliseconds stop_time{20'000};    // for answers in flight when the server stops
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 5000;                 // 0: any free one, see Server::port
  std::filesystem::path socket_path{};       // keyledger.sock, mode 0600; empty: none
  std::filesystem::path certificate_file{};  // PEM chain; with key_file, TLS 1.2 or later
  std::filesystem::path key_file{};
  std::vector<std::string> host_names{};  // accepted in Host beside the listening address; without port
  std::size_t threads = 2;
  ServerLimits limits{};
};

/// Security headers that every page carries, and those of them that matter for data every other answer; a handler that
/// sets one of them itself keeps its own.
[[nodiscard]] const std::vector<std::pair<std::string, std::string>>& security_headers();

/// Owns its I/O threads. `router` outlives it.
///
/// Stopping: `stop` closes the listeners, lets answers in flight finish (at most limits.stop_time), then ends the rest
/// and the threads. The io_contexts live until the destructor. Whoever may still hold a Resume of a handler (the
/// writer, pools) has to be gone before that, and what handlers point to has to be there still: stop the server, then
/// the writer and the pools; destroy the server, then the services.
class Server {
 public:
  Server(ServerOptions options, const Router* router);
  ~Server();  // stops

  /// Opens the listeners and starts the threads.
  /// Errors: unavailable (reason address_in_use, bad_certificate, ...), with a sentence for the operator.
  [[nodiscard]] Result<void> start();
  void stop();

  [[nodiscard]] std::uint16_t port() const;
  /// One of the I/O threads' executors, for the scheduler's coroutines.
  [[nodiscard]] runtime::Executor executor();
  /// Open connections, for metrics and tests.
  [[nodiscard]] std::size_t connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace keyledger::net
