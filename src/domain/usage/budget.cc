#include "domain/usage/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace keyledger::usage {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kBillion = 1'000'000'000;

Wide wide(const Amount& amount) {
  return static_cast<Wide>(amount.nanos) * kBillion + amount.attos;
}

std::int64_t percent_of(const Amount& part, const Amount& whole) {
  const Wide percent = wide(part) * 100 / wide(whole);
  return static_cast<std::int64_t>(std::clamp<Wide>(percent, 0, kPercentMax));
}

}  // namespace

Month month_of(Instant now) {
  const std::chrono::year_month_day day{day_of(now)};
  const std::chrono::year_month month = day.year() / day.month();
  return {Day{month / 1}, Day{(month + std::chrono::months{1}) / 1}};
}

std::string to_string(const Month& month) {
  return keyledger::to_string(month.from).substr(0, 7);
}

BudgetStanding judge(const Money& budget, const Amount& spent, Instant now) {
  check_invariant(budget.nanos > 0, "a budget is over 0");
  const Month month = month_of(now);
  const std::int64_t length = std::chrono::milliseconds{month.to - month.from}.count();
  const std::int64_t elapsed = (now - month.from).count();
  BudgetStanding standing{.spent = spent, .expected = spent};
  if (elapsed > 0) {
    const Result<Amount> expected = scale(spent, length, elapsed);
    standing.expected = expected ? *expected : Amount{std::numeric_limits<std::int64_t>::max() - 1, 0};
  }
  const Amount whole{budget.nanos, 0};
  standing.percent = percent_of(spent, whole);
  standing.pace = percent_of(standing.expected, whole);
  standing.level = standing.percent >= 100 ? 100 : standing.percent >= 80 ? 80 : 0;
  return standing;
}

}  // namespace keyledger::usage
