// net/call.h: one outgoing connection and its deadline.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/client.h"
#include "net/stream.h"

namespace keyledger::net {

/// The socket of one request. When the deadline passes, whatever waits is cancelled and `late` says so from then on.
/// Runs on one io_context that one thread runs; always held by a shared_ptr.
class Call : public std::enable_shared_from_this<Call> {
 public:
  explicit Call(runtime::Executor executor);

  /// Everything that follows has to be done by then.
  void expect_by(SteadyTime deadline);
  [[nodiscard]] bool late() const { return late_; }
  /// Gives up when a part of the whole, such as one of several addresses, took too long, and goes on.
  void forgive() { late_ = false; }

  /// Resolves on a thread of Asio's; a name server that does not answer does not hold us beyond the deadline.
  /// Errors: unavailable with reason dns_failed or timeout.
  Task<Result<std::vector<asio::ip::address>>> resolve(std::string host);

  Task<ErrorCode> connect(asio::generic::stream_protocol::endpoint endpoint);

  [[nodiscard]] Socket& socket() { return socket_; }

 private:
  using Addresses = Result<std::vector<asio::ip::address>>;
  void expire();

  Socket socket_;
  runtime::Timer timer_;
  asio::ip::basic_resolver<asio::ip::tcp, runtime::Executor> resolver_;
  std::weak_ptr<runtime::Resume<Addresses>> resolving_{};  // weak: who waits holds this call
  bool late_ = false;
};

/// Which of the addresses a request to `base` may go to.
/// Errors: unavailable with reason private_address if that leaves none.
[[nodiscard]] Result<std::vector<asio::ip::address>> allowed_addresses(const BaseUrl& base,
                                                                       std::vector<asio::ip::address> addresses,
                                                                       bool allow_private);

}  // namespace keyledger::net
