// service/usage/report_frame.h: what all parts of a report are made from. Pure.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/zone.h"
#include "service/usage/report.h"

namespace keyledger::service {

/// Everything that a report is made of, read in one transaction.
struct ReportMatter {
  std::vector<HeldKey> held{};
  SourceFacts facts{};
  std::vector<usage::RemoteKeyRecord> remote{};
  std::vector<usage::RemoteProjectRecord> projects{};
  std::vector<BudgetView> budgets{};
  Sums sums{};
  Zone zone{};
  Instant now{};
};

/// One line per name, in the order of the names.
template <typename Name>
class Sheet {
 public:
  void add(const Name& name, const usage::CountSum& sum) { bills_[name].add(sum.tally); }
  void add(const Name& name, const usage::CostSum& sum) { bills_[name].add(sum.currency, sum.basis, sum.amount); }
  [[nodiscard]] std::map<Name, Bill>& bills() { return bills_; }

 private:
  std::map<Name, Bill> bills_{};
};

/// The matter, the question, and who owns what. `matter` and `query` outlive it.
class ReportFrame {
 public:
  ReportFrame(const ReportMatter& matter, const UsageQuery& query, const DayRange& range)
      : matter_(matter), query_(query), range_(range), owners_(matter.held, matter.facts.sources, matter.remote) {
    if (query.account_id || query.key_id) chosen_ = owners_.chosen_sources(query.account_id, query.key_id);
  }

  [[nodiscard]] const ReportMatter& matter() const { return matter_; }
  [[nodiscard]] const UsageQuery& query() const { return query_; }
  [[nodiscard]] const DayRange& range() const { return range_; }
  [[nodiscard]] const Ownership& owners() const { return owners_; }
  [[nodiscard]] bool wants(UsagePart part) const { return wants_part(query_, part); }
  [[nodiscard]] bool wants(GroupBy by) const { return std::ranges::find(query_.group_by, by) != query_.group_by.end(); }

  /// The source, where it is asked about at all.
  [[nodiscard]] const usage::Source* asked(usage::SourceId id) const {
    const usage::Source* source = owners_.source(id);
    const bool other = source == nullptr || source->superseded_by ||
                       (query_.provider && source->provider != *query_.provider) || (chosen_ && !chosen_->contains(id));
    return other ? nullptr : source;
  }
  /// Whether a held key is asked about.
  [[nodiscard]] bool asked(const keys::ProviderKey& key) const {
    return (!query_.provider || key.provider == *query_.provider) &&
           (!query_.account_id || key.account_id == *query_.account_id) && (!query_.key_id || key.id == *query_.key_id);
  }
  /// Every count and every cost of the pieces whose source is asked about.
  template <typename Use>
  void each(const SumsPieces& pieces, const Use& use) const {
    for (const std::shared_ptr<const SumsPiece>& piece : pieces) {
      each_of(piece->counts, use);
      each_of(piece->costs, use);
    }
  }

 private:
  template <typename Sum, typename Use>
  void each_of(const std::vector<Sum>& sums, const Use& use) const {
    for (const Sum& sum : sums) {
      if (const usage::Source* source = asked(sum.source_id)) use(sum, *source);
    }
  }

  const ReportMatter& matter_;
  const UsageQuery& query_;
  DayRange range_;
  Ownership owners_;
  std::optional<std::set<usage::SourceId>> chosen_{};
};

/// What the parts of a cost are told in.
struct Whole {
  Bill bill{};
  std::optional<Currency> currency{};  // the one with the largest total
  /// The part of the whole in thousandths, in that currency.
  [[nodiscard]] std::int64_t share(const Bill& part) const {
    return currency ? permille(part.cost(*currency), bill.cost(*currency)) : 0;
  }
};

/// Whether the use of the single hours of that day is known.
[[nodiscard]] inline bool hours_known(const usage::Source& source, Day day) {
  return source.hourly_before && *source.hourly_before <= day;
}

}  // namespace keyledger::service
