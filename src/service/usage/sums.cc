#include "service/usage/sums.h"

#include <fmt/format.h>

#include <algorithm>

#include "service/usage/line_sums.h"
#include "service/usage/windows.h"

namespace keyledger::service {
namespace {

using store::Transaction;
using store::UsageReportStore;
using usage::Breakdown;

BOOST_DEFINE_ENUM_CLASS(Kind, days, keys, models, projects, hours, unpriced)

Breakdown breakdown_of(Kind kind) {
  switch (kind) {
    case Kind::days:
    case Kind::unpriced: return Breakdown::total;
    case Kind::keys: return Breakdown::key;
    case Kind::models: return Breakdown::model;
    case Kind::projects: return Breakdown::project;
    case Kind::hours: return Breakdown::hour;
  }
  std::unreachable();
}

UsageReportStore::Range days_of(DayRange range) {
  return {range.from.time_since_epoch().count(), range.to.time_since_epoch().count() + 1};
}

UsageReportStore::Range hours_of(DayRange range) {
  const UsageReportStore::Range days = days_of(range);
  return {days.from * 24, days.to * 24};
}

/// Hands on what two reads gave, or the error of the first that failed.
Result<SumsPiece> piece_of(Result<std::vector<usage::CountSum>> counts, Result<std::vector<usage::CostSum>> costs) {
  if (!counts) return std::unexpected(counts.error());
  if (!costs) return std::unexpected(costs.error());
  return SumsPiece{std::move(*counts), std::move(*costs), {}};
}

class SumsReader {
 public:
  SumsReader(Transaction& transaction, const SumsQuery& query, const SumsSource& source)
      : transaction_(transaction), query_(query), source_(source) {}

  Result<Sums> read() {
    const DayRange& range = query_.range;
    const std::chrono::days length{range.days()};
    Sums sums;
    Result<void> done = add(sums.days, Kind::days, {range.previous().from, range.to});
    if (done && query_.keys) done = add(sums.keys, Kind::keys, range);
    if (done && query_.models) done = add(sums.models, Kind::models, range);
    if (done && query_.projects) done = add(sums.projects, Kind::projects, range);
    if (done && query_.hours) done = add(sums.hours, Kind::hours, range);
    if (done && query_.unpriced) done = add(sums.unpriced, Kind::unpriced, range);
    if (query_.compared_hours) {
      const Day like = query_.today - length;
      if (done) done = add(sums.compared_hours, Kind::hours, {query_.today, query_.today});
      if (done) done = add(sums.compared_hours, Kind::hours, {like, like});
    }
    if (done && query_.models) done = read_words(sums);
    if (!done) return std::unexpected(done.error());
    return sums;
  }

 private:
  /// In two pieces: a refresh reads the last days again, and leaves those before alone.
  Result<void> add(SumsPieces& pieces, Kind kind, DayRange days) {
    const Day revised = query_.today - std::chrono::days{kRevisedDays - 1};
    const DayRange settled{days.from, std::min(days.to, revised - std::chrono::days{1})};
    const DayRange recent{std::max(days.from, revised), days.to};
    for (const DayRange& part : {settled, recent}) {
      if (part.from > part.to) continue;
      Result<std::shared_ptr<const SumsPiece>> piece = find_or_load(kind, part);
      if (!piece) return std::unexpected(piece.error());
      pieces.push_back(std::move(*piece));
    }
    return {};
  }

  Result<std::shared_ptr<const SumsPiece>> find_or_load(Kind kind, DayRange days) {
    const std::string name =
        fmt::format("{} {} {} {}", static_cast<int>(kind), days.from.time_since_epoch().count(),
                    days.to.time_since_epoch().count(), query_.selection.all() ? "all" : query_.selection.text());
    std::shared_ptr<const SumsPiece> known = source_.cache->find(*source_.versions, name, days);
    if (known) return known;
    Result<SumsPiece> loaded = load(kind, days);
    if (!loaded) return std::unexpected(loaded.error());
    auto piece = std::make_shared<const SumsPiece>(std::move(*loaded));
    source_.cache->put(source_.version, name, piece);
    return piece;
  }

  Result<SumsPiece> load(Kind kind, DayRange days) {
    const store::UsageSelection& selection = query_.selection;
    const UsageReportStore::Range range = days_of(days);
    if (kind == Kind::days) {
      return piece_of(UsageReportStore::counts_by_bucket(transaction_, range, selection),
                      UsageReportStore::costs_by_bucket(transaction_, range, selection));
    }
    if (kind == Kind::unpriced) return load_unpriced(days);
    if (kind != Kind::keys && !selection.all()) {
      return sum_lines(transaction_, days, selection, breakdown_of(kind), *source_.prices);
    }
    if (kind == Kind::hours) {
      return piece_of(UsageReportStore::counts_by_bucket(transaction_, hours_of(days), {}, true),
                      UsageReportStore::costs_by_bucket(transaction_, hours_of(days), {}, true));
    }
    return piece_of(UsageReportStore::counts_by_item(transaction_, range, breakdown_of(kind), selection),
                    UsageReportStore::costs_by_item(transaction_, range, breakdown_of(kind), selection));
  }

  /// Only some of what is unpriced belongs to a selection, which the rows have to tell.
  Result<SumsPiece> load_unpriced(DayRange days) {
    Result<std::vector<UsageReportStore::Unpriced>> all = UsageReportStore::unpriced(transaction_, days_of(days));
    if (!all) return std::unexpected(all.error());
    if (query_.selection.all() || all->empty()) return SumsPiece{{}, {}, std::move(*all)};
    Result<SumsPiece> lines = sum_lines(transaction_, days, query_.selection, Breakdown::model, *source_.prices);
    if (!lines) return lines;
    return SumsPiece{{}, {}, std::move(lines->unpriced)};
  }

  Result<void> read_words(Sums& sums) {
    const Result<std::vector<UsageReportStore::Word>> words = UsageReportStore::words(transaction_);
    if (!words) return std::unexpected(words.error());
    for (const UsageReportStore::Word& word : *words) sums.words.emplace(word.id, word.word);
    return {};
  }

  Transaction& transaction_;
  const SumsQuery& query_;
  const SumsSource& source_;
};

}  // namespace

Result<Sums> read_sums(Transaction& transaction, const SumsQuery& query, const SumsSource& source) {
  return SumsReader(transaction, query, source).read();
}

std::shared_ptr<const SumsPiece> SumsCache::find(const FiguresVersion& version, const std::string& name,
                                                 DayRange days) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end() || !version.unchanged(found->second.version, days)) return nullptr;
  return found->second.piece;
}

void SumsCache::put(std::uint64_t version, const std::string& name, std::shared_ptr<const SumsPiece> piece) {
  const std::lock_guard lock(mutex_);
  const auto known = entries_.find(name);
  if (known != entries_.end()) {
    if (version < known->second.version) return;  // computed from figures that have changed since
    lines_ -= known->second.piece->lines();
    entries_.erase(known);
  }
  if (lines_ + piece->lines() > kLinesMax) {
    entries_.clear();
    lines_ = 0;
  }
  lines_ += piece->lines();
  entries_[name] = Entry{version, std::move(piece)};
}

}  // namespace keyledger::service
