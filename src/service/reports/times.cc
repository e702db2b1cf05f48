// When most is going on, and what becomes of calls.
#include <algorithm>
#include <map>

#include "service/reports/reading.h"
#include "store/ledger/activity_store.h"
#include "store/ledger/ledger_report_store.h"

namespace keyledger::service {
namespace {

using store::ActivityStore;
using store::CallSum;
using store::LedgerTotalsStore;
using store::Transaction;

constexpr int kAverageDecimals = 2;

/// What is counted by the hour of the week: everything, or what rented an account.
Result<std::vector<std::int64_t>> count_hours(Transaction& transaction, const ReportScope& scope, PeakMetric metric) {
  std::optional<std::int64_t> rent;
  if (metric == PeakMetric::rentals) {
    const Result<std::optional<std::int64_t>> word = ActivityStore::word(transaction, "rent");
    if (!word) return std::unexpected(word.error());
    rent = *word;
  }
  std::vector<std::int64_t> counts(kHoursOfWeek, 0);
  HourOfWeekMemo hours(scope.span.zone);
  const auto counted = [&](const CallSum& sum) {
    if (metric == PeakMetric::calls) return true;
    return sum.action_id == rent && static_cast<ledger::Status>(sum.status) == ledger::Status::success;
  };
  const Result<void> read =
      LedgerTotalsStore::each(transaction, scope.calls, scope.span.buckets, [&](const CallSum& sum) {
        if (counted(sum)) counts[hours.at(sum.bucket)] += sum.events;
      });
  if (!read) return std::unexpected(read.error());
  return counts;
}

/// Whether the left average is higher, exactly: a / b > c / d is a * d > c * b.
bool busier(const PeakCell& left, const PeakCell& right) {
  __extension__ using Wide = __int128;
  return Wide{left.calls} * right.occurrences > Wide{right.calls} * left.occurrences;
}

Result<PeakTimes> find_peaks(Transaction& transaction, const CallReportQuery& query, const Span& span,
                             PeakMetric metric) {
  const Result<ReportScope> scope = read_scope(transaction, query, span);
  if (!scope) return std::unexpected(scope.error());
  const Result<std::vector<std::int64_t>> counts = count_hours(transaction, *scope, metric);
  if (!counts) return std::unexpected(counts.error());
  const std::vector<std::int64_t> begun = hours_begun(span);
  PeakTimes report{.metric = metric};
  describe_span(report, span);
  std::optional<std::size_t> peak;
  for (std::size_t i = 0; i < kHoursOfWeek; ++i) {
    PeakCell cell{.weekday = static_cast<std::int64_t>(i / 24) + 1,
                  .hour = static_cast<std::int64_t>(i % 24),
                  .calls = (*counts)[i],
                  .occurrences = begun[i]};
    if (cell.occurrences > 0) cell.average = decimal_text(cell.calls, cell.occurrences, kAverageDecimals);
    report.total += cell.calls;
    report.cells.push_back(std::move(cell));
    const PeakCell& last = report.cells.back();
    if (last.average && last.calls > 0 && (!peak || busier(last, report.cells[*peak]))) peak = i;
  }
  if (peak) {
    const PeakCell& cell = report.cells[*peak];
    report.peak = {cell.weekday, cell.hour, *cell.average};
  }
  return report;
}

/// By outcome, and by what was called, where that is asked for.
using Outcomes = std::map<std::pair<ledger::Status, std::int64_t>, std::int64_t>;

Result<std::vector<OutcomeLine>> name_lines(Transaction& transaction, const Outcomes& outcomes, bool by_action,
                                            std::int64_t total) {
  std::vector<OutcomeLine> lines;
  for (const auto& [outcome, calls] : outcomes) {
    OutcomeLine line{.status = outcome.first, .calls = calls, .share = per_mille(calls, total)};
    if (by_action) {
      Result<std::vector<std::string>> word = store::LedgerReportStore::words(transaction, {outcome.second});
      if (!word) return std::unexpected(word.error());
      line.action = std::move(word->front());
    }
    lines.push_back(std::move(line));
  }
  std::ranges::stable_sort(lines, std::ranges::greater{}, &OutcomeLine::calls);
  return lines;
}

/// Rounded half up, but never to all while something has not succeeded.
std::optional<std::int64_t> success_share(const ledger::OutcomeCounts& counts) {
  if (counts.total == 0) return std::nullopt;
  const std::int64_t share = per_mille(counts.success, counts.total);
  return counts.success < counts.total ? std::min<std::int64_t>(share, 999) : share;
}

Result<OutcomeReport> count_outcomes(Transaction& transaction, const CallReportQuery& query, const Span& span,
                                     bool by_action) {
  const Result<ReportScope> scope = read_scope(transaction, query, span);
  if (!scope) return std::unexpected(scope.error());
  const std::vector<SpanDay> days = days_of(span);
  OutcomeReport report;
  describe_span(report, span);
  for (const SpanDay& day : days) report.days.push_back({.day = day.day});
  Outcomes outcomes;
  ledger::OutcomeCounts all;
  const Result<void> read = LedgerTotalsStore::each(transaction, scope->calls, span.buckets, [&](const CallSum& sum) {
    const auto status = static_cast<ledger::Status>(sum.status);
    all.add(status, sum.events);
    report.days[day_at(days, sum.bucket)].counts.add(status, sum.events);
    outcomes[{status, by_action ? sum.action_id : 0}] += sum.events;
  });
  if (!read) return std::unexpected(read.error());
  Result<std::vector<OutcomeLine>> lines = name_lines(transaction, outcomes, by_action, all.total);
  if (!lines) return std::unexpected(lines.error());
  report.total = all.total;
  report.success_share = success_share(all);
  report.data = std::move(*lines);
  return report;
}

}  // namespace

runtime::Task<Result<PeakTimes>> CallReports::peak_times(CallReportQuery query, PeakMetric metric) const {
  const Result<Span> span = make_span(query.span, zone_(), core_.clock->now());
  if (!span) co_return std::unexpected(span.error());
  const Result<void> settled = co_await ledger_->settle();
  if (!settled) co_return std::unexpected(settled.error());
  auto read = [query = std::move(query), span = *span, metric](Transaction& transaction) {
    return find_peaks(transaction, query, span, metric);
  };
  Result<PeakTimes> report = co_await core_.store->readers().run<PeakTimes>(std::move(read));
  co_return report;
}

runtime::Task<Result<OutcomeReport>> CallReports::outcomes(CallReportQuery query, bool by_action) const {
  const Result<Span> span = make_span(query.span, zone_(), core_.clock->now());
  if (!span) co_return std::unexpected(span.error());
  const Result<void> settled = co_await ledger_->settle();
  if (!settled) co_return std::unexpected(settled.error());
  auto read = [query = std::move(query), span = *span, by_action](Transaction& transaction) {
    return count_outcomes(transaction, query, span, by_action);
  };
  Result<OutcomeReport> report = co_await core_.store->readers().run<OutcomeReport>(std::move(read));
  co_return report;
}

}  // namespace keyledger::service
