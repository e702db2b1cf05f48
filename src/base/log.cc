#include "base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>

#include "base/instant.h"
#include "base/utf8.h"

namespace keyledger::log {
namespace {

std::atomic<Format> g_format{Format::text};

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warn: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  std::unreachable();
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = spdlog::stderr_color_mt("keyledger");
    made->set_pattern("%v");
    return made;
  }();
  return *instance;
}

/// JSON string escapes, which also keep a text line in one line and a terminal from obeying what it shows.
void escape_to(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8::sequence_length(text);
    const std::string_view sequence = text.substr(0, length);
    if (length == 0) {
      out += "\\ufffd";
    } else if (utf8::is_control(sequence)) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(utf8::code_point(sequence)));
    } else {
      if (sequence == "\"" || sequence == "\\") out += '\\';
      out += sequence;
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

/// Whether a value reads the same without quotes in a line of text.
bool is_plain(std::string_view text) {
  if (text.empty()) return false;
  while (!text.empty()) {
    const std::size_t length = utf8::sequence_length(text);
    const std::string_view sequence = text.substr(0, length);
    if (length == 0 || utf8::is_control(sequence)) return false;
    if (sequence == " " || sequence == "\"" || sequence == "=" || sequence == "\\") return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  escape_to(out, text);
  return out + "\"";
}

std::string body(Format format, std::string_view event, std::initializer_list<Field> fields) {
  std::string out = format == Format::json ? "\"event\":" + quoted(event) : std::string{event};
  for (const Field& field : fields) {
    const bool bare = !field.quoted;
    if (format == Format::json) {
      out += fmt::format(",{}:{}", quoted(field.name), bare ? field.value : quoted(field.value));
    } else {
      const bool plain = bare || is_plain(field.value);
      out += fmt::format(" {}={}", field.name, plain ? field.value : quoted(field.value));
    }
  }
  return out;
}

void write(Level level, std::string_view word, std::string_view event, std::initializer_list<Field> fields) {
  const spdlog::level::level_enum target = to_spdlog(level);
  if (!logger().should_log(target)) return;
  const std::string now = to_rfc3339(SystemClock{}.now());
  const Format format = g_format.load(std::memory_order_relaxed);
  const std::string line = render(format, word, event, fields);
  if (format == Format::json) {
    logger().log(target, "{{\"time\":\"{}\",{}", now, std::string_view{line}.substr(1));
  } else {
    logger().log(target, "{} {}", now, line);
  }
}

}  // namespace

Result<Format> parse_format(std::string_view text) {
  if (text == "text") return Format::text;
  if (text == "json") return Format::json;
  return fail(Code::invalid_argument, "log-format is text or json");
}

Result<Level> parse_level(std::string_view text) {
  if (text == "debug") return Level::debug;
  if (text == "info") return Level::info;
  if (text == "warn") return Level::warn;
  if (text == "error") return Level::error;
  return fail(Code::invalid_argument, "log-level is debug, info, warn or error");
}

void configure(Format format, Level level) {
  g_format.store(format, std::memory_order_relaxed);
  logger().set_level(to_spdlog(level));
  logger().flush_on(spdlog::level::debug);
}

std::string render(Format format, std::string_view level, std::string_view event, std::initializer_list<Field> fields) {
  const std::string rest = body(format, event, fields);
  if (format == Format::json) return fmt::format("{{\"level\":\"{}\",{}}}", level, rest);
  return fmt::format("{:<5} {}", level, rest);
}

void debug(std::string_view event, std::initializer_list<Field> fields) {
  write(Level::debug, "debug", event, fields);
}
void info(std::string_view event, std::initializer_list<Field> fields) {
  write(Level::info, "info", event, fields);
}
void warn(std::string_view event, std::initializer_list<Field> fields) {
  write(Level::warn, "warn", event, fields);
}
void error(std::string_view event, std::initializer_list<Field> fields) {
  write(Level::error, "error", event, fields);
}

}  // namespace keyledger::log
