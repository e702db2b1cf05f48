#include "api/door/refusals.h"

#include <fmt/format.h>

#include "api/checks.h"
#include "api/door/rate_limit.h"
#include "json/write.h"
#include "service/admission/waiting.h"

namespace keyledger::api {
namespace {

using limits::LimitStanding;
using limits::Window;
using service::Verdict;

constexpr std::string_view kAskForKey = "Ask whoever gave it to you for a new one.";

std::string limit_sentence(const service::Admitted& admitted) {
  const LimitStanding& limit = admitted.standings[admitted.exceeded];
  const std::string_view metric = boost::describe::enum_to_string(limit.metric, "calls");
  if (limit.window == Window::at_once) {
    return fmt::format("This key may hold {} {} at once; return one first.", limit.amount, metric);
  }
  const std::string_view window = boost::describe::enum_to_string(limit.window, "window");
  const auto wait = service::wait_of(admitted);
  return fmt::format("This key may make {} {} a {}, and too few of them are left; try again in {} seconds.",
                     limit.amount, metric, window, wait ? wait->count() : 0);
}

Error error_of(const service::CallContext& context, const service::Admitted& admitted) {
  const std::string reason = boost::describe::enum_to_string(admitted.verdict, "unknown_key");
  const auto error = [&reason](Code code, std::string message) { return Error{code, std::move(message), reason}; };
  switch (admitted.verdict) {
    case Verdict::key_revoked: return error(Code::unauthenticated, fmt::format("This key was revoked. {}", kAskForKey));
    case Verdict::key_expired: return error(Code::unauthenticated, fmt::format("This key has expired. {}", kAskForKey));
    case Verdict::customer_suspended:
      return error(Code::unauthenticated, "All keys of this customer are suspended. Ask whoever gave you the key.");
    case Verdict::ip_not_allowed:
      return error(Code::forbidden,
                   fmt::format("This key may not be used from the address {}.", context.address.text()));
    case Verdict::action_not_allowed:
      return error(Code::forbidden, fmt::format("This key is not allowed the action {}.", context.action));
    case Verdict::limit_exceeded: return error(Code::limit_exceeded, limit_sentence(admitted));
    case Verdict::valid:
    case Verdict::unknown_key: break;
  }
  check_invariant(false, "only a refusal of a known key becomes an answer here");
  std::unreachable();
}

}  // namespace

net::Reply customer_problem(const Error& error) {
  net::Reply reply = refuse(error);
  json::Writer more;
  more.begin_object();
  more.name("success").boolean(false);
  more.name("error").string(error.reason.empty() ? to_string(error.code) : error.reason);
  more.name("message").string(error.message);
  // The problem's own members follow: its opening brace becomes the comma between both.
  std::string body = more.take();
  body.reserve(body.size() + reply.body.size());
  body += ',';
  body.append(reply.body, 1);
  reply.body = std::move(body);
  if (error.reason == "no_available_accounts" && !error.detail.empty()) {
    reply.headers.set("Retry-After", error.detail);
  }
  return reply;
}

net::Reply invalid_key() {
  static const net::Reply kReply = customer_problem(
      Error{Code::unauthenticated, "Send a valid key as X-API-Key or as Authorization: Bearer.", "invalid_api_key"});
  return kReply;
}

net::Reply slowed_down(std::chrono::seconds wait) {
  net::Reply reply = customer_problem(Error{
      Code::limit_exceeded,
      fmt::format("Too many calls with unknown keys came from this address; try again in {} seconds.", wait.count()),
      "too_many_unknown_keys"});
  add_retry(reply.headers, wait);
  return reply;
}

net::Reply refusal(const service::CallContext& context, const service::Admitted& admitted) {
  net::Reply reply = customer_problem(error_of(context, admitted));
  if (admitted.verdict == Verdict::limit_exceeded) add_retry(reply.headers, service::wait_of(admitted));
  return reply;
}

void add_rate_limits(net::Headers& headers, const service::Admitted& admitted) {
  add_rate_limits(headers, std::span{admitted.standings}.first(admitted.standings_count), admitted.at);
}

void add_rate_limits(net::PromptAnswer& answer, const service::Admitted& admitted) {
  add_rate_limits(answer, std::span{admitted.standings}.first(admitted.standings_count), admitted.at);
}

}  // namespace keyledger::api
