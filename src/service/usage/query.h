// service/usage/query.h: what a report is asked about.
#pragma once

#include <algorithm>
#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/instant.h"

namespace keyledger::service {

BOOST_DEFINE_ENUM_CLASS(GroupBy, day, hour, hour_of_week, key, model, provider, account, project)

inline constexpr std::int64_t kReportDaysMax = 1'098;  // three years, one of them a leap year

/// The lists of a report that can be left out.
BOOST_DEFINE_ENUM_CLASS(UsagePart, totals, series, keys, groups, unpriced, problems, budgets, sources)

/// `days` (the last so many, today included) or both `from` and `to` (both included); nothing: the last 30 days.
struct UsageQuery {
  std::optional<std::int64_t> days{};
  std::optional<Day> from{}, to{};
  std::vector<GroupBy> group_by{};
  std::vector<UsagePart> parts{};  // empty: all
  std::optional<AccountId> account_id{};
  std::optional<ProviderKeyId> key_id{};
  std::optional<std::string> provider{};
};

[[nodiscard]] inline bool wants_part(const UsageQuery& query, UsagePart part) {
  return query.parts.empty() || std::ranges::find(query.parts, part) != query.parts.end();
}

BOOST_DEFINE_ENUM_CLASS(UsageKeySort, name, account, status, requests, tokens, cost, cost_per_thousand, last_used)

/// Both included.
struct DayRange {
  Day from{};
  Day to{};
  [[nodiscard]] std::int64_t days() const { return (to - from).count() + 1; }
  /// As many days before.
  [[nodiscard]] DayRange previous() const {
    const std::chrono::days length{days()};
    return {from - length, to - length};
  }
  [[nodiscard]] bool has(Day day) const { return from <= day && day <= to; }
  bool operator==(const DayRange&) const = default;
};

/// The days of a report; a day is a UTC day.
/// Errors: invalid_argument, reasons invalid_days (under 1 or over kReportDaysMax), range_incomplete (only one of from
///         and to, or together with days), range_reversed (from after to), range_too_long (over kReportDaysMax).
[[nodiscard]] Result<DayRange> resolve_range(const UsageQuery& query, Day today);

}  // namespace keyledger::service
