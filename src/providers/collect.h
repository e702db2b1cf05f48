// providers/collect.h: rows of one dataset, one for each combination, however the provider splits them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "domain/keys/findings.h"
#include "providers/paging.h"
#include "providers/provider.h"

namespace keyledger::providers {

/// Gathers the rows of one dataset. Rows that are the same but for their counts or amounts become one: providers split
/// by more than we keep (batch and tier, token type and context window).
class Dataset {
 public:
  Dataset(std::string name, FetchRequest range, std::size_t rows_max = kRowsMax);

  /// `row.start` is floored to the width. A row outside the range is lost; one without a single count is left out.
  void add(usage::UsageRow row);
  void add(usage::CostRow row);
  /// A bucket without a readable time, an amount without a readable number: some of it is missing.
  void lose() { lost_ = true; }
  /// A number that cannot be was left out; what remains is still the whole dataset.
  void doubt() { doubtful_ = true; }

  [[nodiscard]] const std::string& name() const { return name_; }
  /// More than rows_max combinations: nothing more is taken.
  [[nodiscard]] bool full() const { return full_; }

  /// Puts everything into `fetched`: complete if nothing was lost and `finding` is empty; otherwise what was read is
  /// dropped, since it must not replace what is stored. Findings of the same code are told once.
  void finish(Fetched& fetched, std::optional<keys::Finding> finding);

 private:
  using UsageKey = std::tuple<Instant, std::string, std::string, std::string, std::string>;
  using CostKey = std::tuple<Day, std::string, std::string, std::string, std::string, Currency>;

  [[nodiscard]] bool has_room();

  std::string name_;
  FetchRequest range_;
  std::size_t rows_max_;
  std::map<UsageKey, usage::UsageRow> usage_{};
  std::map<CostKey, usage::CostRow> costs_{};
  bool lost_ = false;
  bool doubtful_ = false;
  bool full_ = false;
};

/// Adds a finding unless one with the same code and scopes is there: twelve datasets that one scope forbids are one
/// problem for the person.
void add_finding(std::vector<keys::Finding>& findings, keys::Finding finding);

/// Whether a finding about one call holds for every other call with this key at this time, so that trying is useless.
[[nodiscard]] bool concerns_every_call(const keys::Finding& finding);

/// A limit of money as a reading: whole units where the cents allow it ("USD"), else cents ("USD cents").
[[nodiscard]] usage::Reading money_limit(std::string name, std::int64_t cents, Currency currency);

}  // namespace keyledger::providers
