#include "service/usage/sums.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace keyledger::service {
namespace {

using store::Transaction;
using store::UsageReportStore;
using store::UsageSelection;
using usage::Breakdown;
using usage::Width;

UsageReportStore::Range days_of(const DayRange& range) {
  return {range.from.time_since_epoch().count(), range.to.time_since_epoch().count() + 1};
}

UsageReportStore::Range hours_of(const DayRange& range) {
  const UsageReportStore::Range days = days_of(range);
  return {days.from * 24, days.to * 24};
}

bool by_hour(const SumsQuery& query) {
  return query.group_by == GroupBy::hour || query.group_by == GroupBy::hour_of_week;
}

std::optional<Breakdown> rollup_of(const SumsQuery& query) {
  if (query.group_by == GroupBy::model) return Breakdown::model;
  if (query.group_by == GroupBy::project) return Breakdown::project;
  return std::nullopt;
}

/// Appends what a read gave, or hands its error on.
template <typename T>
Result<void> take(std::vector<T>& into, Result<std::vector<T>> rows) {
  if (!rows) return std::unexpected(rows.error());
  into = std::move(*rows);
  return {};
}

Result<void> read_days_and_keys(Transaction& transaction, const SumsQuery& query, Sums& sums) {
  const UsageReportStore::Range current = days_of(query.range);
  const UsageReportStore::Range both{days_of(query.range.previous()).from, current.to};
  const UsageSelection& selection = query.selection;
  Result<void> done = take(sums.days, UsageReportStore::counts_by_bucket(transaction, both, selection));
  if (done) done = take(sums.day_costs, UsageReportStore::costs_by_bucket(transaction, both, selection));
  if (done) done = take(sums.keys, UsageReportStore::counts_by_item(transaction, current, Breakdown::key, selection));
  if (!done) return done;
  return take(sums.key_costs, UsageReportStore::costs_by_item(transaction, current, Breakdown::key, selection));
}

Result<void> read_words(Transaction& transaction, Sums& sums) {
  const Result<std::vector<UsageReportStore::Word>> words = UsageReportStore::words(transaction);
  if (!words) return std::unexpected(words.error());
  for (const UsageReportStore::Word& word : *words) sums.words.emplace(word.id, word.word);
  return {};
}

Result<void> read_rollup_groups(Transaction& transaction, const SumsQuery& query, Sums& sums) {
  if (by_hour(query)) {
    const UsageReportStore::Range hours = hours_of(query.range);
    const Result<void> counted = take(sums.groups, UsageReportStore::counts_by_bucket(transaction, hours, {}, true));
    if (!counted) return counted;
    return take(sums.group_costs, UsageReportStore::costs_by_bucket(transaction, hours, {}, true));
  }
  const std::optional<Breakdown> by = rollup_of(query);
  if (!by) return {};
  const UsageReportStore::Range days = days_of(query.range);
  const Result<void> counted = take(sums.groups, UsageReportStore::counts_by_item(transaction, days, *by, {}));
  if (!counted) return counted;
  return take(sums.group_costs, UsageReportStore::costs_by_item(transaction, days, *by, {}));
}

/// What no rollup has: the rows of chosen keys, summed up here by the same rules as the rollups.
class Lines {
 public:
  Lines(Transaction& transaction, const SumsQuery& query, const usage::PriceBook& prices, Sums& sums)
      : transaction_(transaction), query_(query), prices_(prices), sums_(sums) {}

  Result<void> read() {
    const Result<void> days = read_width(Width::day);
    if (!days || !by_hour(query_)) return days;
    return read_width(Width::hour);
  }

 private:
  using Place = std::pair<std::int64_t, usage::SourceId>;
  struct Together {
    std::string provider{};
    std::vector<usage::UsageLine> usage{};
    std::vector<usage::CostLine> costs{};
  };

  Result<void> read_width(Width width) {
    const UsageReportStore::Range range = width == Width::day ? days_of(query_.range) : hours_of(query_.range);
    const auto lines = UsageReportStore::lines(transaction_, range, query_.selection, width);
    if (!lines) return std::unexpected(lines.error());
    std::map<Place, Together> places;
    for (const UsageReportStore::Line& line : *lines) {
      Together& place = places[{line.bucket, line.source_id}];
      place.provider = line.provider;
      place.usage.push_back({line.project_id, line.key_id, line.model_id,
                             line.model_id != 0 ? line.model_id : line.dataset_id, line.model, line.tier, line});
    }
    if (width == Width::day) {
      const Result<void> costs = add_costs(range, places);
      if (!costs) return costs;
    }
    return sum_up(range, places, width);
  }

  Result<void> add_costs(UsageReportStore::Range range, std::map<Place, Together>& places) {
    const auto costs = UsageReportStore::cost_lines(transaction_, range, query_.selection);
    if (!costs) return std::unexpected(costs.error());
    for (const UsageReportStore::CostLine& line : *costs) {
      Together& place = places[{line.bucket, line.source_id}];
      place.provider = line.provider;
      place.costs.push_back(
          {line.project_id, line.key_id, line.model_id, line.currency, Amount{line.nanos, line.attos}});
    }
    return {};
  }

  Result<void> sum_up(UsageReportStore::Range range, const std::map<Place, Together>& places, Width width) {
    std::set<Place> billed;
    if (width == Width::day) {
      const auto days = UsageReportStore::billed_days(transaction_, range);
      if (!days) return std::unexpected(days.error());
      for (const UsageReportStore::BilledDay& day : *days) billed.emplace(day.bucket, day.source_id);
    }
    for (const auto& [place, together] : places) {
      const Instant start =
          width == Width::day ? Instant{std::chrono::days{place.first}} : Instant{std::chrono::hours{place.first}};
      const usage::Rollup rollup = usage::roll_up({.provider = together.provider,
                                                   .start = start,
                                                   .span = width == Width::day ? usage::Span::day : usage::Span::hour,
                                                   .billed = billed.contains(place),
                                                   .usage = together.usage,
                                                   .costs = together.costs},
                                                  prices_);
      take_groups(rollup, place, width);
      if (width == Width::day) take_unpriced(rollup, together);
    }
    return {};
  }

  void take_groups(const usage::Rollup& rollup, const Place& place, Width width) {
    const std::optional<Breakdown> by = width == Width::hour ? Breakdown::hour : rollup_of(query_);
    if (!by) return;
    const std::int64_t bucket = width == Width::hour ? place.first : 0;
    for (const auto& [cell, tally] : rollup.counts) {
      if (cell.by == *by) sums_.groups.push_back({bucket, place.second, cell.id, tally});
    }
    for (const auto& [cell, amount] : rollup.costs) {
      if (cell.by == *by)
        sums_.group_costs.push_back({bucket, place.second, cell.id, cell.currency, cell.basis, amount});
    }
  }

  void take_unpriced(const usage::Rollup& rollup, const Together& together) {
    for (const auto& [label, tally] : rollup.unpriced) {
      const auto word = sums_.words.find(label);
      const std::string model = word == sums_.words.end() ? std::string{} : word->second;
      auto known = std::ranges::find_if(sums_.unpriced, [&](const UsageReportStore::Unpriced& one) {
        return one.provider == together.provider && one.model == model;
      });
      if (known == sums_.unpriced.end()) {
        known = sums_.unpriced.insert(known, UsageReportStore::Unpriced{together.provider, model});
      }
      known->requests += tally.requests;
      known->requests_known += tally.requests_known;
      known->input_tokens += tally.input_tokens;
      known->output_tokens += tally.output_tokens;
    }
  }

  Transaction& transaction_;
  const SumsQuery& query_;
  const usage::PriceBook& prices_;
  Sums& sums_;
};

}  // namespace

std::string SumsQuery::name() const {
  return fmt::format("{} {} {} {}", range.from.time_since_epoch().count(), range.to.time_since_epoch().count(),
                     group_by ? static_cast<int>(*group_by) : -1, selection.all() ? "all" : selection.text());
}

Result<Sums> read_sums(Transaction& transaction, const SumsQuery& query, const usage::PriceBook& prices) {
  Sums sums;
  Result<void> done = read_days_and_keys(transaction, query, sums);
  const bool needs_words = query.group_by == GroupBy::model || !query.selection.all();
  if (done && needs_words) done = read_words(transaction, sums);
  if (done) done = take(sums.unpriced, UsageReportStore::unpriced(transaction, days_of(query.range)));
  if (!done) return std::unexpected(done.error());
  if (query.selection.all()) {
    done = read_rollup_groups(transaction, query, sums);
  } else if (by_hour(query) || rollup_of(query) || !sums.unpriced.empty()) {
    // Only some of what is unpriced belongs to the selection, which the rows have to tell.
    sums.unpriced.clear();
    done = Lines(transaction, query, prices, sums).read();
  }
  if (!done) return std::unexpected(done.error());
  return sums;
}

std::shared_ptr<const Sums> SumsCache::find(std::uint64_t version, const std::string& name) const {
  const std::lock_guard lock(mutex_);
  if (version != version_) return nullptr;
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : found->second;
}

void SumsCache::put(std::uint64_t version, const std::string& name, std::shared_ptr<const Sums> sums) {
  const std::lock_guard lock(mutex_);
  if (version < version_) return;  // computed from figures that have changed since
  if (version > version_ || entries_.size() >= kEntriesMax) entries_.clear();
  version_ = version;
  entries_[name] = std::move(sums);
}

}  // namespace keyledger::service
