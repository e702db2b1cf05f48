#include "app/settings_file.h"

#include <fmt/format.h>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace keyledger::app {
namespace {

constexpr std::size_t kDepthMax = 4;

/// The text of a single value, or nothing for a type that no setting has.
std::optional<std::string> text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  return std::nullopt;
}

Result<FileValue> read_value(const std::string& section, std::string_view key, const toml::node& node) {
  FileValue value{section, std::string{key}, {}, static_cast<int>(node.source().begin.line)};
  const auto refuse = [&value] {
    return fail(Code::invalid_argument,
                fmt::format("line {}: {} has to be a text, a whole number, true, false, or a list of texts.",
                            value.line, value.key));
  };
  if (const toml::array* list = node.as_array()) {
    for (const toml::node& item : *list) {
      const auto* text = item.as_string();
      if (text == nullptr) return refuse();
      value.values.push_back(text->get());
    }
    return value;
  }
  std::optional<std::string> text = text_of(node);
  if (!text) return refuse();
  value.values.push_back(std::move(*text));
  return value;
}

Result<void> read_table(const std::string& section, const toml::table& table, std::size_t depth,
                        std::vector<FileValue>& into) {
  for (const auto& [key, node] : table) {
    const std::string_view name = key.str();
    if (const toml::table* inner = node.as_table()) {
      if (depth == kDepthMax) {
        return fail(Code::invalid_argument,
                    fmt::format("line {}: the tables go too deep.", inner->source().begin.line));
      }
      const std::string path = section.empty() ? std::string{name} : fmt::format("{}.{}", section, name);
      Result<void> done = read_table(path, *inner, depth + 1, into);
      if (!done) return done;
      continue;
    }
    Result<FileValue> value = read_value(section, name, node);
    if (!value) return std::unexpected(value.error());
    into.push_back(std::move(*value));
  }
  return {};
}

}  // namespace

Result<std::vector<FileValue>> read_settings_file(std::string_view text) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return fail(Code::invalid_argument,
                fmt::format("line {}: {}", parsed.error().source().begin.line, parsed.error().description()));
  }
  std::vector<FileValue> values;
  Result<void> done = read_table("", parsed.table(), 0, values);
  if (!done) return std::unexpected(done.error());
  return values;
}

}  // namespace keyledger::app
