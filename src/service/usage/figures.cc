#include "service/usage/figures.h"

#include <algorithm>
#include <limits>

namespace keyledger::service {
namespace {

__extension__ using Wide = __int128;

/// `nanos` gives the shown number of an amount.
template <typename Sums, typename Nanos>
std::vector<Cost> to_costs(const Sums& sums, const Nanos& nanos) {
  std::vector<std::pair<Amount, Cost>> sorted;
  for (const auto& [currency, sum] : sums) {
    sorted.emplace_back(sum.amount, Cost{to_decimal(nanos(sum.amount, currency)), currency, sum.estimated});
  }
  std::ranges::stable_sort(sorted, std::ranges::greater{}, &std::pair<Amount, Cost>::first);
  std::vector<Cost> costs;
  for (auto& [amount, cost] : sorted) costs.push_back(std::move(cost));
  return costs;
}

std::int64_t nanos_of(const Amount& amount, Currency currency) {
  return to_money(amount, currency).nanos;
}

/// Rounded half away from zero, stopping at the bounds. An amount has at most 9.2 * 10^27 attos, so that a factor up to
/// 1,000 stays within 128 bits.
std::int64_t scaled_nanos(const Amount& amount, std::int64_t factor, std::int64_t divisor) {
  constexpr Wide kAttosPerNano = 1'000'000'000;
  const Wide attos = (Wide{amount.nanos} * kAttosPerNano + amount.attos) * factor;
  const Wide whole = Wide{divisor} * kAttosPerNano;
  const Wide half = attos < 0 ? -whole / 2 : whole / 2;
  const Wide nanos = (attos + half) / whole;
  return static_cast<std::int64_t>(
      std::clamp<Wide>(nanos, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()));
}

}  // namespace

void Bill::add(const usage::Tally& tally) {
  usage::add(tally_, tally);
}

void Bill::add(Currency currency, usage::Basis basis, const Amount& amount) {
  Sum& sum = basis == usage::Basis::list ? list_[currency] : costs_[currency];
  sum.amount = usage::add_bounded(sum.amount, amount);
  sum.estimated = sum.estimated || basis != usage::Basis::billed;
}

void Bill::add(const Bill& other) {
  add(other.tally_);
  const auto merge = [](std::map<Currency, Sum>& into, const std::map<Currency, Sum>& from) {
    for (const auto& [currency, more] : from) {
      Sum& sum = into[currency];
      sum.amount = usage::add_bounded(sum.amount, more.amount);
      sum.estimated = sum.estimated || more.estimated;
    }
  };
  merge(costs_, other.costs_);
  merge(list_, other.list_);
}

Figures Bill::figures() const {
  Figures figures{.cost = to_costs(costs_, nanos_of),
                  .requests_partial = tally_.requests_known > 0 && tally_.requests_unknown > 0,
                  .tokens = tally_.input_tokens + tally_.output_tokens,
                  .input_tokens = tally_.input_tokens,
                  .output_tokens = tally_.output_tokens,
                  .cached_tokens = tally_.cached_tokens,
                  .cache_write_tokens = tally_.cache_write_tokens + tally_.cache_write_1h_tokens,
                  .images = tally_.images,
                  .characters = tally_.characters,
                  .seconds = tally_.seconds,
                  .searches = tally_.searches,
                  .credits = tally_.credits};
  const bool unknown = tally_.requests_known == 0 && tally_.requests_unknown > 0;
  if (!unknown) figures.requests = tally_.requests;
  const std::optional<std::int64_t> all = all_requests();
  if (all && *all > 0) figures.cost_per_thousand = cost_share(1'000, *all);
  return figures;
}

std::vector<Cost> Bill::cost_share(std::int64_t factor, std::int64_t divisor) const {
  return to_costs(costs_, [&](const Amount& amount, Currency) { return scaled_nanos(amount, factor, divisor); });
}

std::optional<std::int64_t> Bill::all_requests() const {
  if (tally_.requests_unknown > 0 || tally_.requests_known == 0) return std::nullopt;
  return tally_.requests;
}

std::vector<Cost> Bill::list_price() const {
  return to_costs(list_, nanos_of);
}

Amount Bill::cost(Currency currency) const {
  const auto found = costs_.find(currency);
  return found == costs_.end() ? Amount{} : found->second.amount;
}

std::optional<Currency> Bill::main_currency() const {
  const auto largest = std::ranges::max_element(costs_, {}, [](const auto& entry) { return entry.second.amount; });
  return largest == costs_.end() ? std::nullopt : std::optional{largest->first};
}

std::int64_t permille(const Amount& part, const Amount& whole) {
  if (whole <= Amount{} || part <= Amount{}) return 0;
  // Nanos are exact enough for thousandths; a whole under a nano has no share worth telling.
  if (whole.nanos == 0) return 0;
  const auto share = static_cast<std::int64_t>(static_cast<Wide>(part.nanos) * 1'000 / whole.nanos);
  return std::min<std::int64_t>(share, 1'000);
}

}  // namespace keyledger::service
