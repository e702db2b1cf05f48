#include "service/usage/query.h"

#include <fmt/format.h>

namespace keyledger::service {

Result<DayRange> resolve_range(const UsageQuery& query, Day today) {
  if (query.from.has_value() != query.to.has_value() || (query.from && query.days)) {
    return fail(Code::invalid_argument, "Give both from and to, or days, or none of them.", "range_incomplete",
                query.from ? (query.to ? "days" : "to") : "from");
  }
  if (query.from) {
    if (*query.from > *query.to) {
      return fail(Code::invalid_argument, "from is after to; exchange them.", "range_reversed", "from");
    }
    // Compared before it is subtracted, which cannot overflow: a day's year has four digits.
    const DayRange range{*query.from, *query.to};
    if (range.days() > kReportDaysMax) {
      return fail(Code::invalid_argument, fmt::format("A range has at most {} days.", kReportDaysMax), "range_too_long",
                  "from");
    }
    return range;
  }
  const std::int64_t days = query.days.value_or(30);
  if (days < 1 || days > kReportDaysMax) {
    return fail(Code::invalid_argument, fmt::format("days is a whole number from 1 to {}.", kReportDaysMax),
                "invalid_days", "days");
  }
  return DayRange{today - std::chrono::days{days - 1}, today};
}

}  // namespace keyledger::service
