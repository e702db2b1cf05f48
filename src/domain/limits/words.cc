#include "domain/limits/words.h"

#include <fmt/format.h>

namespace keyledger::limits {
namespace {

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t end = digits.size(); end > 3; end -= 3) digits.insert(end - 3, ",");
  return digits;
}

std::string_view window_words(Window window) {
  switch (window) {
    case Window::second: return "a second";
    case Window::minute: return "a minute";
    case Window::hour: return "an hour";
    case Window::day: return "a day";
    case Window::month: return "a month";
    case Window::at_once: return "at once";
  }
  std::unreachable();
}

}  // namespace

std::string in_words(const Limit& limit) {
  const std::string_view unit = limit.metric == Metric::requests ? "request" : "rental";
  return fmt::format("{} {}{} {}", grouped(limit.amount), unit, limit.amount == 1 ? "" : "s",
                     window_words(limit.window));
}

}  // namespace keyledger::limits
