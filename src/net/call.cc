#include "net/call.h"

#include <fmt/format.h>

#include <boost/asio/generic/stream_protocol.hpp>

#include "net/address.h"

namespace keyledger::net {
namespace {

namespace ip = asio::ip;

bool is_allowed(AddressKind kind, bool loopback_named, bool allow_private) {
  switch (kind) {
    case AddressKind::global: return true;
    case AddressKind::loopback: return loopback_named;
    case AddressKind::private_:
    case AddressKind::link_local: return allow_private;
    case AddressKind::reserved: return false;
  }
  std::unreachable();
}

using Addresses = Result<std::vector<ip::address>>;

// The first to come, answer or deadline, resumes who waits.
void resume_once(runtime::Resume<Addresses>& waiting, Addresses addresses) {
  if (!waiting) return;
  runtime::Resume<Addresses> resume = std::exchange(waiting, nullptr);
  resume(std::move(addresses));
}

std::unexpected<Error> dns_error(const std::string& host, const ErrorCode& error) {
  return fail(Code::unavailable,
              fmt::format("The name {} could not be resolved: {}. Check the name and this machine's network.", host,
                          error.message()),
              "dns_failed");
}

}  // namespace

Call::Call(runtime::Executor executor) : socket_(executor), timer_(executor), resolver_(executor) {}

void Call::expect_by(SteadyTime deadline) {
  timer_.expires_at(deadline);
  timer_.async_wait([call = weak_from_this()](const ErrorCode& error) {
    const std::shared_ptr<Call> self = call.lock();
    if (!error && self != nullptr) self->expire();
  });
}

void Call::expire() {
  // The timer may have been set anew after this call was queued.
  if (std::chrono::steady_clock::now() < timer_.expiry()) return;
  late_ = true;
  ErrorCode ignored;
  socket_.cancel(ignored);
  resolver_.cancel();
  const auto resolving = resolving_.lock();
  if (resolving == nullptr) return;
  resume_once(*resolving, fail(Code::unavailable, "The name server did not answer in time.", "timeout"));
}

Task<Result<std::vector<ip::address>>> Call::resolve(std::string host) {
  ErrorCode not_an_address;
  const ip::address address = ip::make_address(host, not_an_address);
  if (!not_an_address) co_return std::vector<ip::address>{address};
  auto ask = [this, &host](runtime::Resume<Addresses> resume) {
    const auto resolving = std::make_shared<runtime::Resume<Addresses>>(std::move(resume));
    resolving_ = resolving;
    resolver_.async_resolve(host, "", [resolving, host](const ErrorCode& error, auto results) {
      if (error) {
        resume_once(*resolving, dns_error(host, error));
        return;
      }
      std::vector<ip::address> found;
      for (const auto& result : results) found.push_back(result.endpoint().address());
      resume_once(*resolving, std::move(found));
    });
  };
  std::move_only_function<void(runtime::Resume<Addresses>)> start = std::move(ask);
  Addresses addresses = co_await runtime::suspend<Addresses>(std::move(start));
  co_return addresses;
}

Task<ErrorCode> Call::connect(asio::generic::stream_protocol::endpoint endpoint) {
  ErrorCode ignored;
  socket_.close(ignored);  // of an earlier attempt
  auto [error] = co_await socket_.async_connect(endpoint, kAsTuple);
  co_return error;
}

Result<std::vector<ip::address>> allowed_addresses(const BaseUrl& base, std::vector<ip::address> addresses,
                                                   bool allow_private) {
  const bool loopback_named = is_loopback_host(base.host);
  std::string refused;
  std::erase_if(addresses, [&](const ip::address& address) {
    if (is_allowed(classify(address), loopback_named, allow_private)) return false;
    refused = address.to_string();
    return true;
  });
  if (!addresses.empty()) return addresses;
  return fail(Code::unavailable,
              fmt::format("{} leads to {}, an address inside a private network or of this machine. If that is meant, "
                          "private addresses have to be allowed in the settings.",
                          base.host, refused),
              "private_address");
}

}  // namespace keyledger::net
