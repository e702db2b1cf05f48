#include "service/usage/line_sums.h"

#include <algorithm>
#include <set>

namespace keyledger::service {
namespace {

using store::Transaction;
using store::UsageReportStore;
using usage::Breakdown;
using usage::Width;

using Words = std::map<std::int64_t, std::string>;

class LineSums {
 public:
  LineSums(Transaction& transaction, const store::UsageSelection& selection, Breakdown by,
           const usage::PriceBook& prices)
      : transaction_(transaction),
        selection_(selection),
        by_(by),
        width_(by == Breakdown::hour ? Width::hour : Width::day),
        prices_(prices) {}

  Result<SumsPiece> read(DayRange days) {
    const std::int64_t buckets = width_ == Width::day ? 1 : 24;
    range_ = {days.from.time_since_epoch().count() * buckets, (days.to.time_since_epoch().count() + 1) * buckets};
    Result<void> done = read_words();
    if (done) done = read_use();
    if (done && width_ == Width::day) done = read_costs();
    if (done) done = sum_up();
    if (!done) return std::unexpected(done.error());
    return std::move(piece_);
  }

 private:
  using Place = std::pair<std::int64_t, usage::SourceId>;
  struct Together {
    std::string provider{};
    std::vector<usage::UsageLine> usage{};
    std::vector<usage::CostLine> costs{};
  };

  Result<void> read_words() {
    const Result<std::vector<UsageReportStore::Word>> words = UsageReportStore::words(transaction_);
    if (!words) return std::unexpected(words.error());
    for (const UsageReportStore::Word& word : *words) words_.emplace(word.id, word.word);
    return {};
  }

  Result<void> read_use() {
    Result<std::vector<UsageReportStore::Line>> lines =
        UsageReportStore::lines(transaction_, range_, selection_, width_);
    if (!lines) return std::unexpected(lines.error());
    lines_ = std::move(*lines);
    for (const UsageReportStore::Line& line : lines_) {
      Together& place = places_[{line.bucket, line.source_id}];
      place.provider = line.provider;
      place.usage.push_back({line.project_id, line.key_id, line.model_id,
                             line.model_id != 0 ? line.model_id : line.dataset_id, line.model, line.tier, line});
    }
    return {};
  }

  Result<void> read_costs() {
    const auto costs = UsageReportStore::cost_lines(transaction_, range_, selection_);
    if (!costs) return std::unexpected(costs.error());
    for (const UsageReportStore::CostLine& line : *costs) {
      Together& place = places_[{line.bucket, line.source_id}];
      place.provider = line.provider;
      place.costs.push_back(
          {line.project_id, line.key_id, line.model_id, line.currency, Amount{line.nanos, line.attos}});
    }
    const auto days = UsageReportStore::billed_days(transaction_, range_);
    if (!days) return std::unexpected(days.error());
    for (const UsageReportStore::BilledDay& day : *days) billed_.emplace(day.bucket, day.source_id);
    return {};
  }

  Result<void> sum_up() {
    for (const auto& [place, together] : places_) {
      const bool daily = width_ == Width::day;
      const Instant start = daily ? Instant{std::chrono::days{place.first}} : Instant{std::chrono::hours{place.first}};
      const usage::Rollup rollup = usage::roll_up({.provider = together.provider,
                                                   .start = start,
                                                   .span = daily ? usage::Span::day : usage::Span::hour,
                                                   .billed = billed_.contains(place),
                                                   .usage = together.usage,
                                                   .costs = together.costs},
                                                  prices_);
      take(rollup, place);
      if (daily) take_unpriced(rollup, together.provider);
    }
    return {};
  }

  void take(const usage::Rollup& rollup, const Place& place) {
    const std::int64_t bucket = width_ == Width::hour ? place.first : 0;
    for (const auto& [cell, tally] : rollup.counts) {
      if (cell.by == by_) piece_.counts.push_back({bucket, place.second, cell.id, tally});
    }
    for (const auto& [cell, amount] : rollup.costs) {
      if (cell.by == by_) {
        piece_.costs.push_back({bucket, place.second, cell.id, cell.currency, cell.basis, amount});
      }
    }
  }

  void take_unpriced(const usage::Rollup& rollup, const std::string& provider) {
    for (const auto& [label, tally] : rollup.unpriced) {
      const auto word = words_.find(label);
      piece_.unpriced.push_back({provider, word == words_.end() ? std::string{} : word->second, tally.requests,
                                 tally.requests_known, tally.input_tokens, tally.output_tokens});
    }
  }

  Transaction& transaction_;
  const store::UsageSelection& selection_;
  Breakdown by_;
  Width width_;
  const usage::PriceBook& prices_;
  UsageReportStore::Range range_{};
  Words words_{};
  std::vector<UsageReportStore::Line> lines_{};  // the texts of `places_` point into them
  std::map<Place, Together> places_{};
  std::set<Place> billed_{};
  SumsPiece piece_{};
};

}  // namespace

Result<SumsPiece> sum_lines(Transaction& transaction, DayRange days, const store::UsageSelection& selection,
                            Breakdown by, const usage::PriceBook& prices) {
  return LineSums(transaction, selection, by, prices).read(days);
}

}  // namespace keyledger::service
