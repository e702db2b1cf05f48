// net/tls_stream.h: a connected socket with TLS, as the server's connections use one.
#pragma once

#include <boost/asio/buffer.hpp>
#include <span>
#include <string_view>

#include "net/plain_stream.h"

namespace keyledger::net {

/// As PlainStream, but that nothing is done just so: the next record may not be whole.
class TlsStream {
 public:
  TlsStream(asio::ssl::context& context, Socket socket) : stream_(std::move(socket), context) {}

  [[nodiscard]] runtime::Executor executor() { return stream_.get_executor(); }

  [[nodiscard]] runtime::Task<bool> greet() {
    auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, kAsTuple);
    co_return !error;
  }
  /// A peer that sends or has gone does not say goodbye; that is nobody's error.
  [[nodiscard]] runtime::Task<> say_goodbye() {
    auto [error] = co_await stream_.async_shutdown(kAsTuple);
    (void)error;
  }

  [[nodiscard]] Moved write_at_once(std::string_view) { return {.error = asio::error::would_block}; }
  [[nodiscard]] runtime::Task<Moved> read_some(std::span<char> room) {
    auto [error, bytes] = co_await stream_.async_read_some(asio::buffer(room.data(), room.size()), kAsTuple);
    co_return Moved{error, bytes};
  }
  [[nodiscard]] runtime::Task<Moved> write_some(std::string_view bytes) {
    auto [error, written] = co_await stream_.async_write_some(asio::buffer(bytes.data(), bytes.size()), kAsTuple);
    co_return Moved{error, written};
  }
  /// What comes after the last record, read and thrown away.
  [[nodiscard]] runtime::Task<Moved> drain_some(std::span<char> room) {
    auto [error, bytes] =
        co_await stream_.next_layer().async_read_some(asio::buffer(room.data(), room.size()), kAsTuple);
    co_return Moved{error, bytes};
  }

  void cancel() {
    ErrorCode ignored;
    stream_.next_layer().cancel(ignored);
  }
  void close() {
    ErrorCode ignored;
    stream_.next_layer().close(ignored);
  }
  void shut_down_sending() {
    ErrorCode ignored;
    stream_.next_layer().shutdown(asio::socket_base::shutdown_send, ignored);
  }
  void reset_when_closed() {
    ErrorCode ignored;
    stream_.next_layer().set_option(asio::socket_base::linger(true, 0), ignored);
  }

 private:
  asio::ssl::stream<Socket> stream_;
};

}  // namespace keyledger::net
