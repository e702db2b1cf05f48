// json/read.h: request bodies into structs. Unknown fields, wrong types and missing fields are errors that name the
// field.
#pragma once

#include <fmt/format.h>

#include <array>
#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/secret.h"
#include "json/value.h"
#include "json/write.h"

namespace keyledger::json {

/// A field that tells absent, null and a value apart: `PUT` leaves absent fields as they are and empties null ones.
template <typename T>
struct Patch {
  bool present = false;
  std::optional<T> value{};
};

namespace detail {

/// A name that the caller made up is repeated in messages up to this length.
constexpr std::size_t kShownNameBytesMax = 64;

std::unexpected<Error> wrong_type(std::string_view field, std::string_view wanted, const Value& found);
std::unexpected<Error> unknown_field(std::string_view field);
std::unexpected<Error> missing_field(std::string_view field);
std::unexpected<Error> unknown_value(std::string_view field, std::string_view words);
/// "limits.metric": the name of a member of a member; the name alone at the top, where `parent` is empty.
std::string path(std::string_view parent, std::string_view name);

// One overload of `read` per kind of member. Texts are moved out of the value: nothing is copied, least of all secrets.

Result<void> read(Value& from, bool& into, std::string_view field);
Result<void> read(Value& from, std::string& into, std::string_view field);
Result<void> read(Value& from, Secret& into, std::string_view field);
Result<void> read(Value& from, std::int64_t& into, std::string_view field);
Result<void> read(Value& from, Instant& into, std::string_view field);
Result<void> read(Value& from, Day& into, std::string_view field);
/// Any JSON at all, for what is kept and passed on as it is.
Result<void> read(Value& from, Value& into, std::string_view field);

template <typename Tag>
Result<void> read(Value& from, Id<Tag>& into, std::string_view field) {
  return read(from, into.value, field);
}

template <DescribedEnum T>
Result<void> read(Value& from, T& into, std::string_view field);
template <Described T>
Result<void> read(Value& from, T& into, std::string_view field);
template <typename T>
Result<void> read(Value& from, std::optional<T>& into, std::string_view field);
template <typename T>
Result<void> read(Value& from, Patch<T>& into, std::string_view field);
template <typename T>
Result<void> read(Value& from, std::vector<T>& into, std::string_view field);

template <DescribedEnum T>
Result<void> read(Value& from, T& into, std::string_view field) {
  const std::optional<std::string_view> word = from.text();
  if (!word) return wrong_type(field, "a string", from);
  bool found = false;
  std::string words;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto enumerator) {
    words += words.empty() ? "" : ", ";
    words += enumerator.name;
    if (*word != enumerator.name) return;
    found = true;
    into = enumerator.value;
  });
  if (!found) return unknown_value(field, words);
  return {};
}

template <typename T>
Result<void> read(Value& from, std::optional<T>& into, std::string_view field) {
  if (from.is_null()) {
    into.reset();
    return {};
  }
  return read(from, into.emplace(), field);
}

template <typename T>
Result<void> read(Value& from, Patch<T>& into, std::string_view field) {
  into.present = true;
  return read(from, into.value, field);
}

template <typename T>
Result<void> read(Value& from, std::vector<T>& into, std::string_view field) {
  Array* items = from.array();
  if (items == nullptr) return wrong_type(field, "a list", from);
  for (Value& item : *items) {
    const std::string place = fmt::format("{}[{}]", field, into.size());
    Result<void> one = read(item, into.emplace_back(), place);
    if (!one) return one;
  }
  return {};
}

template <typename T>
constexpr bool kMayBeAbsent = false;
template <typename T>
constexpr bool kMayBeAbsent<std::optional<T>> = true;
template <typename T>
constexpr bool kMayBeAbsent<Patch<T>> = true;
template <typename T>
constexpr bool kMayBeAbsent<std::vector<T>> = true;

template <Described T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
/// Which members of a struct the document had, in the order of the struct.
template <Described T>
using Seen = std::array<bool, boost::mp11::mp_size<Members<T>>::value>;

template <Described T>
Result<void> read_member(T& into, Member& from, std::string_view parent, Seen<T>& seen) {
  const std::string field = path(parent, from.first);
  Result<void> outcome = unknown_field(field);
  std::size_t index = 0;
  boost::mp11::mp_for_each<Members<T>>([&](auto member) {
    const std::size_t mine = index++;
    if (from.first != member.name) return;
    seen[mine] = true;
    outcome = read(from.second, into.*member.pointer, field);
  });
  return outcome;
}

template <Described T>
Result<void> require_members(std::string_view parent, const Seen<T>& seen) {
  Result<void> outcome{};
  std::size_t index = 0;
  boost::mp11::mp_for_each<Members<T>>([&](auto member) {
    using Type = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
    const bool missing = !seen[index++] && !kMayBeAbsent<Type>;
    if (outcome && missing) outcome = missing_field(path(parent, member.name));
  });
  return outcome;
}

template <Described T>
Result<void> read(Value& from, T& into, std::string_view field) {
  Object* members = from.object();
  if (members == nullptr) return wrong_type(field, "an object", from);
  Seen<T> seen{};
  for (Member& member : *members) {
    Result<void> one = read_member(into, member, field, seen);
    if (!one) return one;
  }
  return require_members<T>(field, seen);
}

}  // namespace detail

/// Reads an object into a described struct, whose members may be described structs or lists themselves. Members of type
/// optional, Patch or vector may be absent; all others must be there.
/// Errors: invalid_argument with `field` ("limits.metric", "scopes[2]"), reasons wrong_type, unknown_field,
///         missing_field, unknown_value, malformed_time, malformed_day.
template <Described T>
Result<T> read(Value value) {
  T into{};
  const Result<void> outcome = detail::read(value, into, {});
  if (!outcome) return std::unexpected(outcome.error());
  return into;
}

/// Parses and reads a request body in one step.
template <Described T>
Result<T> read_body(std::string_view text) {
  Result<Value> value = parse(text);
  if (!value) return std::unexpected(value.error());
  return read<T>(std::move(*value));
}

}  // namespace keyledger::json
