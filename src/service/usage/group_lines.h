// service/usage/group_lines.h: a report broken down. Pure.
#pragma once

#include "service/usage/key_lines.h"

namespace keyledger::service {

/// What breakdowns share: the days and the keys of the report.
struct GroupMatter {
  const Whole* whole;
  const std::vector<DayFigures>* days;
  const std::map<std::string, Bill>* providers;
  const std::vector<KeyLine>* keys;  // where the report is asked for by key or account
};

/// The lines of one breakdown. By hour of the week: none where nobody tells hours.
[[nodiscard]] std::vector<GroupFigures> group_lines(const ReportFrame& frame, GroupBy by, const GroupMatter& matter);

/// All 168 hours of the week on the clocks of the report's zone, the empty ones too, Monday first; none where nobody
/// tells hours. An hour of a zone with half hours belongs to the hour in which it begins.
[[nodiscard]] std::vector<GroupFigures> week_lines(const ReportFrame& frame, const Whole& whole);

}  // namespace keyledger::service
