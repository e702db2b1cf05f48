// Sums of calls over a range of days, and of the one before.
#include "service/ledger/period_stats.h"

#include "domain/ledger/bucket.h"
#include "service/ledger/activity.h"
#include "service/ledger/call_tally.h"
#include "service/usage/changes.h"
#include "store/customer_key_list.h"
#include "store/ledger/activity_store.h"
#include "store/rental_list.h"

namespace keyledger::service {
namespace {

using store::Transaction;

constexpr std::chrono::hours kHour{1};

/// A period, and the hour of it that has only begun: of that, and of what follows, nothing is compared.
struct Compared {
  CallPeriod period{};
  std::int64_t full_to = std::numeric_limits<std::int64_t>::max();  // bucket
  Instant full_until = Instant::max();
};

/// What a period adds up to, and what its full hours do.
struct Tallies {
  CallTally whole{}, full{};
};

LocalDay local(Day day) {
  return LocalDay{day.time_since_epoch()};
}

Compared compared_of(const Span& span, const store::CallScope& scope) {
  Compared compared{{scope, span.buckets, span.begin, span.end}};
  if (span.now < span.begin || span.now >= span.end) return compared;
  compared.full_to = ledger::bucket_of(span.zone, span.now);
  compared.full_until = ledger::start_of(compared.full_to);
  return compared;
}

/// As many days before. Where today is among the days, it ends with the hour of its like in which today stands now.
Compared before_of(const Span& span, const store::CallScope& scope) {
  const DayRange range = span.range.previous();
  Compared before{{.scope = scope}};
  CallPeriod& period = before.period;
  period.begin = span.zone.start_of(local(range.from));
  period.end = span.begin;
  if (span.now >= span.begin && span.now < span.end) {
    const LocalDay today = span.zone.day_of(span.now);
    const Instant like = span.zone.start_of(today - std::chrono::days{range.days()});
    const Instant now = std::min(like + (span.now - span.zone.start_of(today)), span.begin);
    before.full_to = ledger::bucket_of(span.zone, now);
    before.full_until = ledger::start_of(before.full_to);
    period.end = std::min(before.full_until + kHour, span.begin);
  }
  period.buckets = {ledger::bucket_of(span.zone, period.begin), ledger::bucket_of(span.zone, period.end)};
  return before;
}

Result<Tallies> read_tallies(Transaction& transaction, const Compared& compared,
                             const std::function<void(const store::CallSum&)>& also) {
  Tallies tallies;
  const Result<void> read = each_call(
      transaction, compared.period,
      [&](const store::CallSum& sum) {
        tallies.whole.add(sum);
        if (sum.bucket < compared.full_to) tallies.full.add(sum);
        also(sum);
      },
      [&](const store::RentalFact& rental) {
        tallies.whole.add(rental);
        if (rental.rented_at < compared.full_until) tallies.full.add(rental);
      });
  if (!read) return std::unexpected(read.error());
  return tallies;
}

CallChanges changes_of(const CallFigures& after, const CallFigures& before) {
  CallChanges changes{.total_requests = change_permille(after.total_requests, before.total_requests),
                      .succeeded = change_permille(after.succeeded, before.succeeded),
                      .failed = change_permille(after.failed, before.failed),
                      .refused = change_permille(after.refused, before.refused),
                      .rentals = change_permille(after.rentals, before.rentals),
                      .returns = change_permille(after.returns, before.returns),
                      .unique_accounts = change_permille(after.unique_accounts, before.unique_accounts)};
  if (after.refused_share && before.refused_share) {
    changes.refused_share = change_permille(*after.refused_share, *before.refused_share);
  }
  return changes;
}

/// The period before, and what has changed since.
Result<void> compare(Transaction& transaction, const Span& span, const store::CallScope& scope, const CallTally& full,
                     PeriodStats& stats) {
  const Result<Tallies> before = read_tallies(transaction, before_of(span, scope), [](const store::CallSum&) {});
  if (!before) return std::unexpected(before.error());
  const Result<CallFigures> previous = before->whole.figures(transaction);
  if (!previous) return std::unexpected(previous.error());
  const Result<CallFigures> full_before = before->full.figures(transaction);
  if (!full_before) return std::unexpected(full_before.error());
  const Result<CallFigures> full_after = full.figures(transaction);
  if (!full_after) return std::unexpected(full_after.error());
  const DayRange range = span.range.previous();
  stats.previous = PreviousCalls{*previous, range.from, range.to};
  stats.changes = changes_of(*full_after, *full_before);
  return {};
}

/// What stands now, whatever the days are.
Result<void> count_now(Transaction& transaction, std::optional<CustomerId> customer, Instant now, PeriodStats& stats) {
  const Result<store::CustomerKeyList::Counts> keys = store::CustomerKeyList::by_status(transaction, customer, now);
  if (!keys) return std::unexpected(keys.error());
  stats.key_counts = {keys->total, keys->active, keys->expired, keys->revoked, keys->suspended};
  const Result<std::int64_t> open = store::RentalList::count_open(transaction, customer, now);
  if (!open) return std::unexpected(open.error());
  stats.open_rentals = *open;
  return {};
}

Result<PeriodStats> read_period(Transaction& transaction, std::optional<CustomerId> customer, const Span& span) {
  if (customer) {
    const Result<void> known = store::ActivityStore::check_customer(transaction, *customer);
    if (!known) return std::unexpected(known.error());
  }
  const store::CallScope scope{.customer = customer};
  const std::vector<SpanDay> places = days_of(span);
  std::vector<DayCount> days;
  for (const SpanDay& place : places) days.push_back({.day = place.day});
  const Result<Tallies> tallies = read_tallies(transaction, compared_of(span, scope), [&](const store::CallSum& sum) {
    add(days[day_at(places, sum.bucket)], static_cast<ledger::Status>(sum.status), sum.events);
  });
  if (!tallies) return std::unexpected(tallies.error());
  Result<DetailedStats> details = detail(transaction, tallies->whole, std::move(days));
  if (!details) return std::unexpected(details.error());
  const Result<CallFigures> figures = tallies->whole.figures(transaction);
  if (!figures) return std::unexpected(figures.error());
  PeriodStats stats{.stats = std::move(*details), .from = span.range.from, .to = span.range.to};
  stats.stats.totals.period_days = span.range.days();
  stats.timezone = std::string{span.zone.name()};
  stats.refused_share = figures->refused_share;
  Result<void> done = compare(transaction, span, scope, tallies->full, stats);
  if (done) done = count_now(transaction, customer, span.now, stats);
  if (!done) return std::unexpected(done.error());
  return stats;
}

}  // namespace

runtime::Task<Result<PeriodStats>> Activity::period_stats(SpanAsked asked, std::optional<CustomerId> customer) const {
  const Result<Span> span = make_span(asked, zone_of_all_(), core_.clock->now());
  if (!span) co_return std::unexpected(span.error());
  const Result<void> settled = co_await ledger_->settle();
  if (!settled) co_return std::unexpected(settled.error());
  auto read = [customer, span = *span](Transaction& transaction) { return read_period(transaction, customer, span); };
  Result<PeriodStats> stats = co_await core_.store->readers().run<PeriodStats>(std::move(read));
  co_return stats;
}

}  // namespace keyledger::service
