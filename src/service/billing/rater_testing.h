// service/billing/rater_testing.h: for tests only. Subscriptions in a ledger's world, and their periods as people write
// them down.
#pragma once

#include <fmt/format.h>

#include "service/billing/rater.h"
#include "service/ledger/testing.h"
#include "store/billing/plan_store.h"
#include "store/billing/subscription_store.h"

namespace keyledger::service::testing {

inline constexpr std::int64_t kDollarNanos = 1'000'000'000;

/// The plans that ship.
inline constexpr billing::PlanId kBasicPlan{1}, kProPlan{2}, kEnterprisePlan{3}, kPerUsePlan{4}, kOveragePlan{5};

inline LocalDay local_day(std::string_view text) {
  const Result<Day> day = parse_day(text);
  check_invariant(day.has_value(), "the test's day is well-formed");
  return LocalDay{day->time_since_epoch()};
}

inline std::string day_text(LocalDay day) {
  return to_string(Day{day.time_since_epoch()});
}

/// "3 of 30 days at $10", "10 included", "14 at $1.50".
inline std::string step_text(const billing::Step& step) {
  const Currency dollars{};
  switch (step.kind) {
    case billing::StepKind::days:
      return fmt::format("{} of {} days at {}", step.quantity, step.of, billing::price_text(step.unit_nanos, dollars));
    case billing::StepKind::tier:
      return fmt::format("{} at {}", step.quantity, billing::price_text(step.unit_nanos, dollars));
    case billing::StepKind::covered: return fmt::format("{} covered", step.quantity);
    case billing::StepKind::included: return fmt::format("{} included", step.quantity);
    case billing::StepKind::trial: return fmt::format("{} in the trial", step.quantity);
    case billing::StepKind::unpriced: return fmt::format("{} unpriced", step.quantity);
  }
  std::unreachable();
}

/// "usage rentals, Pay per use, 2026-11-01 to 2026-11-30: 7 at $2 = $14".
inline std::string line_text(const billing::Line& line) {
  std::string text = boost::describe::enum_to_string(line.kind, "");
  if (line.metric) text += fmt::format(" {}", boost::describe::enum_to_string(*line.metric, ""));
  text += fmt::format(", {}, {} to {}:", line.plan_name, day_text(line.days.from),
                      day_text(line.days.until - std::chrono::days{1}));
  for (const billing::Step& step : line.steps) text += ' ' + step_text(step) + (&step == &line.steps.back() ? "" : ",");
  return text + " = " + billing::price_text(line.amount_nanos, Currency{});
}

inline std::vector<std::string> line_texts(const RatedPeriod& rated) {
  std::vector<std::string> texts;
  for (const billing::Line& line : rated.lines) texts.push_back(line_text(line));
  return texts;
}

inline std::vector<Sample> calls(std::int64_t count, std::string_view when, std::string_view action = "check",
                                 std::int64_t key = 1) {
  return std::vector<Sample>(static_cast<std::size_t>(count),
                             {.key = key, .at = at(when), .action = std::string{action}});
}

inline billing::Agreement from_first_of_november(billing::PlanId plan, std::optional<std::int64_t> monthly_nanos = {}) {
  return {.changes = {{local_day("2026-11-01"), plan, 1, monthly_nanos}}};
}

inline std::vector<Sample> joined(std::vector<std::vector<Sample>> parts) {
  std::vector<Sample> all;
  for (std::vector<Sample>& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// Customer 1 has keys 1 to 3, customer 2 key 4; all of them have the clocks of `zone`.
struct RatingWorld : LedgerWorld {
  explicit RatingWorld(std::string_view zone_name = "UTC") { zone_of_all = zone(zone_name); }

  billing::PlanId plan(const std::string& name, const billing::PlanTerms& terms) {
    return change<billing::PlanId>([&](store::Transaction& transaction) {
      return store::PlanStore::insert(transaction, {.name = name, .terms = terms}, name);
    });
  }
  /// New terms from `made_at` on.
  void edit(billing::PlanId id, std::int64_t version, const std::string& name, const billing::PlanTerms& terms,
            Instant made_at) {
    change<void>([&](store::Transaction& transaction) {
      return store::PlanStore::add_version(
          transaction, {.id = id, .name = name, .version = version, .terms = terms, .updated_at = made_at});
    });
  }
  billing::Subscription subscribe(billing::Agreement agreement, std::int64_t customer = 1) {
    billing::Subscription made{.customer_id = {customer}, .agreement = std::move(agreement)};
    made.id = change<billing::SubscriptionId>(
        [&](store::Transaction& transaction) { return store::SubscriptionStore::insert(transaction, made); });
    return made;
  }

  Result<RatedPeriod> try_rate(const billing::Subscription& subscription, std::string_view day,
                               const billing::TaxTerms& tax = {}, bool late_too = true) {
    check_invariant(ledger->settle_blocking().has_value(), "the rollups are settled");
    return store->readers().run_blocking<RatedPeriod>([&](store::Transaction& transaction) {
      return Rater(&transaction).rate(subscription, local_day(day), zone_of_all, tax, late_too);
    });
  }
  RatedPeriod rate(const billing::Subscription& subscription, std::string_view day, const billing::TaxTerms& tax = {},
                   bool late_too = true) {
    Result<RatedPeriod> rated = try_rate(subscription, day, tax, late_too);
    check_invariant(rated.has_value(), "the period can be rated");
    return std::move(*rated);
  }

 private:
  template <typename T>
  T change(std::move_only_function<Result<T>(store::Transaction&)> mutation) {
    Result<T> done = store->writer().run_blocking<T>(std::move(mutation));
    check_invariant(done.has_value(), "the test's change is made");
    if constexpr (!std::is_void_v<T>) return std::move(*done);
  }
};

}  // namespace keyledger::service::testing
