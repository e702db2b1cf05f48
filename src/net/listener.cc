#include "net/listener.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <cstring>

namespace keyledger::net {
namespace {

using asio::ip::tcp;
using asio::local::stream_protocol;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

std::string text_of(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  if (endpoint.address().is_v6()) return fmt::format("[{}]:{}", address, endpoint.port());
  return fmt::format("{}:{}", address, endpoint.port());
}

std::unexpected<Error> listen_error(const tcp::endpoint& endpoint, const ErrorCode& error) {
  const std::string where = text_of(endpoint);
  if (error == asio::error::address_in_use) {
    return fail(Code::unavailable,
                fmt::format("Another program listens on {} already. Stop it, or choose another port.", where),
                "address_in_use");
  }
  if (error == asio::error::access_denied) {
    return fail(Code::unavailable,
                fmt::format("Listening on {} is not permitted: ports below 1024 need a privilege.", where),
                "permission_denied");
  }
  return fail(Code::unavailable, fmt::format("Listening on {} failed: {}.", where, error.message()),
              "address_not_available");
}

ErrorCode open_and_bind(TcpAcceptor& acceptor, const tcp::endpoint& endpoint, bool share_port) {
  ErrorCode error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && share_port) acceptor.set_option(ReusePort(true), error);
  if (!error && endpoint.protocol() == tcp::v6()) acceptor.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor.bind(endpoint, error);
  return error;
}

std::unexpected<Error> local_error(const std::filesystem::path& path, const ErrorCode& error) {
  return fail(Code::unavailable, fmt::format("The socket {} cannot be opened: {}.", path.string(), error.message()),
              "socket_failed");
}

// Removes a socket that nobody listens on. Anything else at that path is not ours to remove.
Result<void> clear_path(runtime::Executor executor, const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return local_error(path, ErrorCode(errno, boost::system::system_category()));
  }
  if (!S_ISSOCK(status.st_mode)) {
    return fail(Code::unavailable,
                fmt::format("{} is not a socket. Move it away, so that the command line can reach the server there.",
                            path.string()),
                "socket_path_taken");
  }
  asio::basic_stream_socket<stream_protocol, runtime::Executor> probe(executor);
  ErrorCode error;
  probe.connect(stream_protocol::endpoint(path.string()), error);
  if (!error) {
    return fail(Code::unavailable, fmt::format("Another server listens on {} already.", path.string()),
                "address_in_use");
  }
  if (error != asio::error::connection_refused) return local_error(path, error);
  if (::unlink(path.c_str()) != 0) return local_error(path, ErrorCode(errno, boost::system::system_category()));
  return {};
}

}  // namespace

Result<tcp::endpoint> listen_endpoint(const std::string& address, std::uint16_t port) {
  ErrorCode error;
  const asio::ip::address parsed = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
  if (error) {
    return fail(Code::unavailable, fmt::format("{} is not an IP address that one can listen on.", address),
                "bad_address");
  }
  return tcp::endpoint(parsed, port);
}

Result<void> check_free(const tcp::endpoint& endpoint) {
  if (endpoint.port() == 0) return {};
  asio::io_context context;
  TcpAcceptor probe(context.get_executor());
  const ErrorCode error = open_and_bind(probe, endpoint, false);
  if (error) return listen_error(endpoint, error);
  return {};
}

Result<TcpAcceptor> listen_tcp(runtime::Executor executor, const tcp::endpoint& endpoint) {
  TcpAcceptor acceptor(executor);
  ErrorCode error = open_and_bind(acceptor, endpoint, true);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return listen_error(endpoint, error);
  return acceptor;
}

Result<LocalAcceptor> listen_local(runtime::Executor executor, const std::filesystem::path& path) {
  if (path.native().size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(Code::unavailable,
                fmt::format("{} is longer than the path of a socket may be ({} characters). Choose a shorter folder.",
                            path.string(), sizeof(sockaddr_un::sun_path) - 1),
                "socket_path_too_long");
  }
  if (Result<void> cleared = clear_path(executor, path); !cleared) return std::unexpected(cleared.error());
  LocalAcceptor acceptor(executor);
  ErrorCode error;
  acceptor.open(stream_protocol(), error);
  // The file takes the mode of the socket when it is bound, so that nobody else can ever connect in between.
  if (!error && ::fchmod(acceptor.native_handle(), 0600) != 0) error = {errno, boost::system::system_category()};
  if (!error) acceptor.bind(stream_protocol::endpoint(path.string()), error);
  if (!error && ::chmod(path.c_str(), 0600) != 0) error = {errno, boost::system::system_category()};
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return local_error(path, error);
  return acceptor;
}

}  // namespace keyledger::net
