// base/log.h: what the program says to its operator. Lines of text, or one JSON object a line.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/error.h"

namespace keyledger::log {

enum class Format { text, json };
enum class Level { debug, info, warn, error };

[[nodiscard]] Result<Format> parse_format(std::string_view text);
[[nodiscard]] Result<Level> parse_level(std::string_view text);

/// Sets format and level of everything that follows. Lines go to standard error.
void configure(Format format, Level level);

/// One named value of a line. Takes text and numbers; a Secret does not convert.
struct Field {
  std::string_view name;
  std::string value;
  bool quoted = true;

  Field(std::string_view field, std::string_view text) : name(field), value(text) {}
  Field(std::string_view field, const char* text) : name(field), value(text) {}
  Field(std::string_view field, const std::string& text) : name(field), value(text) {}
  /// What is no JSON number (a character, infinity) is quoted like text.
  template <typename Number>
  requires std::is_arithmetic_v<Number> Field(std::string_view field, Number number)
      : name(field), value(fmt::format("{}", number)), quoted(std::is_same_v<Number, char> || !finite(number)) {}

 private:
  template <typename Number>
  static bool finite(Number number) {
    if constexpr (std::is_floating_point_v<Number>) return std::isfinite(number);
    return true;
  }
};

/// Writes one line: `event` is a short fixed sentence, everything that varies goes into fields.
/// Control characters in values are escaped, so that no value can begin a line of its own.
void debug(std::string_view event, std::initializer_list<Field> fields = {});
void info(std::string_view event, std::initializer_list<Field> fields = {});
void warn(std::string_view event, std::initializer_list<Field> fields = {});
void error(std::string_view event, std::initializer_list<Field> fields = {});

/// The line as it would be written, without time and level. For tests.
[[nodiscard]] std::string render(Format format, std::string_view level, std::string_view event,
                                 std::initializer_list<Field> fields);

}  // namespace keyledger::log
