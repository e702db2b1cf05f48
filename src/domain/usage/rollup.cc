#include "domain/usage/rollup.h"

#include <algorithm>
#include <array>

namespace keyledger::usage {
namespace {

using Cells = std::array<CellKey, 4>;

template <typename Line>
std::span<const CellKey> cells_of(const Line& line, Span span, Cells& cells) {
  if (span == Span::hour) {
    cells[0] = {Breakdown::hour, 0};
    return {cells.data(), 1};
  }
  cells = {CellKey{Breakdown::total, 0}, CellKey{Breakdown::key, line.key}, CellKey{Breakdown::model, line.model},
           CellKey{Breakdown::project, line.project}};
  return cells;
}

void add_cost(Rollup& rollup, const CostKey& key, const Amount& amount) {
  Amount& sum = rollup.costs[key];
  sum = add_bounded(sum, amount);
}

std::optional<Amount> price_of(const UsageLine& line, const RollupInput& input, const PriceBook& prices) {
  return prices.amount({.provider = input.provider,
                        .model = line.model_name,
                        .tier = line.tier,
                        .counts = line.counts,
                        .at = input.start,
                        .span = input.span});
}

void estimate(Rollup& rollup, const UsageLine& line, std::span<const CellKey> cells, const RollupInput& input,
              const PriceBook& prices) {
  const std::optional<Amount> amount = price_of(line, input, prices);
  if (!amount) {
    add(rollup.unpriced[line.label], line.counts);
    return;
  }
  const Currency currency = prices.catalogue().currency;
  for (const CellKey& cell : cells) add_cost(rollup, {cell.by, cell.id, currency, Basis::estimated}, *amount);
}

void add_list_price(Rollup& rollup, const UsageLine& line, const RollupInput& input, const PriceBook& prices) {
  const std::optional<Amount> amount = price_of(line, input, prices);
  if (!amount) return;
  add_cost(rollup, {Breakdown::key, line.key, prices.catalogue().currency, Basis::list}, *amount);
}

}  // namespace

Rollup roll_up(const RollupInput& input, const PriceBook& prices) {
  Rollup rollup;
  Cells cells;
  const bool estimated = !input.billed || input.span == Span::hour;
  const bool by_key = std::ranges::any_of(input.costs, [](const CostLine& line) { return line.key != 0; });
  for (const UsageLine& line : input.usage) {
    const std::span<const CellKey> touched = cells_of(line, input.span, cells);
    for (const CellKey& cell : touched) add(rollup.counts[cell], line.counts);
    if (estimated) {
      estimate(rollup, line, touched, input, prices);
    } else if (!by_key && line.key != 0) {
      add_list_price(rollup, line, input, prices);
    }
  }
  for (const CostLine& line : input.costs) {
    for (const CellKey& cell : cells_of(line, input.span, cells)) {
      add_cost(rollup, {cell.by, cell.id, line.currency, Basis::billed}, line.amount);
    }
  }
  if (input.span == Span::hour) rollup.unpriced.clear();  // the day lists them
  return rollup;
}

}  // namespace keyledger::usage
