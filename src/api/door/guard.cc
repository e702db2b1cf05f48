// The guard of customers' routes: admission, the handler, the event, the answer.
#include <fmt/format.h>

#include "api/checks.h"
#include "api/door/caller.h"
#include "api/door/customer_call.h"
#include "api/door/rate_limit.h"
#include "api/door/refusals.h"
#include "crypto/hash.h"
#include "service/metrics/metrics.h"

namespace keyledger::api {
namespace {

using service::Admission;
using service::Verdict;

/// What an Idempotency-Key means for a call: nothing, an answer to repeat, or why it cannot be taken.
struct Repeat {
  std::optional<service::OnceTicket> ticket{};  // set: this call is the first, and has to end it
  std::optional<service::StoredAnswer> answer{};
  std::optional<Error> error{};
};

/// The key is looked at without taking anything, since the ticket belongs to it, and since a repeated call must not be
/// refused for the very thing that its first try took.
Task<Repeat> begin_once(const Services* services, const Entry* entry, const service::CallContext* context,
                        std::string_view once_key, std::string_view body) {
  Repeat repeat;
  const service::Admitted seen = services->admission->table().look(
      {.key = context->key, .action = context->action, .address = context->address, .requests = 0});
  if (seen.verdict != Verdict::valid) co_return repeat;
  const Result<void> fine = service::Idempotency::check(once_key);
  if (!fine) {
    repeat.error = fine.error();
    co_return repeat;
  }
  service::OnceTicket ticket;
  ticket.scope = fmt::format("customer_key/{} POST {}", seen.key_id.value, entry->pattern);
  ticket.key = once_key;
  ticket.body_digest = crypto::to_hex(crypto::sha256(body));
  Result<std::optional<service::StoredAnswer>> first = co_await services->idempotency->begin(ticket);
  if (!first) {
    repeat.error = std::move(first.error());
  } else if (*first) {
    repeat.answer = std::move(*first);
  } else {
    repeat.ticket = std::move(ticket);
  }
  co_return repeat;
}

Reply repeated(service::StoredAnswer answer) {
  Reply reply = net::json_reply(static_cast<unsigned>(answer.status), std::move(answer.body));
  reply.headers.set("Idempotent-Replayed", "true");
  return reply;
}

/// An answer that repeats an earlier one is an event, but takes nothing and is no second rental.
void adapt(service::CallContext& context, const Repeat& repeat) {
  if (repeat.answer) context.units = 0;
  if (repeat.answer || repeat.error) context.rentals = 0;
}

Task<Result<Reply>> handle(const Services* services, const Entry* entry, Call call) {
  Result<void> fine = check_media_type(call.request);
  if (fine) fine = check_query(*entry, call.request);
  if (!fine) co_return std::unexpected(fine.error());
  Result<Reply> reply = co_await entry->handler(services, std::move(call));
  co_return reply;
}

Task<Reply> answer_to(const Services* services, const Entry* entry, CustomerCall* state, Repeat* repeat,
                      net::Request request) {
  if (state->admitted.verdict != Verdict::valid) co_return refusal(state->context, state->admitted);
  if (repeat->error) co_return customer_problem(*repeat->error);
  if (repeat->answer) co_return repeated(std::move(*repeat->answer));
  Call call;
  call.request = std::move(request);
  call.once = repeat->ticket;
  call.customer = state;
  Result<Reply> answer = co_await handle(services, entry, std::move(call));
  if (!answer) co_return customer_problem(answer.error());
  announce(services, *entry);
  co_return std::move(*answer);
}

/// The answer with the limits as they stand by now, where they are no longer as the admission left them.
void add_limits_now(const Services* services, const CustomerCall& call, Reply& reply) {
  const std::vector<limits::LimitStanding> standings = services->admission->table().standings(call.admitted.key_id);
  add_rate_limits(reply.headers, standings, call.admitted.at);
}

/// Appends the event of a call whose handler has not done so, and gives the answer its headers.
Task<Reply> finish(const Services* services, CustomerCall* call, Reply reply) {
  const bool admitted = call->admitted.verdict == Verdict::valid;
  const bool failed = reply.status >= 400;
  if (!call->recorded) {
    if (admitted && failed && call->context.rentals > 0) {
      services->admission->table().undo_rentals(call->admitted.taken);
      call->admitted.taken.rentals = 0;
    }
    call->outcome.http_status = static_cast<std::uint16_t>(reply.status);
    const Result<void> written = co_await services->admission->finish(&call->context, call->admitted, call->outcome);
    if (!written) {
      Reply unwritten = customer_problem(written.error());
      add_limits_now(services, *call, unwritten);
      co_return unwritten;
    }
  }
  if (admitted && failed && (call->context.rentals > 0 || reply.status >= 500)) {
    add_limits_now(services, *call, reply);
  } else {
    add_rate_limits(reply.headers, call->admitted);
  }
  co_return reply;
}

void fill(service::CallContext& context, const Caller& caller, const Entry& entry) {
  context.key = caller.key;
  context.action = entry.action;
  context.address = caller.address;
  context.user_agent = caller.user_agent;
  context.rentals = entry.action == "rent" ? 1 : 0;
}

}  // namespace

Task<Reply> guarded_customer(const Services* services, const Entry* entry, net::Request request) {
  CustomerCall state;
  state.context.started = std::chrono::steady_clock::now();
  const Result<Caller> caller = read_caller(request, services->trusted_proxies);
  if (!caller) co_return customer_problem(caller.error());
  fill(state.context, *caller, *entry);

  Repeat repeat;
  const std::optional<std::string_view> once_key = entry->once ? request.headers.find("Idempotency-Key") : std::nullopt;
  if (once_key) {
    repeat = co_await begin_once(services, entry, &state.context, *once_key, request.body);
    adapt(state.context, repeat);
  }
  std::optional<RunningOnce> running;
  if (repeat.ticket) running.emplace(services->idempotency, &*repeat.ticket);

  const Admission::Begun begun = services->admission->begin(state.context);
  if (begun.slowed.count() > 0) co_return slowed_down(begun.slowed);
  if (begun.admitted.verdict == Verdict::unknown_key) co_return invalid_key();
  state.admitted = begun.admitted;
  if (repeat.answer) state.context.action = "repeat";

  Reply answer = co_await answer_to(services, entry, &state, &repeat, std::move(request));
  Reply reply = co_await finish(services, &state, std::move(answer));
  if (services->metrics != nullptr)
    services->metrics->count_call(std::chrono::steady_clock::now() - state.context.started);
  co_return reply;
}

}  // namespace keyledger::api
