// domain/usage/budget.h: how a month stands against its budget. Pure, exact integers.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/instant.h"
#include "base/money.h"

namespace keyledger::usage {

/// What a budget is for: `all` keys, one account, or one key.
BOOST_DEFINE_FIXED_ENUM_CLASS(BudgetScope, std::uint8_t, all, account, key)

struct Budget {
  BudgetId id{};
  std::string name{};
  BudgetScope scope = BudgetScope::all;
  std::optional<AccountId> account_id{};
  std::optional<ProviderKeyId> key_id{};
  Money amount{};             // a month; over 0
  std::string webhook_url{};  // empty: none
  Instant created_at{};
  Instant updated_at{};
};
BOOST_DESCRIBE_STRUCT(Budget, (), (id, name, scope, account_id, key_id, amount, webhook_url, created_at, updated_at))

/// A UTC calendar month, half open. Providers' days are UTC days, so a budget's month is one too.
struct Month {
  Day from{};
  Day to{};  // the first day of the next one
};
[[nodiscard]] Month month_of(Instant now);
/// "2026-11".
[[nodiscard]] std::string to_string(const Month& month);

struct BudgetStanding {
  Amount spent{};
  Amount expected{};         // at the month's end, if it goes on as so far
  std::int64_t percent = 0;  // spent of the budget, rounded down; at most kPercentMax
  std::int64_t pace = 0;     // expected of the budget in per cent, rounded down; at most kPercentMax
  std::int64_t level = 0;    // the highest level reached: 0, 80 or 100
};
inline constexpr std::int64_t kPercentMax = 1'000'000;

/// Judges what was spent since the month began. The expected sum is spent times the month's length over what has
/// passed of it, to the millisecond; at the month's first instant it is what was spent.
[[nodiscard]] BudgetStanding judge(const Money& budget, const Amount& spent, Instant now);

}  // namespace keyledger::usage
