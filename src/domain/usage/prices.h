// domain/usage/prices.h: what counted use costs by the catalogue. Pure, and no floating point.
#pragma once

#include <boost/describe.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/money.h"
#include "domain/usage/match.h"
#include "domain/usage/rows.h"

namespace keyledger::usage {

/// What a rate is for. Tokens are priced per million, searches and requests per thousand, sound per hour.
BOOST_DEFINE_FIXED_ENUM_CLASS(Measure, std::uint8_t, input, cache_read, cache_write, cache_write_1h, output,
                              input_audio, output_audio, web_searches, requests, audio_hours)
inline constexpr std::size_t kMeasures = 10;

/// A price above a size. It holds when ALL input tokens of the call are more than `start`; then every token of its
/// kind costs it, not only those above: a cliff, not a slope.
struct RateTier {
  std::int64_t start = 0;
  Amount price{};
};
struct Rate {
  Amount base{};  // per million, thousand or hour, by its Measure
  std::vector<RateTier> tiers{};
};
struct PriceSet {
  std::array<std::optional<Rate>, kMeasures> rates{};
  [[nodiscard]] const std::optional<Rate>& operator[](Measure measure) const {
    return rates[static_cast<std::size_t>(measure)];
  }
  [[nodiscard]] std::optional<Rate>& operator[](Measure measure) { return rates[static_cast<std::size_t>(measure)]; }
};

/// Seconds of the UTC day, half open: from 16:30 to 00:30 passes midnight.
struct DailyHours {
  std::chrono::seconds start{};
  std::chrono::seconds end{};
};
/// Prices and since when, or at which hours, they hold; without either, always.
struct DatedPrices {
  std::optional<Day> since{};
  std::optional<DailyHours> hours{};
  PriceSet prices{};
};

struct ModelPrices {
  std::string id{};
  std::string name{};
  MatchRule match{};
  std::vector<DatedPrices> prices{};  // the last one whose constraint holds is used
};
struct ProviderPrices {
  std::string id{};  // the catalogue's word: x-ai where Keyledger says xai
  std::string name{};
  std::vector<std::string> fallbacks{};  // providers whose models it resells: azure has openai's
  std::vector<ModelPrices> models{};     // the first whose rule matches wins
};
struct PriceCatalogue {
  std::string version{};  // what the document says about itself; part of each charge
  std::string source{};   // the same in its own words, longer
  std::string licence{};  // empty: not told
  Currency currency{};
  std::vector<ProviderPrices> providers{};
};

/// What the counts stand for: one call, or all calls of an hour or of a day.
BOOST_DEFINE_FIXED_ENUM_CLASS(Span, std::uint8_t, call, hour, day)

struct Use {
  std::string_view provider{};
  std::string_view model{};
  std::string_view tier{};  // as in UsageRow
  Counts counts{};
  Instant at{};  // of the call, or the start of the bucket
  Span span = Span::call;
};

struct Charge {
  Amount amount{};
  Currency currency{};
  std::string model{};          // the catalogue's id of the model
  std::string price_version{};  // of the catalogue
};

/// The price set of a model at an instant, or none if no constraint holds.
/// A day has no hour: for Span::day a price that holds only at some hours is passed over.
[[nodiscard]] const PriceSet* prices_at(const ModelPrices& model, Instant at, Span span);

/// Counts times prices, cut off at 10^-18 of the currency.
///
/// Partition: cache reads, both kinds of cache writes and audio are parts of the input; each has its own rate, the rest
///            costs the input rate. Where a special rate is missing, the more general one holds: a 1-hour write costs a
///            cache write, that costs input; cached input and audio cost input, audio output costs output.
/// Tiers:     decided by all input tokens of a call. A bucket sums up many calls, so there the mean of its calls
///            decides; where their number is unknown, the base price.
/// Nothing:   something was counted that has no rate (images, characters without a price, tokens of a kind that the
///            model does not have), or the sum leaves the range of an amount. It is then unpriced, never free.
[[nodiscard]] std::optional<Amount> charge(const PriceSet& prices, const Counts& counts, Span span);

/// The catalogue's word for a provider of ours: x-ai for xai.
[[nodiscard]] std::string_view catalogue_id(std::string_view provider);

/// A catalogue made ready for lookups. Thread-safe: the resolved names are kept in a bounded map.
class PriceBook {
 public:
  explicit PriceBook(PriceCatalogue catalogue);
  ~PriceBook();

  /// The charge for some use, with the factor of its tier (tiers.h). Nothing: unpriced.
  [[nodiscard]] std::optional<Charge> charge(const Use& use) const;
  /// The same without names, for sums over many rows.
  [[nodiscard]] std::optional<Amount> amount(const Use& use) const;
  /// The model whose rule matches, by Keyledger's or the catalogue's id of the provider.
  [[nodiscard]] const ModelPrices* find(std::string_view provider, std::string_view model) const;
  [[nodiscard]] const PriceCatalogue& catalogue() const { return catalogue_; }

  static constexpr std::size_t kCacheMax = 4096;  // names; when it is full it starts anew

 private:
  struct Cache;
  [[nodiscard]] const ModelPrices* search(std::string_view provider, std::string_view lower_name) const;

  PriceCatalogue catalogue_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace keyledger::usage
