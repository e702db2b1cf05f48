#include "catalogue/catalogue.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "json/value.h"

namespace keyledger::catalogue {
namespace {

using usage::MatchKind;
using usage::Measure;

std::unexpected<Error> malformed(std::string message) {
  return fail(Code::invalid_argument, std::move(message), "malformed_catalogue");
}

Result<Amount> read_amount(const json::Value& value) {
  const std::optional<std::string_view> digits = value.decimal();
  const Result<Amount> amount = digits ? parse_amount(*digits) : Result<Amount>{malformed("A price is a number.")};
  if (!amount) return malformed(fmt::format("A price is a decimal number, not {}.", value.kind()));
  constexpr std::int64_t kPriceNanosMax = 1'000'000LL * 1'000'000'000;  // a million dollars per million tokens
  if (amount->nanos < 0 || amount->nanos > kPriceNanosMax) return malformed("A price is from 0 to 1,000,000.");
  return *amount;
}

Result<usage::Rate> read_rate(const json::Value& value) {
  usage::Rate rate;
  const Result<Amount> base = read_amount(value.object() == nullptr ? value : value["base"]);
  if (!base) return std::unexpected(base.error());
  rate.base = *base;
  constexpr std::size_t kTiersMax = 20;
  if (value["tiers"].items().size() > kTiersMax) return malformed(fmt::format("At most {} tiers.", kTiersMax));
  for (const json::Value& tier : value["tiers"].items()) {
    const std::optional<std::int64_t> start = tier["start"].integer();
    if (!start || *start < 0) return malformed("A tier starts at a whole number of tokens.");
    const Result<Amount> price = read_amount(tier["price"]);
    if (!price) return std::unexpected(price.error());
    rate.tiers.push_back({*start, *price});
  }
  return rate;
}

/// The members that are read, in order of precedence: of two for one measure the later wins.
constexpr std::array kMeasureNames{
    std::pair{"input_mtok", Measure::input},
    std::pair{"cache_read_mtok", Measure::cache_read},
    std::pair{"cache_write_mtok", Measure::cache_write},
    std::pair{"cache_write_1h_mtok", Measure::cache_write_1h},
    std::pair{"output_mtok", Measure::output},
    std::pair{"input_audio_mtok", Measure::input_audio},
    std::pair{"output_audio_mtok", Measure::output_audio},
    std::pair{"web_searches_kcount", Measure::web_searches},
    std::pair{"requests_kcount", Measure::requests},
    std::pair{"input_audio_hours", Measure::audio_hours},
    std::pair{"audio_hours", Measure::audio_hours},
};

Result<usage::PriceSet> read_prices(const json::Value& value) {
  usage::PriceSet prices;
  if (value.object() == nullptr) return malformed("Prices are an object or a list of objects.");
  for (const auto& [name, measure] : kMeasureNames) {
    const json::Value& written = value[name];
    if (written.is_null()) continue;
    Result<usage::Rate> rate = read_rate(written);
    if (!rate) return malformed(fmt::format("{}: {}", name, rate.error().message));
    prices[measure] = std::move(*rate);
  }
  return prices;
}

/// "16:30:00Z", as seconds of the day.
std::optional<std::chrono::seconds> read_time(const json::Value& value) {
  const std::optional<std::string_view> text = value.text();
  if (!text) return std::nullopt;
  const Result<Instant> instant = parse_rfc3339("1970-01-01T" + std::string{*text});
  if (!instant) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(*instant).time_since_epoch();
}

Result<void> read_constraint(const json::Value& value, usage::DatedPrices& into) {
  if (value.is_null()) return {};
  const std::string_view type = value["type"].text().value_or("");
  if (type == "start_date") {
    const Result<Day> day = parse_day(value["start_date"].text().value_or(""));
    if (!day) return malformed("start_date is a day such as 2026-11-21.");
    into.since = *day;
    return {};
  }
  if (type == "time_of_date") {
    const auto start = read_time(value["start_time"]);
    const auto end = read_time(value["end_time"]);
    if (!start || !end) return malformed("start_time and end_time are times such as 16:30:00Z.");
    into.hours = usage::DailyHours{*start, *end};
    return {};
  }
  return malformed("A constraint is of type start_date or time_of_date.");
}

Result<std::vector<usage::DatedPrices>> read_dated(const json::Value& value) {
  std::vector<usage::DatedPrices> all;
  if (value.array() == nullptr) {
    Result<usage::PriceSet> prices = read_prices(value);
    if (!prices) return std::unexpected(prices.error());
    all.push_back({.prices = std::move(*prices)});
    return all;
  }
  if (value.items().size() > kPricesMax) return malformed(fmt::format("At most {} dated prices.", kPricesMax));
  for (const json::Value& item : value.items()) {
    Result<usage::PriceSet> prices = read_prices(item["prices"]);
    if (!prices) return std::unexpected(prices.error());
    usage::DatedPrices& dated = all.emplace_back();
    dated.prices = std::move(*prices);
    const Result<void> constraint = read_constraint(item["constraint"], dated);
    if (!constraint) return std::unexpected(constraint.error());
  }
  return all;
}

Result<usage::MatchRule> read_rule(const json::Value& value, std::size_t depth) {
  constexpr std::array kTexts{std::pair{"equals", MatchKind::equals}, std::pair{"starts_with", MatchKind::starts_with},
                              std::pair{"ends_with", MatchKind::ends_with}, std::pair{"contains", MatchKind::contains},
                              std::pair{"regex", MatchKind::regex}};
  constexpr std::array kGroups{std::pair{"and", MatchKind::all_of}, std::pair{"or", MatchKind::any_of}};
  for (const auto& [name, kind] : kTexts) {
    if (const std::optional<std::string_view> text = value[name].text()) return usage::make_rule(kind, *text);
  }
  for (const auto& [name, kind] : kGroups) {
    const json::Array* parts = value[name].array();
    if (parts == nullptr) continue;
    if (depth >= usage::kMatchDepthMax || parts->size() > usage::kMatchPartsMax || parts->empty()) break;
    usage::MatchRule rule{.kind = kind};
    for (const json::Value& part : *parts) {
      Result<usage::MatchRule> inner = read_rule(part, depth + 1);
      if (!inner) return inner;
      rule.parts.push_back(std::move(*inner));
    }
    return rule;
  }
  return malformed("A matching rule is equals, starts_with, ends_with, contains, regex, and, or; at most 8 deep.");
}

Result<usage::ModelPrices> read_model(const json::Value& value) {
  usage::ModelPrices model;
  model.id = value["id"].text().value_or("");
  if (model.id.empty() || model.id.size() > usage::kModelNameMax) {
    return malformed("A model has an id of at most 200 characters.");
  }
  model.name = value["name"].text().value_or(model.id);
  Result<usage::MatchRule> match = read_rule(value["match"], 0);
  if (!match) return malformed(fmt::format("model {}: {}", model.id, match.error().message));
  model.match = std::move(*match);
  Result<std::vector<usage::DatedPrices>> prices = read_dated(value["prices"]);
  if (!prices) return malformed(fmt::format("model {}: {}", model.id, prices.error().message));
  model.prices = std::move(*prices);
  return model;
}

Result<usage::ProviderPrices> read_provider(const json::Value& value) {
  usage::ProviderPrices provider;
  provider.id = value["id"].text().value_or("");
  if (provider.id.empty() || provider.id.size() > usage::kModelNameMax) return malformed("A provider has an id.");
  provider.name = value["name"].text().value_or(provider.id);
  for (const json::Value& other : value["fallback_model_providers"].items()) {
    if (const std::optional<std::string_view> id = other.text()) provider.fallbacks.emplace_back(*id);
  }
  if (value["models"].array() == nullptr)
    return malformed(fmt::format("provider {} has no list of models.", provider.id));
  if (value["models"].items().size() > kModelsMax) {
    return malformed(fmt::format("provider {} has more than {} models.", provider.id, kModelsMax));
  }
  for (const json::Value& item : value["models"].items()) {
    Result<usage::ModelPrices> model = read_model(item);
    if (!model) return malformed(fmt::format("provider {}, {}", provider.id, model.error().message));
    provider.models.push_back(std::move(*model));
  }
  return provider;
}

}  // namespace

Result<usage::PriceCatalogue> parse_catalogue(std::string_view text) {
  Result<json::Value> document = json::parse(text, {.depth_max = 32, .bytes_max = kDocumentBytesMax});
  if (!document) return std::unexpected(document.error());
  const json::Value& list = document->array() != nullptr ? *document : (*document)["providers"];
  if (list.array() == nullptr || list.items().empty()) return malformed("The catalogue has no list of providers.");
  if (list.items().size() > kProvidersMax) return malformed(fmt::format("More than {} providers.", kProvidersMax));
  usage::PriceCatalogue catalogue;
  constexpr std::size_t kVersionMax = 100;
  constexpr std::size_t kSourceMax = 1'000;
  const std::string_view source = (*document)["source"].text().value_or("unnamed");
  catalogue.version = source.substr(0, std::min(source.find(" ("), kVersionMax));
  catalogue.source = source.substr(0, kSourceMax);
  catalogue.licence = (*document)["licence"].text().value_or("").substr(0, kVersionMax);
  if (const std::optional<std::string_view> currency = (*document)["currency"].text()) {
    const Result<Currency> parsed = Currency::parse(*currency);
    if (!parsed) return malformed("currency is three letters, such as USD.");
    catalogue.currency = *parsed;
  }
  for (const json::Value& item : list.items()) {
    Result<usage::ProviderPrices> provider = read_provider(item);
    if (!provider) return std::unexpected(provider.error());
    catalogue.providers.push_back(std::move(*provider));
  }
  return catalogue;
}

}  // namespace keyledger::catalogue
