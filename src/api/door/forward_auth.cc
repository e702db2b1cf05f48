// GET /api/forward-auth: a proxy asks whether it may pass a request on. See docs/forward-auth.md.
#include <fmt/format.h>

#include <algorithm>

#include "api/door/action.h"
#include "api/door/caller.h"
#include "api/door/forwarded.h"
#include "api/door/rate_limit.h"
#include "api/door/refusals.h"
#include "api/handlers.h"
#include "api/replies.h"

namespace keyledger::api {
namespace {

using service::Verdict;

/// What a proxy can be asked to do, once, in its configuration.
struct Wishes {
  std::string_view action = "forward_auth";
  unsigned limit_status = 429;  // nginx's auth_request passes 401 and 403 on, and nothing else
};

Result<Wishes> read_wishes(const net::Request& request) {
  Wishes wishes;
  wishes.action = request.query_value("action").value_or(wishes.action);
  const Result<void> action = check_action(wishes.action);
  if (!action) return std::unexpected(action.error());
  const std::string_view status = request.query_value("limit_status").value_or("429");
  if (status != "429" && status != "403") {
    return fail(Code::invalid_argument, "limit_status is 429 or 403.", "unknown_value", "limit_status");
  }
  wishes.limit_status = status == "403" ? 403 : 429;
  return wishes;
}

/// The code as a header too, since a proxy sees no body; and a status that this proxy passes on.
Reply told(Reply reply, std::string_view code, const Wishes& wishes) {
  reply.headers.set("X-Keyledger-Code", std::string{code});
  if (reply.status == 429 && wishes.limit_status != 429) reply.status = wishes.limit_status;
  return reply;
}

std::string_view word_of(Verdict verdict) {
  return boost::describe::enum_to_string(verdict, "unknown_key");
}

}  // namespace

Task<Result<Reply>> forward_auth(const Services* services, Call call) {
  service::CallContext context;
  context.started = std::chrono::steady_clock::now();
  const Result<Wishes> wishes = read_wishes(call.request);
  if (!wishes) co_return std::unexpected(wishes.error());
  const Result<Caller> caller = read_caller(call.request, services->trusted_proxies);
  if (!caller) {
    // 400 would be the proxy's own fault; this one is its caller's.
    co_return told(customer_problem(Error{Code::unauthenticated, caller.error().message, caller.error().reason}),
                   caller.error().reason, *wishes);
  }
  context.key = caller->key;
  context.action = wishes->action;
  context.address = caller->address;
  context.user_agent = caller->user_agent;
  write_resource(context.resource, {.method = call.request.headers.find("X-Original-Method"),
                                    .other_method = call.request.headers.find("X-Forwarded-Method"),
                                    .uri = call.request.headers.find("X-Original-URI"),
                                    .other_uri = call.request.headers.find("X-Forwarded-Uri")});

  const service::Admission::Begun begun = services->admission->begin(context);
  const service::Admitted& admitted = begun.admitted;
  if (begun.slowed.count() > 0) {
    co_return told(slowed_down(begun.slowed), "too_many_unknown_keys", *wishes);
  }
  if (admitted.verdict == Verdict::unknown_key) co_return told(invalid_key(), "invalid_api_key", *wishes);
  service::CallOutcome outcome;
  outcome.http_status = refusal_status(admitted.verdict);
  const Result<void> written = co_await services->admission->finish(&context, admitted, outcome);
  if (!written) co_return customer_problem(written.error());
  Reply reply;
  if (admitted.verdict == Verdict::valid) {
    add_welcome(reply.headers, admitted);
  } else {
    reply = told(refusal(context, admitted), word_of(admitted.verdict), *wishes);
  }
  add_rate_limits(reply.headers, admitted);
  co_return reply;
}

}  // namespace keyledger::api
