// service/import/values.h: what can be made of a value in a foreign file, whatever its type. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/instant.h"
#include "base/secret.h"
#include "store/foreign_file.h"

namespace keyledger::service {

/// A row's values by their place among the columns that were asked for. Nothing: NULL, or no such thing can be made of
/// it. Text is taken out of the row: each is asked for once.
class ForeignFields {
 public:
  explicit ForeignFields(store::ForeignRow row) : row_(std::move(row)) {}

  [[nodiscard]] std::int64_t id() const { return row_.id; }
  [[nodiscard]] bool is_null(std::size_t column) const;
  /// A number as its digits; bytes only where they are UTF-8. Blanks around it are taken off.
  [[nodiscard]] std::optional<std::string> text(std::size_t column);
  /// The same, and nothing of it stays in the row; empty where there is none.
  [[nodiscard]] Secret secret(std::size_t column);
  /// A whole number, also one that is written as text, or as a fraction with nothing behind the point.
  [[nodiscard]] std::optional<std::int64_t> integer(std::size_t column) const;
  /// "2025-03-01 12:34:56" (UTC), with a T, a fraction, an offset or without its seconds; a day alone; seconds or
  /// milliseconds since 1970 as a number. From 1970 to the end of 9999.
  [[nodiscard]] std::optional<Instant> instant(std::size_t column) const;

 private:
  store::ForeignRow row_;
};

/// One line for people and for the log of actions: what is no UTF-8 becomes a question mark, what steers a terminal a
/// blank, and it is cut at a character to at most `bytes_max`.
[[nodiscard]] std::string tidy_line(std::string_view text, std::size_t bytes_max);

/// A word of a-z, 0-9 and _ . : - of at most `bytes_max`, from whatever is given.
[[nodiscard]] std::string tidy_word(std::string_view text, std::size_t bytes_max);

/// A JSON string.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace keyledger::service
