#include "providers/answers.h"

namespace keyledger::providers {

std::string text_of(const json::Value& value) {
  return std::string{value.text().value_or("")};
}

std::int64_t CountReader::count(const json::Value& value) {
  return optional_count(value).value_or(0);
}

std::optional<std::int64_t> CountReader::optional_count(const json::Value& value) {
  if (value.is_null()) return std::nullopt;
  const std::optional<std::int64_t> number = value.integer();
  if (number && *number >= 0) return number;
  odd_ = true;
  return std::nullopt;
}

std::optional<Instant> unix_seconds(const json::Value& value) {
  // 2000-01-01 and 2200-01-01: whatever lies outside was milliseconds, or nonsense.
  constexpr std::int64_t kEarliest = 946'684'800;
  constexpr std::int64_t kLatest = 7'258'118'400;
  const std::optional<std::int64_t> seconds = value.integer();
  if (!seconds || *seconds < kEarliest || *seconds > kLatest) return std::nullopt;
  return Instant{std::chrono::seconds{*seconds}};
}

std::optional<Instant> rfc3339_of(const json::Value& value) {
  const std::optional<std::string_view> text = value.text();
  if (!text) return std::nullopt;
  const Result<Instant> instant = parse_rfc3339(*text);
  if (!instant) return std::nullopt;
  return *instant;
}

std::optional<Amount> amount_of(const json::Value& value) {
  const std::optional<std::string_view> digits = value.decimal();
  if (!digits) return std::nullopt;
  const Result<Amount> amount = parse_amount(*digits);
  if (!amount) return std::nullopt;
  return *amount;
}

std::optional<Currency> currency_of(const json::Value& value) {
  const std::optional<std::string_view> text = value.text();
  if (!text) return std::nullopt;
  const Result<Currency> currency = Currency::parse(*text);
  if (!currency) return std::nullopt;
  return *currency;
}

}  // namespace keyledger::providers
