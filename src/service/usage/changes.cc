#include "service/usage/changes.h"

#include <algorithm>

namespace keyledger::service {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kChangeMax = 1'000'000'000;  // a million times as much: more says nothing more

std::optional<std::int64_t> permille_of(Wide after, Wide before) {
  if (before <= 0) return std::nullopt;
  const Wide change = (after - before) * 1'000;
  const Wide rounded = (change + (change < 0 ? -before : before) / 2) / before;
  return static_cast<std::int64_t>(std::clamp<Wide>(rounded, -kChangeMax, kChangeMax));
}

/// The two sides that are compared.
struct Sides {
  Bill after{};
  Bill before{};
};

class Comparison {
 public:
  explicit Comparison(const ReportFrame& frame)
      : frame_(frame), before_(frame.range().previous()), today_(day_of(frame.matter().now)) {}

  /// Whether the days before are known at all.
  [[nodiscard]] bool possible() const {
    return std::ranges::none_of(frame_.matter().facts.sources, [this](const usage::Source& source) {
      const bool to_read = !source.backfill_done && source.backfill_before && *source.backfill_before > before_.from;
      return to_read && frame_.asked(source.id) != nullptr;
    });
  }

  Sides sides() {
    frame_.each(frame_.matter().sums.days, [this](const auto& sum, const usage::Source& source) {
      const Day day{std::chrono::days{sum.bucket}};
      const Day end = told_until(source);
      if (frame_.range().has(day) && day < end) add(sides_.after, sum);
      if (before_.has(day) && day + length() < end) add(sides_.before, sum);
    });
    frame_.each(frame_.matter().sums.compared_hours, [this](const auto& sum, const usage::Source& source) {
      const Instant start{std::chrono::hours{sum.bucket}};
      const Day like = today_ - length();
      const bool known = told_until(source) == today_ && hours_known(source, like);
      if (!known) return;
      const bool now = day_of(start) == today_;
      const Instant shifted = now ? start : start + length();
      const Instant end = std::chrono::floor<std::chrono::hours>(answered(source));
      if (shifted >= Instant{today_} && shifted < end) add(now ? sides_.after : sides_.before, sum);
    });
    return std::move(sides_);
  }

 private:
  static void add(Bill& bill, const usage::CountSum& sum) { bill.add(sum.tally); }
  static void add(Bill& bill, const usage::CostSum& sum) { bill.add(sum.currency, sum.basis, sum.amount); }

  [[nodiscard]] std::chrono::days length() const { return std::chrono::days{frame_.range().days()}; }
  [[nodiscard]] Instant answered(const usage::Source& source) const {
    return std::min(source.last_success_at.value_or(Instant{}), frame_.matter().now);
  }
  /// The first day that the source has not told in full.
  [[nodiscard]] Day told_until(const usage::Source& source) const { return day_of(answered(source)); }

  const ReportFrame& frame_;
  DayRange before_;
  Day today_;
  Sides sides_{};
};

std::int64_t tokens_of(const Bill& bill) {
  return bill.tally().input_tokens + bill.tally().output_tokens;
}

std::optional<std::int64_t> requests_of(const Bill& bill) {
  return bill.figures().requests;
}

}  // namespace

std::optional<std::int64_t> change_permille(std::int64_t after, std::int64_t before) {
  return permille_of(after, before);
}

UsageChanges usage_changes(const ReportFrame& frame, std::optional<Currency> currency) {
  UsageChanges changes;
  Comparison comparison(frame);
  if (!comparison.possible()) return changes;
  const auto [after, before] = comparison.sides();
  if (before.empty()) return changes;
  changes.tokens = change_permille(tokens_of(after), tokens_of(before));
  const std::optional<std::int64_t> requests = requests_of(after);
  const std::optional<std::int64_t> requests_before = requests_of(before);
  if (requests && requests_before) changes.requests = change_permille(*requests, *requests_before);
  if (!currency) return changes;
  const std::int64_t cost = after.cost(*currency).nanos;
  const std::int64_t cost_before = before.cost(*currency).nanos;
  changes.cost = change_permille(cost, cost_before);
  const std::optional<std::int64_t> all = after.all_requests();
  const std::optional<std::int64_t> all_before = before.all_requests();
  if (!all || !all_before || *all <= 0 || *all_before <= 0) return changes;
  // (cost / all) against (cost_before / all_before), without a division: 9 * 10^18 nanos times 10^13 requests times
  // 1,000 stay within 128 bits.
  changes.cost_per_thousand = permille_of(Wide{cost} * *all_before, Wide{cost_before} * *all);
  return changes;
}

bool compares_hours(const DayRange& range, Day today, const std::vector<usage::Source>& sources) {
  const Day like = today - std::chrono::days{range.days()};
  return range.has(today) &&
         std::ranges::any_of(sources, [like](const usage::Source& source) { return hours_known(source, like); });
}

}  // namespace keyledger::service
