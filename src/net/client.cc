#include "net/client.h"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <mutex>

#include "net/address.h"
#include "net/call.h"
#include "net/client_request.h"
#include "net/reply_reader.h"
#include "net/tls.h"

// GCC 12, once it has inlined the memory pool that Asio's coroutine frames come from, takes giving a frame back to the
// pool for a mistake.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace keyledger::net {
namespace {

namespace ip = asio::ip;
using std::chrono::steady_clock;
using TlsStream = asio::ssl::stream<Socket&>;
using TlsContext = std::unique_ptr<asio::ssl::context>;

constexpr std::size_t kReadBytes = 16 << 10;

std::unexpected<Error> late_error(const std::string& host) {
  return fail(Code::unavailable, fmt::format("{} did not answer in time.", host), "timeout");
}

std::unexpected<Error> connect_error(const std::string& host, const ErrorCode& error) {
  if (error == asio::error::connection_refused) {
    return fail(Code::unavailable, fmt::format("{} refuses the connection: nothing listens on that port.", host),
                "connection_refused", {}, error.message());
  }
  return fail(Code::unavailable, fmt::format("{} cannot be reached: {}.", host, error.message()), "connection_failed",
              {}, error.message());
}

// Wipes the text that held the secret, however the exchange ends.
struct Wiped {
  explicit Wiped(std::string held) : text(std::move(held)) {}
  ~Wiped() { wipe(text); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  std::string text;
};

// Tries one address after the other, each with its share of the time that is left, so that one that swallows packets
// does not use up the time of the others.
Task<Result<void>> connect_any(Call* call, std::vector<ip::address> addresses, const BaseUrl* base,
                               SteadyTime deadline) {
  ErrorCode error = asio::error::host_unreachable;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto left = deadline - steady_clock::now();
    if (left <= left.zero()) break;
    call->expect_by(steady_clock::now() + left / static_cast<std::int64_t>(addresses.size() - i));
    const ip::tcp::endpoint endpoint(addresses[i], base->port);
    error = co_await call->connect(endpoint);
    if (!error) {
      ErrorCode ignored;
      call->socket().set_option(ip::tcp::no_delay(true), ignored);
      call->forgive();
      co_return Result<void>{};
    }
    if (call->late()) error = asio::error::timed_out;
    call->forgive();
  }
  if (steady_clock::now() >= deadline || error == asio::error::timed_out) co_return late_error(base->host);
  co_return connect_error(base->host, error);
}

// Sends the request and reads the answer to its end.
template <typename Stream>
Task<Result<ClientReply>> exchange(Stream* stream, Call* call, const std::string* text, ReplyReader* reader,
                                   const std::string* host) {
  auto [write_error, written] = co_await asio::async_write(*stream, asio::buffer(*text), kAsTuple);
  if (call->late()) co_return late_error(*host);
  // A server may answer and hang up before it has read everything: what it said counts.
  (void)written;
  while (!reader->done()) {
    const std::span<char> room = reader->space(kReadBytes);
    auto [error, bytes] = co_await stream->async_read_some(asio::buffer(room.data(), room.size()), kAsTuple);
    if (call->late()) co_return late_error(*host);
    if (error && error != asio::error::eof) {
      co_return write_error || !reader->began() ? connect_error(*host, error) : reader->cut_off();
    }
    Result<void> read = error ? reader->end() : reader->feed(bytes);
    if (!read) co_return std::unexpected(read.error());
  }
  ErrorCode ignored;
  call->socket().close(ignored);
  co_return reader->take();
}

}  // namespace

struct Client::Impl {
  explicit Impl(ClientOptions client_options) : options(std::move(client_options)) {}

  // Made when it is first needed: reading all authorities takes longer than a command over the local socket.
  const Result<TlsContext>& tls() {
    std::call_once(tls_once, [this] { tls_context = client_tls(options.ca_file); });
    return tls_context;
  }

  Task<Result<void>> connect(Call* call, const BaseUrl* base, SteadyTime deadline) const;
  Task<Result<void>> greet(Call* call, TlsStream* stream, const BaseUrl* base) const;

  ClientOptions options;
  std::once_flag tls_once{};
  Result<TlsContext> tls_context{};
};

Task<Result<void>> Client::Impl::connect(Call* call, const BaseUrl* base, SteadyTime deadline) const {
  call->expect_by(deadline);
  auto resolved = co_await call->resolve(base->host);
  if (!resolved) co_return std::unexpected(resolved.error());
  auto allowed = allowed_addresses(*base, std::move(*resolved), options.allow_private_addresses);
  if (!allowed) co_return std::unexpected(allowed.error());
  Result<void> connected = co_await connect_any(call, std::move(*allowed), base, deadline);
  co_return connected;
}

Task<Result<void>> Client::Impl::greet(Call* call, TlsStream* stream, const BaseUrl* base) const {
  ErrorCode not_an_address;
  ip::make_address(base->host, not_an_address);
  if (!expect_host(stream->native_handle(), base->host, !not_an_address)) {
    co_return fail(Code::unavailable, "TLS cannot be set up.", "tls_failed");
  }
  auto [error] = co_await stream->async_handshake(asio::ssl::stream_base::client, kAsTuple);
  if (call->late()) co_return late_error(base->host);
  if (error) co_return std::unexpected(handshake_error(stream->native_handle(), base->host, error.message()));
  co_return Result<void>{};
}

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Client::~Client() = default;

Task<Result<ClientReply>> Client::send(ClientRequest request, ClientLimits limits) const {
  Result<std::string> written = write_request(request, impl_->options.user_agent);
  if (!written) co_return std::unexpected(written.error());
  const Wiped text(std::move(*written));
  const BaseUrl base = request.base;
  ReplyReader reader(request.method == Method::head, limits);
  wipe(request.body);
  request.secret = Secret{};
  const runtime::Executor executor = co_await asio::this_coro::executor;
  const SteadyTime begin = steady_clock::now();
  const SteadyTime deadline = begin + limits.total_time;
  const SteadyTime connect_deadline = std::min(deadline, begin + limits.connect_time);
  const auto call = std::make_shared<Call>(executor);
  Result<void> connected = co_await impl_->connect(call.get(), &base, connect_deadline);
  if (!connected) co_return std::unexpected(connected.error());
  if (!base.tls) {
    call->expect_by(deadline);
    Result<ClientReply> reply = co_await exchange(&call->socket(), call.get(), &text.text, &reader, &base.host);
    co_return reply;
  }
  const Result<TlsContext>& tls = impl_->tls();
  if (!tls) co_return std::unexpected(tls.error());
  TlsStream stream(call->socket(), **tls);
  call->expect_by(connect_deadline);
  Result<void> greeted = co_await impl_->greet(call.get(), &stream, &base);
  if (!greeted) co_return std::unexpected(greeted.error());
  call->expect_by(deadline);
  Result<ClientReply> reply = co_await exchange(&stream, call.get(), &text.text, &reader, &base.host);
  co_return reply;
}

Task<Result<void>> Client::check_address(BaseUrl base, std::chrono::milliseconds patience) const {
  const runtime::Executor executor = co_await asio::this_coro::executor;
  const auto call = std::make_shared<Call>(executor);
  call->expect_by(steady_clock::now() + patience);
  auto resolved = co_await call->resolve(base.host);
  if (!resolved) co_return std::unexpected(resolved.error());
  auto allowed = allowed_addresses(base, std::move(*resolved), impl_->options.allow_private_addresses);
  if (!allowed) co_return std::unexpected(allowed.error());
  co_return Result<void>{};
}

Task<Result<ClientReply>> Client::send_local(std::filesystem::path socket, ClientRequest request,
                                             ClientLimits limits) const {
  request.base = BaseUrl{false, "localhost", 80, {}};
  Result<std::string> written = write_request(request, impl_->options.user_agent);
  if (!written) co_return std::unexpected(written.error());
  const Wiped text(std::move(*written));
  ReplyReader reader(request.method == Method::head, limits);
  const std::string name = socket.string();
  constexpr std::size_t kPathBytesMax = sizeof(sockaddr_un::sun_path) - 1;
  if (name.size() > kPathBytesMax) {
    co_return fail(Code::unavailable, fmt::format("{} is too long for the path of a socket.", name),
                   "connection_failed");
  }
  const runtime::Executor executor = co_await asio::this_coro::executor;
  const auto call = std::make_shared<Call>(executor);
  call->expect_by(steady_clock::now() + limits.total_time);
  const asio::local::stream_protocol::endpoint endpoint(name);
  const ErrorCode error = co_await call->connect(endpoint);
  if (error) co_return call->late() ? late_error(name) : connect_error(name, error);
  Result<ClientReply> reply = co_await exchange(&call->socket(), call.get(), &text.text, &reader, &name);
  co_return reply;
}

}  // namespace keyledger::net
