// service/usage/report_builder.h: puts names to sums. Pure.
#pragma once

#include "service/usage/key_lines.h"
#include "service/usage/report_frame.h"

namespace keyledger::service {

/// Which numbers the report of that question needs.
[[nodiscard]] SumsQuery sums_for(const UsageQuery& query, const DayRange& range, Day today);

/// The report of that range from the matter. `query` is the one that the sums were read for.
[[nodiscard]] UsageReport build_report(const ReportMatter& matter, const UsageQuery& query, const DayRange& range,
                                       const ProviderNames& describe);

/// The lines by key of everything, filtered and in order.
[[nodiscard]] UsageKeys build_keys(const ReportMatter& matter, const UsageKeyQuery& query, const DayRange& range);

}  // namespace keyledger::service
