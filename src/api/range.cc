#include "api/range.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/query.h"

namespace keyledger::api {
namespace {

Result<std::optional<Day>> query_day(const net::Request& request, std::string_view name) {
  const std::optional<std::string_view> text = request.query_value(name);
  if (!text) return std::nullopt;
  const Result<Day> day = parse_day(*text);
  if (day) return *day;
  return fail(Code::invalid_argument, fmt::format("{}: {}.", name, day.error().message), "malformed_day",
              std::string{name});
}

Result<std::optional<std::int64_t>> query_day_count(const net::Request& request) {
  const std::optional<std::string_view> text = request.query_value("days");
  if (!text) return std::nullopt;
  const Result<std::int64_t> days = positive(*text, "days");
  if (days) return *days;
  return fail(Code::invalid_argument, "days is a whole number from 1 to 1098.", "invalid_days", "days");
}

}  // namespace

Result<RangeAsked> query_range(const net::Request& request) {
  const Result<std::optional<std::int64_t>> days = query_day_count(request);
  if (!days) return std::unexpected(days.error());
  const Result<std::optional<Day>> from = query_day(request, "from");
  if (!from) return std::unexpected(from.error());
  const Result<std::optional<Day>> to = query_day(request, "to");
  if (!to) return std::unexpected(to.error());
  return RangeAsked{*days, *from, *to};
}

std::string csv_file_name(std::string_view what, Day from, Day to, std::string_view timezone) {
  std::string zone{timezone};
  std::ranges::replace(zone, '/', '-');
  return fmt::format("{}_{}_{}_{}.csv", what, to_string(from), to_string(to), zone);
}

}  // namespace keyledger::api
