#include "providers/elevenlabs/answers.h"

#include "providers/answers.h"
#include "providers/table/readers.h"

namespace keyledger::providers::elevenlabs {
namespace {

// Sums of a few thousand such numbers stay far from 63 bits.
constexpr std::int64_t kCountMax = 1'000'000'000'000;
constexpr std::size_t kPointsMax = 4'000;
constexpr std::size_t kSeriesMax = 1'000;

/// A whole number of at least 0; a fraction is rounded half up. Null is a day without use.
std::optional<std::int64_t> rounded(const json::Value& value) {
  if (value.is_null()) return 0;
  if (const std::optional<std::int64_t> whole = value.integer()) {
    return *whole >= 0 && *whole <= kCountMax ? whole : std::nullopt;
  }
  constexpr std::int64_t kNanos = 1'000'000'000;
  const std::optional<Amount> amount = amount_of(value);
  if (!amount || amount->nanos < 0) return std::nullopt;
  return amount->nanos / kNanos + (amount->nanos % kNanos >= kNanos / 2 ? 1 : 0);
}

/// Adds the values of one series to the days. False if it cannot be laid beside the times.
bool add_series(const json::Array& times, const json::Value& values, const FetchRequest& range, Series& series) {
  if (values.items().size() != times.size()) return false;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const std::optional<std::int64_t> millis = times[i].integer();
    const std::optional<std::int64_t> count = rounded(values.items()[i]);
    if (!millis || !count) return false;
    const Day day = day_of(from_millis(*millis));
    if (table::is_within(day, range)) series[day] += *count;
  }
  return true;
}

}  // namespace

table::Told read_subscription(const json::Value& body, const net::Headers&, Instant) {
  if (body["character_limit"].is_null() && body["character_count"].is_null() && body["tier"].is_null()) {
    return table::unexpected();
  }
  table::Told told;
  if (text_of(body["status"]) == "past_due") {
    told.code = "billing_problem";
    told.provider_message = *body["status"].text();
  }
  table::add_fact(told, "plan", body["tier"]);
  table::add_fact(told, "status", body["status"]);
  usage::Reading credits = table::counted("credits", "credits", body["character_count"], body["character_limit"]);
  credits.resets_at = unix_seconds(body["next_character_count_reset_unix"]);
  told.readings.push_back(std::move(credits));
  const json::Value& overage = body["current_overage"];
  const std::optional<Currency> currency = currency_of(overage["currency"]);
  if (!currency) return told;
  usage::Reading reading{.name = "overage", .unit = std::string{currency->text()}};
  reading.money_used = table::money_of(overage["amount"], *currency);
  if (reading.money_used) told.readings.push_back(std::move(reading));
  return told;
}

std::optional<Series> read_stats(const json::Value& body, const FetchRequest& range) {
  const json::Array* times = body["time"].array();
  const json::Object* usage = body["usage"].object();
  if (times == nullptr || usage == nullptr || times->size() > kPointsMax || usage->size() > kSeriesMax) {
    return std::nullopt;
  }
  Series series;
  const json::Value& all = body["usage"]["All"];
  if (!all.is_null()) return add_series(*times, all, range, series) ? std::optional{series} : std::nullopt;
  for (const auto& [name, values] : *usage) {
    if (!add_series(*times, values, range, series)) return std::nullopt;
  }
  return series;
}

}  // namespace keyledger::providers::elevenlabs
