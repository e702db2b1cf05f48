// net/listener.h: sockets that wait for connections.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <string>

#include "base/error.h"
#include "net/stream.h"

namespace keyledger::net {

using TcpAcceptor = asio::basic_socket_acceptor<asio::ip::tcp, runtime::Executor>;
using LocalAcceptor = asio::basic_socket_acceptor<asio::local::stream_protocol, runtime::Executor>;

/// "127.0.0.1", "::1", or localhost, which is the first.
/// Errors: unavailable with reason bad_address.
[[nodiscard]] Result<asio::ip::tcp::endpoint> listen_endpoint(const std::string& address, std::uint16_t port);

/// Whether nobody listens there yet: asked first, since listeners that share a port would also share it with a second
/// server that the same user starts.
/// Errors: unavailable with reason address_in_use, address_not_available or permission_denied.
[[nodiscard]] Result<void> check_free(const asio::ip::tcp::endpoint& endpoint);

/// Listens with SO_REUSEPORT, so that each thread has a queue of its own.
/// Errors: those of check_free.
[[nodiscard]] Result<TcpAcceptor> listen_tcp(runtime::Executor executor, const asio::ip::tcp::endpoint& endpoint);

/// Listens at `path` with mode 0600 from its first moment on. A socket that a dead server left is replaced.
/// Errors: unavailable with reason address_in_use (a live server), socket_path_taken (a link or no socket at all; it is
/// left alone), socket_path_too_long or socket_failed.
[[nodiscard]] Result<LocalAcceptor> listen_local(runtime::Executor executor, const std::filesystem::path& path);

}  // namespace keyledger::net
