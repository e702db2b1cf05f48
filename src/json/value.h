// json/value.h: strict JSON documents whose numbers keep their digits.
//
// Boost.JSON does the parsing. What it lets through and we must not (a repeated member, numbers that no longer are what
// was written) is refused here, and numbers stay text, so that money never passes through a double.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace keyledger::json {

class Value;
struct Null {
  bool operator==(const Null&) const = default;
};
/// A number as it was written, such as 1e400 or 18446744073709551616. It converts only where it fits.
struct Number {
  std::string text{};
};
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;
using Object = std::vector<Member>;  // in the order of the document; names are unique

class Value {
 public:
  Value() = default;
  explicit Value(bool value) : data_(value) {}
  explicit Value(Number number) : data_(std::move(number)) {}
  explicit Value(std::string text) : data_(std::move(text)) {}
  explicit Value(Array array) : data_(std::move(array)) {}
  explicit Value(Object object) : data_(std::move(object)) {}
  Value(const Value&) = default;
  Value& operator=(const Value&) = default;
  Value(Value&&) noexcept = default;
  Value& operator=(Value&&) noexcept = default;
  ~Value();  // wipes text: a body may carry a secret, and a short text stays behind where it was moved from

  [[nodiscard]] bool is_null() const { return std::holds_alternative<Null>(data_); }
  [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&data_); }
  [[nodiscard]] const Number* number() const { return std::get_if<Number>(&data_); }
  [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&data_); }
  [[nodiscard]] const Array* array() const { return std::get_if<Array>(&data_); }
  [[nodiscard]] const Object* object() const { return std::get_if<Object>(&data_); }
  [[nodiscard]] std::string* string() { return std::get_if<std::string>(&data_); }
  [[nodiscard]] Array* array() { return std::get_if<Array>(&data_); }
  [[nodiscard]] Object* object() { return std::get_if<Object>(&data_); }

  /// "null", "true or false", "a number", "a string", "a list" or "an object": for messages.
  [[nodiscard]] std::string_view kind() const;

  // Lenient access, for answers of providers, where any member may be missing, null or of another type.

  /// The member of that name, or a null value if this is no object or has no such member. Never fails.
  [[nodiscard]] const Value& operator[](std::string_view name) const;
  /// The text of a string, else nothing.
  [[nodiscard]] std::optional<std::string_view> text() const;
  /// A whole number that fits 64 bits, written as number (1e3 and 5.0 count) or as string, else nothing.
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  /// The digits of a decimal that is written as number or as string, else nothing. For parse_amount.
  [[nodiscard]] std::optional<std::string_view> decimal() const;
  /// The elements of a list; an empty list for anything else.
  [[nodiscard]] const Array& items() const;

 private:
  std::variant<Null, bool, Number, std::string, Array, Object> data_{};
};

struct Limits {
  std::size_t depth_max = 32;
  std::size_t bytes_max = 64 << 20;
};

/// Parses one whole document.
/// Errors: invalid_argument, reason malformed_json: not JSON, invalid UTF-8, lone surrogates, too deep, rest after the
///         end; reason duplicate_field: a member twice in one object (`field` names it). too_large over bytes_max.
[[nodiscard]] Result<Value> parse(std::string_view text, const Limits& limits = {});

/// A whole number within 64 bits from the text of a JSON number, also "1e3" and "5.0"; else nothing.
[[nodiscard]] std::optional<std::int64_t> integer_of(std::string_view number);

}  // namespace keyledger::json
