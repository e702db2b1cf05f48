// net/stream.h: the sockets of this floor. One socket type for TCP and Unix sockets halves the code that is generated.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "runtime/task.h"

namespace keyledger::net {

namespace asio = boost::asio;

using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, runtime::Executor>;
using ErrorCode = boost::system::error_code;

/// Errors as values: `auto [error, bytes] = co_await socket.async_read_some(buffer, kAsTuple);`
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<runtime::Executor>> kAsTuple{runtime::use_task};

}  // namespace keyledger::net
