// api/call.h: a request that has passed the guard, and what a handler is.
#pragma once

#include <optional>
#include <string_view>

#include "api/api.h"

namespace keyledger::api {

using net::Method;
using net::Reply;
using net::Task;

/// A request together with whom it comes from.
struct Call {
  net::Request request{};
  service::Principal who{};                   // of `anyone` routes: nobody
  std::optional<service::OnceTicket> once{};  // the request's Idempotency-Key, if it has one
};

using Handler = Task<Result<Reply>> (*)(const Services* services, Call call);

/// Who may call a route.
enum class Who {
  anyone,
  signed_in,  // any proof: session, token of whatever scope, local socket
  reader,     // scope read or admin
  admin,      // scope admin
};

/// One line of the table.
struct Entry {
  Method method;
  std::string_view pattern;
  Who who;
  Handler handler;
  std::string_view query = "";  // the query parameters it knows, separated by blanks
  std::size_t body_bytes_max = 1 << 20;
  bool once = false;              // takes an Idempotency-Key
  std::string_view changes = "";  // the resources that a success changes, for those who listen to /api/events
  bool reveals = false;           // a GET that gives a secret away: guarded like a write
};

/// Proof, scope, origin, media type, query parameters and Idempotency-Key, in this order; then the handler.
[[nodiscard]] Task<Reply> guarded(const Services* services, const Entry* entry, net::Request request);

}  // namespace keyledger::api
