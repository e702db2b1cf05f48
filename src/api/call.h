// api/call.h: a request that has passed the guard, and what a handler is.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "api/api.h"

namespace keyledger::api {

using net::Method;
using net::Reply;
using net::Task;

struct CustomerCall;

/// A request together with whom it comes from.
struct Call {
  net::Request request{};
  service::Principal who{};                   // of `anyone` routes: nobody
  std::optional<service::OnceTicket> once{};  // the request's Idempotency-Key, if it has one
  CustomerCall* customer = nullptr;           // of `customer` routes: see door/customer_call.h
};

using Handler = Task<Result<Reply>> (*)(const Services* services, Call call);
/// Makes what answers most of a route's requests without the handler; see door/prompt_calls.h.
using MakePrompt = std::unique_ptr<net::PromptCall> (*)(const Services* services);

/// Who may call a route.
enum class Who {
  anyone,
  signed_in,  // any proof: session, token of whatever scope, local socket
  reader,     // scope read or admin
  admin,      // scope admin
  verifier,   // scope verify or admin
  customer,   // a customer key, whose call is metered
  machine,    // whoever asks from this machine itself, and not by way of a proxy; others as reader
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
  std::string_view action = "";   // of a customer's route: what its usage event says
  /// Where the body is no JSON: its media types, separated by blanks. The handler takes it from request.incoming.
  std::string_view body_types = "";
  MakePrompt prompt = nullptr;
};

/// Proof, scope, origin, media type, query parameters and Idempotency-Key, in this order; then the handler.
[[nodiscard]] Task<Reply> guarded(const Services* services, const Entry* entry, net::Request request);
/// The same for routes of customers: admission in place of proof and scope, and a usage event for every call.
[[nodiscard]] Task<Reply> guarded_customer(const Services* services, const Entry* entry, net::Request request);

}  // namespace keyledger::api
