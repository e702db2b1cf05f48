#include "service/import/values.h"

#include <fmt/format.h>

#include <charconv>

#include "base/utf8.h"

namespace keyledger::service {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";
constexpr std::int64_t kSecondsMax = 100'000'000'000;     // of the year 5138; as milliseconds it is in 1973
constexpr std::int64_t kMillisMax = 253'402'300'799'999;  // the end of 9999

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8::sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  text = trimmed(text);
  if (const std::size_t point = text.find('.'); point != std::string_view::npos && point > 0) {
    if (text.find_first_not_of('0', point + 1) != std::string_view::npos) return std::nullopt;
    text = text.substr(0, point);
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Instant> from_number(std::int64_t number) {
  const std::int64_t millis = number < kSecondsMax ? number * 1000 : number;
  if (number < 0 || millis > kMillisMax) return std::nullopt;
  return from_millis(millis);
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Brings the ways in which programs write times to RFC 3339.
std::optional<Instant> from_text(std::string_view text) {
  constexpr std::size_t kDay = 10;      // "2025-03-01"
  constexpr std::size_t kMinutes = 16;  // "2025-03-01 12:34"
  text = trimmed(text);
  if (text.size() < kDay) return std::nullopt;
  std::string moment(text);
  if (text.size() == kDay) moment += "T00:00:00Z";
  moment[kDay] = 'T';
  const bool has_seconds = moment.size() > kMinutes && moment[kMinutes] == ':';
  if (moment.size() >= kMinutes && !has_seconds) moment.insert(kMinutes, ":00");
  const bool has_zone =
      moment.back() == 'Z' || moment.back() == 'z' || moment.find_first_of("+-", kDay) != std::string::npos;
  if (!has_zone) moment += 'Z';
  const Result<Instant> instant = parse_rfc3339(moment);
  if (!instant || to_millis(*instant) < 0 || to_millis(*instant) > kMillisMax) return std::nullopt;
  return *instant;
}

}  // namespace

bool ForeignFields::is_null(std::size_t column) const {
  return std::holds_alternative<std::monostate>(row_.values[column]);
}

std::optional<std::string> ForeignFields::text(std::size_t column) {
  store::ForeignValue& value = row_.values[column];
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (auto* text = std::get_if<std::string>(&value)) {
    const std::string_view inner = trimmed(*text);
    if (inner.size() == text->size()) return std::move(*text);
    return std::string{inner};
  }
  if (const auto* bytes = std::get_if<store::Bytes>(&value)) {
    const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    if (is_utf8(text)) return std::string{trimmed(text)};
  }
  return std::nullopt;
}

Secret ForeignFields::secret(std::size_t column) {
  Secret secret{text(column).value_or("")};
  if (auto* rest = std::get_if<std::string>(&row_.values[column])) wipe(*rest);
  row_.values[column] = {};
  return secret;
}

std::optional<std::int64_t> ForeignFields::integer(std::size_t column) const {
  const store::ForeignValue& value = row_.values[column];
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return to_integer(*text);
  return std::nullopt;
}

std::optional<Instant> ForeignFields::instant(std::size_t column) const {
  const store::ForeignValue& value = row_.values[column];
  if (const auto* number = std::get_if<std::int64_t>(&value)) return from_number(*number);
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return std::nullopt;
  const std::string_view whole = trimmed(*text).substr(0, trimmed(*text).find('.'));  // "1740832496.25"
  if (!is_digits(whole)) return from_text(*text);
  const std::optional<std::int64_t> number = to_integer(whole);
  return number ? from_number(*number) : std::nullopt;
}

std::string tidy_line(std::string_view text, std::size_t bytes_max) {
  std::string line;
  while (!text.empty()) {
    const std::size_t length = utf8::sequence_length(text);
    const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
    const std::string_view shown = length == 0 ? "?" : utf8::is_control(sequence) ? " " : sequence;
    if (line.size() + shown.size() > bytes_max) break;
    line += shown;
    text.remove_prefix(sequence.size());
  }
  return std::string{trimmed(line)};
}

std::string tidy_word(std::string_view text, std::size_t bytes_max) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789_.:-";
  std::string word;
  for (const char c : text.substr(0, bytes_max)) {
    const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    word += kLetters.find(small) == std::string_view::npos ? '_' : small;
  }
  return word;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : tidy_line(text, text.size() * 3 + 1)) {  // no control characters are left
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace keyledger::service
