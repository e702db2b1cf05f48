#include "domain/billing/line_text.h"

#include <fmt/format.h>

#include <array>

namespace keyledger::billing {
namespace {

using std::chrono::year_month_day;

constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};

enum class DatePart { day, day_and_month, whole };

std::string date_text(const year_month_day& date, DatePart part) {
  const unsigned day = static_cast<unsigned>(date.day());
  const std::string_view month = kMonths[static_cast<unsigned>(date.month()) - 1];
  if (part == DatePart::day) return fmt::format("{}", day);
  if (part == DatePart::day_and_month) return fmt::format("{} {}", day, month);
  return fmt::format("{} {} {}", day, month, static_cast<int>(date.year()));
}

std::string number_text(std::int64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

/// What people are told about units of a kind; nothing where the price alone says it.
std::string_view kind_text(StepKind kind) {
  switch (kind) {
    case StepKind::covered: return "covered by the plan";
    case StepKind::included: return "included";
    case StepKind::trial: return "in the trial";
    case StepKind::unpriced: return "without a price";
    case StepKind::days:
    case StepKind::tier: return "";
  }
  std::unreachable();
}

std::string units_text(const Line& line) {
  std::string text = number_text(line.quantity);
  for (const Step& step : line.steps) {
    const std::string_view kind = kind_text(step.kind);
    if (kind.empty()) continue;
    if (step.quantity < line.quantity) {
      text += fmt::format(", {} of them {}", number_text(step.quantity), kind);
    } else {
      text += fmt::format(", {}{}", line.quantity > 1 ? "all " : "", kind);
    }
  }
  return text;
}

}  // namespace

std::string days_text(const DaySpan& days) {
  const year_month_day first{days.from}, last{days.until - std::chrono::days{1}};
  const std::string end = date_text(last, DatePart::whole);
  if (first == last) return end;
  if (first.year() != last.year()) return date_text(first, DatePart::whole) + " to " + end;
  const bool same_month = first.month() == last.month();
  return date_text(first, same_month ? DatePart::day : DatePart::day_and_month) + " to " + end;
}

std::string line_text(const Line& line) {
  const std::string days = days_text(line.days);
  if (line.kind == LineKind::monthly) {
    const bool whole = line.steps.empty() || line.steps.front().quantity == line.steps.front().of;
    if (whole) return fmt::format("{}, {}", line.plan_name, days);
    return fmt::format("{}, {}: {} of {} days", line.plan_name, days, line.steps.front().quantity,
                       line.steps.front().of);
  }
  const std::string_view units = line.metric == Metric::rentals ? "Rentals" : "Requests";
  const std::string_view late = line.kind == LineKind::late_usage ? " that came in later" : "";
  return fmt::format("{}{}, {}: {}", units, late, days, units_text(line));
}

}  // namespace keyledger::billing
