#include "json/read.h"

namespace keyledger::json::detail {

std::unexpected<Error> wrong_type(std::string_view field, std::string_view wanted, const Value& found) {
  const std::string_view what = field.empty() ? "The body" : field;
  return fail(Code::invalid_argument, fmt::format("{} has to be {}, not {}.", what, wanted, found.kind()), "wrong_type",
              std::string{field});
}

std::unexpected<Error> unknown_field(std::string_view field) {
  return fail(Code::invalid_argument, fmt::format("There is no field {}; leave it out.", field), "unknown_field",
              std::string{field});
}

std::unexpected<Error> missing_field(std::string_view field) {
  return fail(Code::invalid_argument, fmt::format("The field {} is missing.", field), "missing_field",
              std::string{field});
}

std::unexpected<Error> unknown_value(std::string_view field, std::string_view words) {
  return fail(Code::invalid_argument, fmt::format("{} is one of {}.", field, words), "unknown_value",
              std::string{field});
}

std::string path(std::string_view parent, std::string_view name) {
  const std::string_view shown = name.substr(0, kShownNameBytesMax);
  return parent.empty() ? std::string{shown} : fmt::format("{}.{}", parent, shown);
}

Result<void> read(Value& from, bool& into, std::string_view field) {
  const bool* value = from.boolean();
  if (value == nullptr) return wrong_type(field, "true or false", from);
  into = *value;
  return {};
}

Result<void> read(Value& from, std::string& into, std::string_view field) {
  std::string* text = from.string();
  if (text == nullptr) return wrong_type(field, "a string", from);
  into = std::move(*text);
  return {};
}

Result<void> read(Value& from, Secret& into, std::string_view field) {
  std::string* text = from.string();
  if (text == nullptr) return wrong_type(field, "a string", from);
  into = Secret{std::move(*text)};
  wipe(*text);  // a short text is copied by a move
  return {};
}

Result<void> read(Value& from, std::int64_t& into, std::string_view field) {
  const Number* number = from.number();
  const std::optional<std::int64_t> value = number == nullptr ? std::nullopt : integer_of(number->text);
  if (!value) return wrong_type(field, "a whole number within 64 bits", from);
  into = *value;
  return {};
}

Result<void> read(Value& from, Instant& into, std::string_view field) {
  const std::optional<std::string_view> text = from.text();
  if (!text) return wrong_type(field, "a string with a time", from);
  const Result<Instant> instant = parse_rfc3339(*text);
  if (!instant)
    return fail(Code::invalid_argument, std::string{field} + ": " + instant.error().message, "malformed_time",
                std::string{field});
  into = *instant;
  return {};
}

Result<void> read(Value& from, Day& into, std::string_view field) {
  const std::optional<std::string_view> text = from.text();
  if (!text) return wrong_type(field, "a string with a day", from);
  const Result<Day> day = parse_day(*text);
  if (!day)
    return fail(Code::invalid_argument, std::string{field} + ": " + day.error().message, "malformed_day",
                std::string{field});
  into = *day;
  return {};
}

Result<void> read(Value& from, Value& into, std::string_view) {
  into = std::move(from);
  return {};
}

}  // namespace keyledger::json::detail
