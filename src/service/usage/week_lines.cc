#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "service/usage/group_lines.h"

namespace keyledger::service {
namespace {

constexpr std::size_t kHoursOfWeek = 168;

/// Which hour of the week the clocks show at the beginning of an hour since 1970-01-01.
class WeekClock {
 public:
  explicit WeekClock(Zone zone) : zone_(zone) {}

  std::size_t cell(std::int64_t hour) {
    const Instant start{std::chrono::hours{hour}};
    const auto local = std::chrono::floor<std::chrono::hours>(start.time_since_epoch() + offset(start));
    constexpr std::int64_t kThursday = 3 * 24;  // 1970-01-01 was one
    constexpr auto kHours = static_cast<std::int64_t>(kHoursOfWeek);
    return static_cast<std::size_t>(((local.count() + kThursday) % kHours + kHours) % kHours);
  }

 private:
  /// Looked up once a day; hour by hour only on the two days a year on which it changes.
  std::chrono::seconds offset(Instant at) {
    const Day day = day_of(at);
    if (day != day_ || !offset_) {
      day_ = day;
      const std::chrono::seconds first = zone_.offset(Instant{day});
      const std::chrono::seconds last = zone_.offset(Instant{day + std::chrono::days{1}});
      offset_ = first;
      changes_ = first != last;
    }
    return changes_ ? zone_.offset(at) : *offset_;
  }

  Zone zone_;
  Day day_{};
  std::optional<std::chrono::seconds> offset_{};
  bool changes_ = false;
};

/// The hours of the range that are known: from the first day whose hours were read on, up to the latest answer.
struct KnownHours {
  std::int64_t from = 0;
  std::int64_t to = 0;  // exclusive
};

std::int64_t hour_of(Instant instant) {
  return static_cast<std::int64_t>(std::chrono::floor<std::chrono::hours>(instant).time_since_epoch().count());
}

KnownHours known_hours(const ReportFrame& frame, std::int64_t first_counted, std::int64_t last_counted) {
  const DayRange& range = frame.range();
  std::optional<Day> read_from;
  std::optional<Instant> answered;
  for (const usage::Source& source : frame.matter().facts.sources) {
    if (frame.asked(source.id) == nullptr || !source.hourly_before) continue;
    read_from = read_from ? std::min(*read_from, *source.hourly_before) : *source.hourly_before;
    answered = std::max(answered, source.last_success_at);
  }
  const Instant end = std::min(frame.matter().now, answered.value_or(frame.matter().now));
  KnownHours known{first_counted, last_counted + 1};
  // Hours without any use are known as well, where the days around them were read.
  if (read_from) known.from = std::min(known.from, hour_of(Instant{std::max(range.from, *read_from)}));
  known.to = std::max(known.to, std::min(hour_of(end) + 1, hour_of(Instant{range.to + std::chrono::days{1}})));
  return known;
}

/// count / times with three decimals, rounded half up.
std::string average_text(std::int64_t count, std::int64_t times) {
  __extension__ using Wide = __int128;
  const Wide thousandths = (Wide{count} * 2'000 + times) / (Wide{times} * 2);
  return fmt::format("{}.{:03}", static_cast<std::int64_t>(thousandths / 1'000),
                     static_cast<std::int64_t>(thousandths % 1'000));
}

GroupFigures to_hour(std::size_t cell, const Bill& bill, std::int64_t occurrences, const Whole& whole) {
  constexpr std::string_view kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  GroupFigures line;
  static_cast<Figures&>(line) = bill.figures();
  line.group = fmt::format("{}-{:02}", cell / 24 + 1, cell % 24);
  line.name = fmt::format("{} {:02}:00", kDays[cell / 24], cell % 24);
  line.weekday = static_cast<std::int64_t>(cell / 24 + 1);
  line.hour = static_cast<std::int64_t>(cell % 24);
  line.occurrences = occurrences;
  line.cost_permille = whole.share(bill);
  if (occurrences == 0) return line;
  HourAverage average{.cost = bill.cost_share(1, occurrences)};
  if (line.requests) average.requests = average_text(*line.requests, occurrences);
  if (line.tokens) average.tokens = average_text(*line.tokens, occurrences);
  line.average = std::move(average);
  return line;
}

}  // namespace

std::vector<GroupFigures> week_lines(const ReportFrame& frame, const Whole& whole) {
  std::array<Bill, kHoursOfWeek> bills;
  std::array<std::int64_t, kHoursOfWeek> occurrences{};
  WeekClock clock(frame.matter().zone);
  std::optional<std::int64_t> first, last;
  Sheet<std::int64_t> hours;
  frame.each(frame.matter().sums.hours, [&](const auto& sum, const usage::Source&) { hours.add(sum.bucket, sum); });
  for (const auto& [hour, bill] : hours.bills()) {
    bills[clock.cell(hour)].add(bill);
    first = first ? *first : hour;
    last = hour;
  }
  std::vector<GroupFigures> lines;
  if (!first) return lines;
  const KnownHours known = known_hours(frame, *first, *last);
  for (std::int64_t hour = known.from; hour < known.to; ++hour) ++occurrences[clock.cell(hour)];
  for (std::size_t cell = 0; cell < kHoursOfWeek; ++cell) {
    lines.push_back(to_hour(cell, bills[cell], occurrences[cell], whole));
  }
  return lines;
}

}  // namespace keyledger::service
