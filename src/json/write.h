// json/write.h: builds JSON text in one buffer, in the order in which it is told.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/id.h"
#include "base/instant.h"
#include "base/money.h"
#include "json/value.h"

namespace keyledger::json {

/// Commas and quotes are the writer's work; that begin and end match is the caller's.
class Writer {
 public:
  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }
  Writer& name(std::string_view member);
  Writer& string(std::string_view text);  // invalid UTF-8 becomes U+FFFD
  Writer& integer(std::int64_t value);
  Writer& boolean(bool value);
  Writer& null();
  /// Puts in JSON text that is known to be valid: a number's digits, a stored document.
  Writer& raw(std::string_view json);

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  Writer& open(char bracket);
  Writer& close(char bracket);
  void separate();

  std::string text_{};
  bool fresh_ = true;  // nothing stands before the next value in its container
};

template <typename T>
concept Described = boost::describe::has_describe_members<T>::value;
template <typename T>
concept DescribedEnum = boost::describe::has_describe_enumerators<T>::value;

// One overload of `write` per kind of value. A struct is written through BOOST_DESCRIBE_STRUCT, member by member;
// std::nullopt is null: a value that may be unknown is told as unknown.

inline void write(Writer& out, bool value) {
  out.boolean(value);
}
inline void write(Writer& out, std::string_view value) {
  out.string(value);
}
inline void write(Writer& out, const std::string& value) {
  out.string(value);
}
inline void write(Writer& out, const char* value) {
  out.string(value);
}
inline void write(Writer& out, Instant value) {
  out.string(to_rfc3339(value));
}
inline void write(Writer& out, Day value) {
  out.string(to_string(value));
}
inline void write(Writer& out, const Currency& value) {
  out.string(value.text());
}
void write(Writer& out, const Money& value);  // {"amount": "12.345678900", "currency": "USD"}
void write(Writer& out, const Value& value);
template <std::integral T>
requires(!std::same_as<T, bool> && !std::same_as<T, char>) void write(Writer& out, T value) {
  out.integer(static_cast<std::int64_t>(value));
}
template <typename Tag>
void write(Writer& out, Id<Tag> id) {
  out.integer(id.value);
}
template <DescribedEnum T>
void write(Writer& out, T value) {
  out.string(boost::describe::enum_to_string(value, "unknown"));
}
template <typename T>
void write(Writer& out, const std::optional<T>& value);
template <typename T>
void write(Writer& out, const std::vector<T>& values);
template <typename T>
void write(Writer& out, const std::map<std::string, T>& values);
template <Described T>
void write(Writer& out, const T& value);

template <typename T>
void write(Writer& out, const std::optional<T>& value) {
  if (value) {
    write(out, *value);
  } else {
    out.null();
  }
}
template <typename T>
void write(Writer& out, const std::vector<T>& values) {
  out.begin_array();
  for (const auto& value : values) write(out, value);
  out.end_array();
}
template <typename T>
void write(Writer& out, const std::map<std::string, T>& values) {
  out.begin_object();
  for (const auto& [key, value] : values) {
    out.name(key);
    write(out, value);
  }
  out.end_object();
}
/// The members alone, without braces, for objects that have more than the struct.
template <Described T>
void write_members(Writer& out, const T& value) {
  boost::mp11::mp_for_each<
      boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>>(
      [&](auto member) {
        out.name(member.name);
        write(out, value.*member.pointer);
      });
}
template <Described T>
void write(Writer& out, const T& value) {
  out.begin_object();
  write_members(out, value);
  out.end_object();
}

template <typename T>
[[nodiscard]] std::string to_json(const T& value) {
  Writer out;
  write(out, value);
  return out.take();
}

}  // namespace keyledger::json
