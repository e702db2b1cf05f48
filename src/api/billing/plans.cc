#include "api/billing/plan_json.h"
#include "api/handlers.h"
#include "api/query.h"
#include "api/replies.h"

namespace keyledger::api {
namespace {

using billing::PlanId;
using service::PlanVersionView;
using service::PlanView;

struct PlanCreate : TermsInput {
  std::string name{};
  std::optional<std::string> description{};
};
BOOST_DESCRIBE_STRUCT(PlanCreate, (),
                      (name, description, currency, monthly_price, price_by_hand, trial_days, charges, limits))

struct PlanUpdate : TermsInput {
  std::optional<std::string> name{}, description{};
};
BOOST_DESCRIBE_STRUCT(PlanUpdate, (),
                      (name, description, currency, monthly_price, price_by_hand, trial_days, charges, limits))

struct PlanPreview : TermsInput {};
BOOST_DESCRIBE_STRUCT(PlanPreview, (), (currency, monthly_price, price_by_hand, trial_days, charges, limits))

std::string plan_json(const PlanView& view) {
  json::Writer out;
  write(out, view);
  return out.take();
}

Task<Result<Reply>> move_plan(const Services* services, Call call, bool away) {
  const Result<PlanId> id = path_id<PlanId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<PlanView> plan = co_await services->plans->archive(call.who.actor, *id, away);
  if (!plan) co_return std::unexpected(plan.error());
  co_return net::json_reply(200, plan_json(*plan));
}

}  // namespace

Task<Result<Reply>> list_plans(const Services* services, Call call) {
  const Result<std::int64_t> limit = page_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const Result<std::optional<std::int64_t>> after = read_cursor(call.request, "plans");
  if (!after) co_return std::unexpected(after.error());
  Result<std::optional<std::string>> search = query_text(call.request, "q");
  if (!search) co_return std::unexpected(search.error());
  const std::string_view archived = call.request.query_value("archived").value_or("false");
  if (archived != "true" && archived != "false") {
    co_return fail(Code::invalid_argument, "archived is true or false.", "unknown_value", "archived");
  }
  service::PlanQuery query{PlanId{after->value_or(0)}, std::move(*search).value_or(""), archived == "true", *limit};
  const Result<std::vector<PlanView>> plans = co_await services->plans->list(std::move(query));
  if (!plans) co_return std::unexpected(plans.error());
  co_return list(*plans, *limit, [](const PlanView& each) { return make_cursor("plans", each.plan.id.value); });
}

Task<Result<Reply>> create_plan(const Services* services, Call call) {
  Result<PlanCreate> body = json::read_body<PlanCreate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  std::string name = std::move(body->name);
  std::string description = std::move(body->description).value_or("");
  Result<billing::PlanTerms> terms = merged_terms({}, std::move(*body));
  if (!terms) co_return std::unexpected(terms.error());
  service::PlanDraft draft{std::move(name), std::move(description), std::move(*terms)};
  service::Once<PlanView> once{std::move(call.once), [](const PlanView& made) {
                                 return service::StoredAnswer{201, plan_json(made)};
                               }};
  const Result<PlanView> made = co_await services->plans->create(call.who.actor, std::move(draft), std::move(once));
  if (!made) co_return std::unexpected(made.error());
  co_return created(plan_json(*made), "/api/plans/" + std::to_string(made->plan.id.value));
}

/// How terms would read to a customer, while they are still being typed.
Task<Result<Reply>> preview_plan(const Services*, Call call) {
  Result<PlanPreview> body = json::read_body<PlanPreview>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  const Result<billing::PlanTerms> terms = merged_terms({}, std::move(*body));
  if (!terms) co_return std::unexpected(terms.error());
  const Result<void> fine = billing::check_terms(*terms);
  if (!fine) co_return std::unexpected(fine.error());
  json::Writer out;
  out.begin_object().name("sentence").string(billing::plan_sentence(*terms));
  out.end_object();
  co_return net::json_reply(200, out.take());
}

Task<Result<Reply>> get_plan(const Services* services, Call call) {
  const Result<PlanId> id = path_id<PlanId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<PlanView> plan = co_await services->plans->get(*id);
  if (!plan) co_return std::unexpected(plan.error());
  co_return net::json_reply(200, plan_json(*plan));
}

Task<Result<Reply>> list_plan_versions(const Services* services, Call call) {
  const Result<PlanId> id = path_id<PlanId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<std::vector<PlanVersionView>> versions = co_await services->plans->versions(*id);
  if (!versions) co_return std::unexpected(versions.error());
  json::Writer out;
  out.begin_object().name("data").begin_array();
  for (const PlanVersionView& each : *versions) {
    out.begin_object();
    json::write(out.name("version"), each.version.version);
    json::write(out.name("name"), each.version.name);
    write_terms(out, each.version.terms);
    json::write(out.name("sentence"), each.sentence);
    json::write(out.name("made_at"), each.made_at);
    out.end_object();
  }
  out.end_array().name("next_cursor").null();
  out.end_object();
  co_return net::json_reply(200, out.take());
}

Task<Result<Reply>> update_plan(const Services* services, Call call) {
  const Result<PlanId> id = path_id<PlanId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<PlanUpdate> body = json::read_body<PlanUpdate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::PlanPatch patch{std::move(body->name), std::move(body->description), {}};
  if (says_terms(*body)) {
    const Result<PlanView> old = co_await services->plans->get(*id);
    if (!old) co_return std::unexpected(old.error());
    Result<billing::PlanTerms> terms = merged_terms(old->plan.terms, std::move(*body));
    if (!terms) co_return std::unexpected(terms.error());
    patch.terms = std::move(*terms);
  }
  const Result<PlanView> plan = co_await services->plans->update(call.who.actor, *id, std::move(patch));
  if (!plan) co_return std::unexpected(plan.error());
  co_return net::json_reply(200, plan_json(*plan));
}

Task<Result<Reply>> archive_plan(const Services* services, Call call) {
  Result<Reply> reply = co_await move_plan(services, std::move(call), true);
  co_return reply;
}

Task<Result<Reply>> restore_plan(const Services* services, Call call) {
  Result<Reply> reply = co_await move_plan(services, std::move(call), false);
  co_return reply;
}

}  // namespace keyledger::api
