// domain/billing/plan.h: what a customer has agreed to pay.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/money.h"
#include "domain/limits/limit.h"

namespace keyledger::billing {

using limits::Metric;

/// Units number `from` to `up_to` beyond the included ones cost `unit_nanos` each.
struct Tier {
  std::int64_t from = 1;
  std::optional<std::int64_t> up_to{};  // inclusive; nothing: and all further ones
  std::int64_t unit_nanos = 0;
  bool operator==(const Tier&) const = default;
};
BOOST_DESCRIBE_STRUCT(Tier, (), (from, up_to, unit_nanos))

/// What units of a metric cost. Without tiers, units beyond the included ones have no price: they are listed as
/// unpriced, and never counted as nothing.
struct Charge {
  Metric metric = Metric::requests;
  std::int64_t included = 0;  // in a whole period
  std::vector<Tier> tiers{};
  bool operator==(const Charge&) const = default;
};
BOOST_DESCRIBE_STRUCT(Charge, (), (metric, included, tiers))

/// The terms of one version of a plan; they never change. A metric without a charge is covered by the monthly price.
struct PlanTerms {
  Currency currency{};
  std::int64_t monthly_nanos = 0;
  bool price_by_hand = false;   // each subscription says its own monthly price
  std::int64_t trial_days = 0;  // at the beginning of a subscription; nothing is charged in them
  std::vector<Charge> charges{};
  std::vector<limits::Limit> limits{};  // of each key of the customer, while subscribed
  bool operator==(const PlanTerms&) const = default;
};
BOOST_DESCRIBE_STRUCT(PlanTerms, (), (currency, monthly_nanos, price_by_hand, trial_days, charges, limits))

inline constexpr std::int64_t kPriceNanosMax = 1'000'000'000'000'000;  // a million units of the currency
inline constexpr std::int64_t kTrialDaysMax = 365;
inline constexpr std::size_t kTiersMax = 20;

/// Errors: invalid_argument with the field, as "charges[0].tiers[1].from"; reasons out_of_range (negative or too large
/// prices, amounts and days), duplicate_charge, tier_overlap, tier_gap, tier_open (the last tier ends, or another does
/// not), too_many; those of limits::check_limits.
[[nodiscard]] Result<void> check_terms(const PlanTerms& terms);

[[nodiscard]] const Charge* charge_for(const PlanTerms& terms, Metric metric);

/// "$12.50", "JPY 1200", "$0.0004": no more decimals than a price needs, no fewer than the currency's coins have.
[[nodiscard]] std::string price_text(std::int64_t nanos, Currency currency);
/// What the customer agrees to, as a sentence: "$20 a month with 10 rentals, then $1.50 each".
[[nodiscard]] std::string plan_sentence(const PlanTerms& terms);

}  // namespace keyledger::billing
