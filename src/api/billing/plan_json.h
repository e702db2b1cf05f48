// api/billing/plan_json.h: plans as JSON: what is read from a body, and what is answered.
#pragma once

#include "json/read.h"
#include "service/billing/plans.h"

namespace keyledger::api {

struct TierInput {
  std::int64_t from = 1;
  std::optional<std::int64_t> up_to{};
  std::string unit_price{};
};
BOOST_DESCRIBE_STRUCT(TierInput, (), (from, up_to, unit_price))

struct ChargeInput {
  limits::Metric metric = limits::Metric::requests;
  std::optional<std::int64_t> included{};
  std::optional<std::vector<TierInput>> tiers{};
};
BOOST_DESCRIBE_STRUCT(ChargeInput, (), (metric, included, tiers))

/// Absent members: of a new plan their defaults; of an update as they are.
struct TermsInput {
  std::optional<std::string> currency{}, monthly_price{};
  std::optional<bool> price_by_hand{};
  std::optional<std::int64_t> trial_days{};
  std::optional<std::vector<ChargeInput>> charges{};
  std::optional<std::vector<limits::Limit>> limits{};
};

/// Decimal text, with at most nine decimals. Errors: invalid_argument, reason invalid_amount.
[[nodiscard]] Result<std::int64_t> read_price(std::string_view text, std::string field);
/// `terms` with what the input says. Errors: invalid_argument, reasons invalid_amount, invalid_currency.
[[nodiscard]] Result<billing::PlanTerms> merged_terms(billing::PlanTerms terms, TermsInput input);
/// Whether the input says anything.
[[nodiscard]] bool says_terms(const TermsInput& input);

/// The members of terms, into an object that is open.
void write_terms(json::Writer& out, const billing::PlanTerms& terms);

}  // namespace keyledger::api

namespace keyledger::service {

void write(json::Writer& out, const PlanView& view);

}  // namespace keyledger::service
