// api/range.h: the days that a report is asked about, and the name of the file that it is saved under.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "net/message.h"

namespace keyledger::api {

/// `days`, or `from` and `to`, as they were given; which of them go together is the service's to say.
struct RangeAsked {
  std::optional<std::int64_t> days{};
  std::optional<Day> from{}, to{};
};
/// Errors: invalid_argument, reasons malformed_day, invalid_days (no whole number above 0).
[[nodiscard]] Result<RangeAsked> query_range(const net::Request& request);

/// "usage_2026-10-23_2026-11-21_Europe-Berlin.csv": what it is, both days included, and the zone.
[[nodiscard]] std::string csv_file_name(std::string_view what, Day from, Day to, std::string_view timezone);

}  // namespace keyledger::api
