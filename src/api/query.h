// api/query.h: ids, limits, cursors and other values of path and query.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "net/message.h"

namespace keyledger::api {

/// A whole number above 0. Errors: invalid_argument, reason malformed_id.
[[nodiscard]] Result<std::int64_t> positive(std::string_view text, std::string_view field);
/// {id} of the path.
template <typename IdType>
[[nodiscard]] Result<IdType> path_id(const net::Request& request) {
  const Result<std::int64_t> value = positive(request.parameter("id").value_or(""), "id");
  if (!value) return std::unexpected(value.error());
  return IdType{*value};
}
/// An id in the query, or nothing.
template <typename IdType>
[[nodiscard]] Result<std::optional<IdType>> query_id(const net::Request& request, std::string_view name) {
  const std::optional<std::string_view> text = request.query_value(name);
  if (!text) return std::nullopt;
  const Result<std::int64_t> value = positive(*text, name);
  if (!value) return std::unexpected(value.error());
  return IdType{*value};
}

inline constexpr std::int64_t kPageLimitDefault = 50, kPageLimitMax = 500;

/// 1 to 500, 50 when absent. Errors: invalid_argument, reason out_of_range.
[[nodiscard]] Result<std::int64_t> page_limit(const net::Request& request);

/// Where a list goes on: opaque to the caller, bound to its list.
[[nodiscard]] std::string make_cursor(std::string_view list, std::int64_t last);
/// Errors: invalid_argument, reason malformed_cursor.
[[nodiscard]] Result<std::optional<std::int64_t>> read_cursor(const net::Request& request, std::string_view list);

/// The text of a query parameter, or nothing. Errors: too_long over 200 bytes.
[[nodiscard]] Result<std::optional<std::string>> query_text(const net::Request& request, std::string_view name);
/// Errors: invalid_argument, reason malformed_time.
[[nodiscard]] Result<std::optional<Instant>> query_instant(const net::Request& request, std::string_view name);

/// A word of an enum. Errors: invalid_argument, reason unknown_value.
template <typename T>
[[nodiscard]] Result<std::optional<T>> query_word(const net::Request& request, std::string_view name) {
  const std::optional<std::string_view> text = request.query_value(name);
  if (!text) return std::nullopt;
  T value{};
  if (boost::describe::enum_from_string(std::string{*text}.c_str(), value)) return value;
  std::string words;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
      [&](auto enumerator) { words += (words.empty() ? "" : ", ") + std::string{enumerator.name}; });
  return fail(Code::invalid_argument, std::string{name} + " is one of " + words + ".", "unknown_value",
              std::string{name});
}

}  // namespace keyledger::api
