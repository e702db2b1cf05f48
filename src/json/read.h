// json/read.h: request bodies into structs. Unknown fields, wrong types and missing fields are errors that name the
// field.
#pragma once

#include <fmt/format.h>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

inline std::unexpected<Error> wrong_type(std::string_view field, std::string_view wanted, const Value& found) {
  return fail(Code::invalid_argument, fmt::format("{} has to be {}, not {}.", field, wanted, found.kind()),
              "wrong_type", std::string{field});
}

Result<void> read(Value& from, bool& into, std::string_view field);
Result<void> read(Value& from, std::string& into, std::string_view field);
Result<void> read(Value& from, Secret& into, std::string_view field);
Result<void> read(Value& from, std::int64_t& into, std::string_view field);
Result<void> read(Value& from, Instant& into, std::string_view field);
Result<void> read(Value& from, Day& into, std::string_view field);

template <typename Tag>
Result<void> read(Value& from, Id<Tag>& into, std::string_view field) {
  return read(from, into.value, field);
}

template <DescribedEnum T>
Result<void> read(Value& from, T& into, std::string_view field) {
  const std::optional<std::string_view> word = from.text();
  if (!word) return wrong_type(field, "a string", from);
  if (boost::describe::enum_from_string(std::string{*word}.c_str(), into)) return {};
  std::string words;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto enumerator) {
    words += words.empty() ? "" : ", ";
    words += enumerator.name;
  });
  return fail(Code::invalid_argument, fmt::format("{} is one of {}.", field, words), "unknown_value",
              std::string{field});
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
  if (from.array() == nullptr) return wrong_type(field, "a list", from);
  for (const Value& item : from.items()) {
    Value copy = item;
    Result<void> one = read(copy, into.emplace_back(), field);
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
Result<void> read_member(T& into, Member& from, bool& known) {
  Result<void> outcome{};
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto member) {
    if (known || from.first != member.name) return;
    known = true;
    outcome = read(from.second, into.*member.pointer, from.first);
  });
  return outcome;
}

}  // namespace detail

/// Reads an object into a described struct. Members of type optional, Patch or vector may be absent; all others must be
/// there. Errors: invalid_argument with `field`, reasons wrong_type, unknown_field, missing_field, unknown_value.
template <Described T>
Result<T> read(Value value) {
  const Object* members = value.object();
  if (members == nullptr) {
    return fail(Code::invalid_argument, fmt::format("The body has to be an object, not {}.", value.kind()),
                "wrong_type");
  }
  T into{};
  for (const Member& member : *members) {
    bool known = false;
    Member copy = member;
    const Result<void> outcome = detail::read_member(into, copy, known);
    if (!known) {
      return fail(Code::invalid_argument,
                  fmt::format("There is no field {}; leave it out.", member.first.substr(0, 64)), "unknown_field",
                  member.first.substr(0, 64));
    }
    if (!outcome) return std::unexpected(outcome.error());
  }
  std::optional<std::string> missing;
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto member) {
    using Type = std::remove_cvref_t<decltype(into.*member.pointer)>;
    if (!detail::kMayBeAbsent<Type> && !missing && value[member.name].is_null()) missing = member.name;
  });
  if (missing) {
    return fail(Code::invalid_argument, fmt::format("The field {} is missing.", *missing), "missing_field", *missing);
  }
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
