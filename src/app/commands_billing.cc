#include "app/commands_billing.h"

#include <fmt/format.h>

#include "app/limit_words.h"

namespace keyledger::app {
namespace {

const Columns kPlans{{"Id", "id", Kind::number},
                     {"Name", "name", Kind::text, true},
                     {"Terms", "sentence", Kind::text, true},
                     {"Subscribers", "subscribers", Kind::number},
                     {"Version", "version", Kind::number},
                     {"Archived", "archived_at", Kind::time}};

const Columns kPlan{{"Id", "id", Kind::number},
                    {"Name", "name"},
                    {"Description", "description"},
                    {"Terms", "sentence"},
                    {"Currency", "currency"},
                    {"A month", "monthly_price"},
                    {"By hand", "price_by_hand", Kind::yes_no},
                    {"Trial days", "trial_days", Kind::number},
                    {"Version", "version", Kind::number},
                    {"Subscribers", "subscribers", Kind::number},
                    {"Archived", "archived_at", Kind::time},
                    {"Created", "created_at", Kind::time},
                    {"Changed", "updated_at", Kind::time}};

const Columns kVersions{{"Version", "version", Kind::number},
                        {"Name", "name", Kind::text, true},
                        {"Terms", "sentence", Kind::text, true},
                        {"Made", "made_at", Kind::time}};

const Columns kSubscriptions{{"Id", "id", Kind::number},
                             {"Customer", "customer_name", Kind::text, true},
                             {"Plan", "plan_name", Kind::text, true},
                             {"Status", "status", Kind::status},
                             {"Since", "starts"},
                             {"Period from", "period_from"},
                             {"Period until", "period_until"},
                             {"Ends", "ends"},
                             {"Then", "next_change.plan_name", Kind::text, true}};

const Columns kSubscription{{"Id", "id", Kind::number},
                            {"Customer", "customer_name"},
                            {"Plan", "plan_name"},
                            {"Terms", "sentence"},
                            {"Currency", "currency"},
                            {"Agreed price", "monthly_price"},
                            {"Status", "status", Kind::status},
                            {"Since", "starts"},
                            {"Trial until", "trial_until"},
                            {"Period from", "period_from"},
                            {"Period until", "period_until"},
                            {"Ends", "ends"},
                            {"Then", "next_change.plan_name"},
                            {"From", "next_change.from"},
                            {"Zone", "timezone"}};

/// The ids that options name, as members of a body.
Result<void> add_numbers(Body& body, const Session& session,
                         std::initializer_list<std::pair<const char*, const char*>> options) {
  for (const auto& [option, field] : options) {
    const Result<std::optional<std::string>> number = session.number(option);
    if (!number) return std::unexpected(number.error());
    if (*number) body.number(field, **number);
  }
  return {};
}

void add_texts(Body& body, const Session& session, std::initializer_list<std::pair<const char*, const char*>> options) {
  for (const auto& [option, field] : options) {
    const std::optional<std::string> text = session.value(option);
    if (text) body.text(field, *text);
  }
}

Result<void> check_not_both(const Session& session, const char* one, const char* other) {
  if (!session.on(one) || !session.on(other)) return {};
  return usage_error(fmt::format("Give {} or {}, not both.", one, other));
}

/// Lists that replace what the plan has: those given, or none.
Result<void> add_lists(Body& body, const Session& session) {
  Result<void> fine = check_not_both(session, "--charge", "--no-charges");
  if (fine) fine = check_not_both(session, "--limit", "--no-limits");
  if (!fine) return fine;
  if (session.on("--charge")) {
    const Result<std::string> charges = charges_json(session.values("--charge"));
    if (!charges) return std::unexpected(charges.error());
    body.raw("charges", *charges);
  }
  if (session.on("--limit")) {
    const Result<std::string> limits = limits_json(session.values("--limit"));
    if (!limits) return std::unexpected(limits.error());
    body.raw("limits", *limits);
  }
  if (session.on("--no-charges")) body.raw("charges", "[]");
  if (session.on("--no-limits")) body.raw("limits", "[]");
  return {};
}

Result<std::string> plan_body(const Session& session) {
  Body body;
  add_texts(
      body, session,
      {{"--name", "name"}, {"--description", "description"}, {"--currency", "currency"}, {"--price", "monthly_price"}});
  Result<void> fine = check_not_both(session, "--price-by-hand", "--fixed-price");
  if (!fine) return std::unexpected(fine.error());
  if (session.on("--price-by-hand")) body.raw("price_by_hand", "true");
  if (session.on("--fixed-price")) body.raw("price_by_hand", "false");
  if (const std::optional<std::string> trial = session.value("--trial-days")) {
    if (!is_whole(*trial)) return usage_error(fmt::format("--trial-days is a whole number, not {}.", *trial));
    body.number("trial_days", plain_digits(*trial));
  }
  fine = add_lists(body, session);
  if (!fine) return std::unexpected(fine.error());
  return body.take();
}

/// What commands that are about one thing share: its id, and the API.
template <typename Act>
ExitCode with_one(Session& session, Act act) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  return with_api(session, [&](ApiClient& api) { return act(api, **id); });
}

/// POST of a body to a subscription.
ExitCode act_on_subscription(Session& session, std::string_view act, const Result<std::string>& body) {
  if (!body) return session.failed(body.error());
  return with_one(session, [&](ApiClient& api, const std::string& id) {
    return session.show_one(api.post(path("/api/subscriptions/", id, act), *body), kSubscription);
  });
}

ExitCode act_on_plan(Session& session, std::string_view act) {
  return with_one(session, [&](ApiClient& api, const std::string& id) {
    return session.show_one(api.post(path("/api/plans/", id, act), ""), kPlan);
  });
}

}  // namespace

ExitCode list_plans(Session& session) {
  Target target{"/api/plans"};
  target.with("q", session.text("--search")).with("archived", session.on("--archived") ? "true" : "");
  return with_api(session, [&](ApiClient& api) {
    return session.show_list(api.get_all(target), kPlans,
                             "There are no such plans. Make one with `keyledger plans create --name ... --price ...`.");
  });
}

ExitCode show_plan(Session& session) {
  return with_one(session, [&](ApiClient& api, const std::string& id) {
    if (!session.on("--versions")) return session.show_one(api.get(path("/api/plans/", id)), kPlan);
    return session.show_list(api.get(path("/api/plans/", id, "/versions")), kVersions, "There are no versions.");
  });
}

ExitCode create_plan(Session& session) {
  const Result<std::string> body = plan_body(session);
  if (!body) return session.failed(body.error());
  return with_api(session,
                  [&](ApiClient& api) { return session.show_one(api.post(Target{"/api/plans"}, *body), kPlan); });
}

ExitCode update_plan(Session& session) {
  const Result<std::string> body = plan_body(session);
  if (!body) return session.failed(body.error());
  return with_one(session, [&](ApiClient& api, const std::string& id) {
    return session.show_one(api.put(path("/api/plans/", id), *body), kPlan);
  });
}

ExitCode archive_plan(Session& session) {
  return act_on_plan(session, "/archive");
}

ExitCode restore_plan(Session& session) {
  return act_on_plan(session, "/restore");
}

ExitCode list_subscriptions(Session& session) {
  const Result<std::optional<std::string>> customer = session.number("--customer");
  if (!customer) return session.failed(customer.error());
  const Result<std::optional<std::string>> plan = session.number("--plan");
  if (!plan) return session.failed(plan.error());
  Target target{"/api/subscriptions"};
  target.with("customer_id", customer->value_or("")).with("plan_id", plan->value_or(""));
  return with_api(session, [&](ApiClient& api) {
    return session.show_list(api.get_all(target), kSubscriptions,
                             "There are no such subscriptions. Start one with `keyledger subscriptions start`.");
  });
}

ExitCode show_subscription(Session& session) {
  return with_one(session, [&](ApiClient& api, const std::string& id) {
    return session.show_one(api.get(path("/api/subscriptions/", id)), kSubscription);
  });
}

ExitCode start_subscription(Session& session) {
  Body body;
  const Result<void> numbers =
      add_numbers(body, session, {{"--customer", "customer_id"}, {"--plan", "plan_id"}, {"--anchor", "anchor"}});
  if (!numbers) return session.failed(numbers.error());
  add_texts(body, session, {{"--starts", "starts"}, {"--ends", "ends"}, {"--price", "monthly_price"}});
  return with_api(session, [&](ApiClient& api) {
    return session.show_one(api.post(Target{"/api/subscriptions"}, body.take()), kSubscription);
  });
}

ExitCode change_subscription(Session& session) {
  Body body;
  const Result<void> numbers = add_numbers(body, session, {{"--plan", "plan_id"}});
  if (!numbers) return session.failed(numbers.error());
  add_texts(body, session, {{"--when", "when"}, {"--price", "monthly_price"}});
  return act_on_subscription(session, "/change", body.take());
}

ExitCode cancel_subscription(Session& session) {
  Body body;
  add_texts(body, session, {{"--when", "when"}});
  return act_on_subscription(session, "/cancel", body.take());
}

ExitCode resume_subscription(Session& session) {
  return act_on_subscription(session, "/resume", std::string{});
}

}  // namespace keyledger::app
