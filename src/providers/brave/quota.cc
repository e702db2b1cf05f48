#include "providers/brave/quota.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace keyledger::providers::brave {
namespace {

constexpr std::size_t kWindowsMax = 8;
// Far above any plan, and small enough that limits and seconds can be subtracted and added without a thought.
constexpr std::int64_t kNumberMax = 1'000'000'000'000'000;
constexpr std::int64_t kMonthSecondsMin = 86'400;
constexpr std::int64_t kSecondSecondsMax = 60;
// A reset further away than this is no time anyone would plan with, and would leave the calendar of the page.
constexpr std::int64_t kResetSecondsMax = 400LL * 86'400;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > kNumberMax) return std::nullopt;
  if (text.front() == '-') return std::nullopt;  // "-0" reads as 0, but no limit is written so
  return value;
}

/// `1;w=1` as a window.
std::optional<Window> policy_item(std::string_view item) {
  const std::vector<std::string_view> parts = split(item, ';');
  Window window{.limit = number(parts.front())};
  if (!window.limit) return std::nullopt;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::size_t equals = parts[i].find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    if (trimmed(parts[i].substr(0, equals)) != "w") continue;
    const std::optional<std::int64_t> seconds = number(trimmed(parts[i].substr(equals + 1)));
    if (!seconds || *seconds == 0) return std::nullopt;
    window.seconds = *seconds;
  }
  return window;
}

/// Puts the elements of one header into the windows, if there are as many of them.
void lay_beside(const net::Headers& headers, std::string_view name, std::optional<std::int64_t> Window::*member,
                std::vector<Window>& windows) {
  const std::vector<std::int64_t> list = parse_list(headers.find(name).value_or(""));
  if (list.size() != windows.size()) return;
  for (std::size_t i = 0; i < list.size(); ++i) windows[i].*member = list[i];
}

usage::Reading reading_of(const Window& window, std::string name, Instant now) {
  usage::Reading reading{.name = std::move(name), .unit = "requests", .limit = window.limit};
  reading.remaining = window.remaining;
  if (window.limit && window.remaining && *window.limit >= *window.remaining) {
    reading.used = *window.limit - *window.remaining;
  }
  if (window.reset_seconds && *window.reset_seconds <= kResetSecondsMax) {
    reading.resets_at = now + std::chrono::seconds{*window.reset_seconds};
  }
  return reading;
}

}  // namespace

std::vector<std::int64_t> parse_list(std::string_view header) {
  std::vector<std::int64_t> list;
  for (const std::string_view part : split(header, ',')) {
    const std::optional<std::int64_t> value = number(part);
    if (!value || list.size() == kWindowsMax) return {};
    list.push_back(*value);
  }
  return list;
}

std::vector<Window> parse_policy(std::string_view header) {
  std::vector<Window> windows;
  for (const std::string_view part : split(header, ',')) {
    const std::optional<Window> window = policy_item(part);
    if (!window || windows.size() == kWindowsMax) return {};
    windows.push_back(*window);
  }
  return windows;
}

std::vector<Window> read_windows(const net::Headers& headers) {
  std::vector<Window> windows = parse_policy(headers.find("X-RateLimit-Policy").value_or(""));
  lay_beside(headers, "X-RateLimit-Limit", &Window::limit, windows);
  lay_beside(headers, "X-RateLimit-Remaining", &Window::remaining, windows);
  lay_beside(headers, "X-RateLimit-Reset", &Window::reset_seconds, windows);
  return windows;
}

const Window* month_of(const std::vector<Window>& windows) {
  const auto longest = std::ranges::max_element(windows, {}, &Window::seconds);
  return longest != windows.end() && longest->seconds >= kMonthSecondsMin ? &*longest : nullptr;
}

const Window* second_of(const std::vector<Window>& windows) {
  const Window* shortest = nullptr;
  for (const Window& window : windows) {
    if (window.seconds == 0 || window.seconds > kSecondSecondsMax) continue;
    if (shortest == nullptr || window.seconds < shortest->seconds) shortest = &window;
  }
  return shortest;
}

std::vector<usage::Reading> to_readings(const std::vector<Window>& windows, Instant now) {
  std::vector<usage::Reading> readings;
  if (const Window* month = month_of(windows)) {
    usage::Reading reading = reading_of(*month, "month_quota", now);
    if (month->limit == 0) {
      reading.unlimited = true;
      reading.used = reading.limit = reading.remaining = std::nullopt;
    }
    readings.push_back(std::move(reading));
  }
  if (const Window* second = second_of(windows)) readings.push_back(reading_of(*second, "second_quota", now));
  return readings;
}

}  // namespace keyledger::providers::brave
