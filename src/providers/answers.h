// providers/answers.h: reading providers' answers, in which any member may be missing, null or of another type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/instant.h"
#include "base/money.h"
#include "json/value.h"

namespace keyledger::providers {

/// The text of a string; empty for anything else.
[[nodiscard]] std::string text_of(const json::Value& value);

/// Counts out of one dataset. What cannot be a count (negative, a fraction, text) is taken as nothing and remembered,
/// so that the person is told once.
class CountReader {
 public:
  /// A whole number of at least 0; 0 for missing and null.
  [[nodiscard]] std::int64_t count(const json::Value& value);
  /// The same, but nothing for missing and null: not told is not zero.
  [[nodiscard]] std::optional<std::int64_t> optional_count(const json::Value& value);
  /// Whether something was no count.
  [[nodiscard]] bool odd() const { return odd_; }

 private:
  bool odd_ = false;
};

/// Unix seconds as number. Nothing outside the years 2000 to 2200.
[[nodiscard]] std::optional<Instant> unix_seconds(const json::Value& value);
/// RFC 3339 text.
[[nodiscard]] std::optional<Instant> rfc3339_of(const json::Value& value);

/// Decimal text or a number, never through a double.
[[nodiscard]] std::optional<Amount> amount_of(const json::Value& value);
/// A currency in any case; nothing if it is none.
[[nodiscard]] std::optional<Currency> currency_of(const json::Value& value);

}  // namespace keyledger::providers
