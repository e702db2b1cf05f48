#include "domain/usage/prices.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "domain/usage/tiers.h"

namespace keyledger::usage {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kThousand = 1'000;
constexpr std::int64_t kSecondsPerHour = 3'600;

/// A charge past this is no price but an error in the data; it also keeps sums of parts inside an Amount.
constexpr std::int64_t kPartNanosMax = 500'000'000LL * 1'000'000'000;

bool holds(const DatedPrices& dated, Instant at, Span span) {
  if (dated.since && day_of(at) < *dated.since) return false;
  if (!dated.hours) return true;
  if (span == Span::day) return false;
  const auto time = std::chrono::floor<std::chrono::seconds>(at - day_of(at));
  const DailyHours& hours = *dated.hours;
  if (hours.start <= hours.end) return time >= hours.start && time < hours.end;
  return time >= hours.start || time < hours.end;
}

/// The price of a rate for calls of that size: the highest tier that they are over.
const Amount& price_for(const Rate& rate, std::int64_t call_input_tokens) {
  const RateTier* best = nullptr;
  for (const RateTier& tier : rate.tiers) {
    if (call_input_tokens > tier.start && (best == nullptr || tier.start > best->start)) best = &tier;
  }
  return best == nullptr ? rate.base : best->price;
}

std::int64_t call_input_tokens(const Counts& counts, Span span) {
  if (span == Span::call) return counts.input_tokens;
  const std::int64_t requests = counts.requests.value_or(0);
  return requests > 0 ? counts.input_tokens / requests : 0;
}

/// Adds up the parts of one charge; a part without a rate makes the whole unpriced.
class Sum {
 public:
  Sum(const PriceSet& prices, std::int64_t call_tokens) : prices_(prices), call_tokens_(call_tokens) {}

  /// `quantity` at the first of the rates that the model has.
  void add(std::int64_t quantity, std::int64_t per, std::initializer_list<Measure> rates) {
    if (quantity <= 0) return;
    for (const Measure measure : rates) {
      if (!prices_[measure]) continue;
      const Result<Amount> part = scale(price_for(*prices_[measure], call_tokens_), quantity, per);
      if (!part || part->nanos > kPartNanosMax) {
        priced_ = false;
      } else {
        total_ += *part;
        any_ = true;
      }
      return;
    }
    priced_ = false;
  }
  [[nodiscard]] std::optional<Amount> total() const { return priced_ ? std::optional{total_} : std::nullopt; }
  [[nodiscard]] bool any() const { return any_; }

 private:
  const PriceSet& prices_;
  std::int64_t call_tokens_;
  Amount total_{};
  bool priced_ = true;
  bool any_ = false;
};

void add_tokens(Sum& sum, const Counts& counts) {
  using enum Measure;
  // What providers count need not add up; a part is never more than is left of the whole.
  std::int64_t left = std::max<std::int64_t>(counts.input_tokens, 0);
  const auto take = [&left](std::int64_t part) {
    part = std::clamp<std::int64_t>(part, 0, left);
    left -= part;
    return part;
  };
  sum.add(take(counts.cached_tokens), kMillion, {cache_read, input});
  sum.add(take(counts.cache_write_tokens), kMillion, {cache_write, input});
  sum.add(take(counts.cache_write_1h_tokens), kMillion, {cache_write_1h, cache_write, input});
  sum.add(take(counts.input_audio_tokens), kMillion, {input_audio, input});
  sum.add(left, kMillion, {input});
  const std::int64_t output_all = std::max<std::int64_t>(counts.output_tokens, 0);
  const std::int64_t sound = std::clamp<std::int64_t>(counts.output_audio_tokens, 0, output_all);
  sum.add(sound, kMillion, {output_audio, output});
  sum.add(output_all - sound, kMillion, {output});
}

}  // namespace

std::string_view catalogue_id(std::string_view provider) {
  if (provider == "xai") return "x-ai";
  if (provider == "gemini") return "google";
  if (provider == "azure_openai") return "azure";
  return provider;
}

const PriceSet* prices_at(const ModelPrices& model, Instant at, Span span) {
  for (auto dated = model.prices.rbegin(); dated != model.prices.rend(); ++dated) {
    if (holds(*dated, at, span)) return &dated->prices;
  }
  return nullptr;
}

std::optional<Amount> charge(const PriceSet& prices, const Counts& counts, Span span) {
  using enum Measure;
  Sum sum(prices, call_input_tokens(counts, span));
  add_tokens(sum, counts);
  sum.add(counts.searches, kThousand, {web_searches});
  if (prices[requests]) {
    const bool known = counts.requests.has_value() || span == Span::call;
    if (!known) return std::nullopt;
    sum.add(counts.requests.value_or(1), kThousand, {requests});
  }
  // Speech models count seconds beside tokens; where the model is priced by the token, the seconds are not charged too.
  const bool by_tokens = counts.input_tokens > 0 || counts.output_tokens > 0;
  if (!by_tokens) sum.add(counts.seconds, kSecondsPerHour, {audio_hours});
  const bool priceless = counts.images > 0 || counts.characters > 0 || counts.credits > 0;
  if (priceless && !sum.any()) return std::nullopt;
  if (counts.sessions > 0 || counts.bytes > 0) return std::nullopt;
  return sum.total();
}

struct PriceBook::Cache {
  std::mutex mutex{};
  std::unordered_map<std::string, const ModelPrices*> found{};
};

PriceBook::PriceBook(PriceCatalogue catalogue) : catalogue_(std::move(catalogue)), cache_(std::make_unique<Cache>()) {}
PriceBook::~PriceBook() = default;

const ModelPrices* PriceBook::search(std::string_view provider, std::string_view name) const {
  const auto by_id = [&](std::string_view id) -> const ProviderPrices* {
    const auto found = std::ranges::find(catalogue_.providers, id, &ProviderPrices::id);
    return found == catalogue_.providers.end() ? nullptr : &*found;
  };
  const auto in = [&](const ProviderPrices& prices) -> const ModelPrices* {
    const auto found =
        std::ranges::find_if(prices.models, [&](const ModelPrices& model) { return matches(model.match, name); });
    return found == prices.models.end() ? nullptr : &*found;
  };
  const ProviderPrices* own = by_id(provider);
  if (own == nullptr) return nullptr;
  if (const ModelPrices* model = in(*own)) return model;
  for (const std::string& other : own->fallbacks) {
    const ProviderPrices* prices = by_id(other);
    const ModelPrices* model = prices == nullptr ? nullptr : in(*prices);
    if (model != nullptr) return model;
  }
  return nullptr;
}

const ModelPrices* PriceBook::find(std::string_view provider, std::string_view model) const {
  if (model.empty() || model.size() > kModelNameMax) return nullptr;
  const std::string_view id = catalogue_id(provider);
  std::string key = std::string{id} + '\n' + lower_case(model);
  const std::lock_guard lock(cache_->mutex);
  const auto known = cache_->found.find(key);
  if (known != cache_->found.end()) return known->second;
  const ModelPrices* found = search(id, std::string_view{key}.substr(id.size() + 1));
  if (cache_->found.size() >= kCacheMax) cache_->found.clear();
  cache_->found.emplace(std::move(key), found);
  return found;
}

std::optional<Amount> PriceBook::amount(const Use& use) const {
  const ModelPrices* model = find(use.provider, use.model);
  const PriceSet* prices = model == nullptr ? nullptr : prices_at(*model, use.at, use.span);
  if (prices == nullptr) return std::nullopt;
  const std::optional<Factor> factor = tier_factor(use.provider, use.model, use.tier);
  const std::optional<Amount> plain = factor ? usage::charge(*prices, use.counts, use.span) : std::nullopt;
  if (!plain) return std::nullopt;
  const Result<Amount> scaled = scale(*plain, factor->times, factor->over);
  return scaled ? std::optional{*scaled} : std::nullopt;
}

std::optional<Charge> PriceBook::charge(const Use& use) const {
  const std::optional<Amount> sum = amount(use);
  if (!sum) return std::nullopt;
  return Charge{*sum, catalogue_.currency, find(use.provider, use.model)->id, catalogue_.version};
}

}  // namespace keyledger::usage
