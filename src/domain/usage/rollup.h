// domain/usage/rollup.h: the sums of one source and one day (or hour), ready to be stored. Pure.
#pragma once

#include <boost/describe.hpp>
#include <map>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "domain/usage/prices.h"
#include "domain/usage/tally.h"

namespace keyledger::usage {

/// By what a sum is broken down. Each kind adds up to the same total; id 0 holds what cannot be told apart (use without
/// a key, cost that names no model).
BOOST_DEFINE_FIXED_ENUM_CLASS(Breakdown, std::uint8_t, total, key, model, project, hour)

/// Where an amount comes from. `list` is for information only and stands beside a billed cost: what a key's tokens
/// would cost at list price where the provider bills an organization and does not say for which key.
BOOST_DEFINE_FIXED_ENUM_CLASS(Basis, std::uint8_t, billed, estimated, list)

/// Names are ids of the store's tables; 0 is none.
struct UsageLine {
  std::int64_t project = 0;
  std::int64_t key = 0;
  std::int64_t model = 0;
  std::int64_t label = 0;  // what to call it when it has no price: the model, else the dataset
  std::string_view model_name{};
  std::string_view tier{};
  Counts counts{};
};
struct CostLine {
  std::int64_t project = 0;
  std::int64_t key = 0;
  std::int64_t model = 0;
  Currency currency{};
  Amount amount{};
};

struct RollupInput {
  std::string_view provider{};
  Instant start{};  // of the day or hour
  Span span = Span::day;
  bool billed = false;  // the provider billed something for this source and day: then nothing is estimated
  std::span<const UsageLine> usage{};
  std::span<const CostLine> costs{};
};

struct CellKey {
  Breakdown by = Breakdown::total;
  std::int64_t id = 0;
  auto operator<=>(const CellKey&) const = default;
};
struct CostKey {
  Breakdown by = Breakdown::total;
  std::int64_t id = 0;
  Currency currency{};
  Basis basis = Basis::billed;
  auto operator<=>(const CostKey&) const = default;
};

struct Rollup {
  std::map<CellKey, Tally> counts{};
  std::map<CostKey, Amount> costs{};
  std::map<std::int64_t, Tally> unpriced{};  // by label
};

/// Sums up the lines. Days are broken down by total, key, model and project, hours by Breakdown::hour alone.
///
/// Cost:  billed lines as they are; if `billed` is false, each usage line at catalogue price as Basis::estimated, and
///        those without a price in `unpriced`. An hour is always estimated, since no provider bills by the hour.
/// List:  if it was billed and no billed line names a key, the usage of each key at list price as Basis::list.
[[nodiscard]] Rollup roll_up(const RollupInput& input, const PriceBook& prices);

}  // namespace keyledger::usage
