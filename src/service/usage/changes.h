// service/usage/changes.h: a period against the one before, as far as both have gone. Pure.
#pragma once

#include "service/usage/report_frame.h"

namespace keyledger::service {

/// Same elapsed part, source by source: days that the source has told in full count on both sides. The day that it is
/// still counting counts up to the last full hour on both sides where hours are known of both days, else on none. Days
/// of the period before that are still to be read make everything unknown.
[[nodiscard]] UsageChanges usage_changes(const ReportFrame& frame, std::optional<Currency> currency);

/// Whether `usage_changes` needs the hours of today and of its like in the period before.
[[nodiscard]] bool compares_hours(const DayRange& range, Day today, const std::vector<usage::Source>& sources);

/// (after - before) / before in thousandths, rounded half away from zero; nothing if `before` is 0 or less.
[[nodiscard]] std::optional<std::int64_t> change_permille(std::int64_t after, std::int64_t before);

}  // namespace keyledger::service
