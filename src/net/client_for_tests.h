// net/client_for_tests.h: a server that says exactly what a test wants it to, and a client that is waited for.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "net/client.h"
#include "net/peer_for_tests.h"

namespace keyledger::net {

/// Takes one connection, reads a request up to the end of its header, and runs a script.
class ScriptedServer {
 public:
  using Script = std::function<void(RawPeer&)>;

  explicit ScriptedServer(Script script)
      : thread_([this, script = std::move(script)] {
          RawPeer peer = listener_.accept();
          request_ = peer.read_until("\r\n\r\n");
          script(peer);
        }) {}
  explicit ScriptedServer(std::string reply)
      : ScriptedServer([reply = std::move(reply)](RawPeer& peer) { peer.send(reply); }) {}
  ~ScriptedServer() { finish(); }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  /// What was asked, once the client has its answer.
  const std::string& request() {
    finish();
    return request_;
  }

 private:
  void finish() {
    if (thread_.joinable()) thread_.join();
  }

  RawListener listener_{};
  std::string request_{};
  std::thread thread_;
};

inline Task<> send_into(const Client* client, ClientRequest request, ClientLimits limits,
                        std::optional<Result<ClientReply>>* result) {
  Result<ClientReply> reply = co_await client->send(std::move(request), limits);
  result->emplace(std::move(reply));
}

inline Result<ClientReply> send_and_wait(const Client& client, ClientRequest request, ClientLimits limits = {}) {
  boost::asio::io_context context{1};
  std::optional<Result<ClientReply>> result;
  runtime::spawn(context.get_executor(), send_into(&client, std::move(request), limits, &result), "send");
  context.run();
  return std::move(*result);
}

}  // namespace keyledger::net
