#include "app/pretend/figures.h"

#include <fmt/format.h>

#include <array>

namespace keyledger::app::pretend {
namespace {

// Shares of a day's requests by the hour, in thousandths; they sum up to 1000.
constexpr std::array<std::int64_t, 24> kHours{6,  4,  3,  3,  4,  8,  20, 45, 80, 95, 92, 85,
                                              70, 82, 90, 86, 74, 55, 34, 24, 16, 11, 8,  5};

/// A number from 0 to 99 that looks random and is always the same for the same text and day (FNV-1a).
std::int64_t dice(const std::string& text, Day day) {
  std::uint64_t hash = 14695981039346656037ULL;
  const std::string whole = fmt::format("{}/{}", text, day.time_since_epoch().count());
  for (const char c : whole) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return static_cast<std::int64_t>((hash >> 16) % 100);
}

std::int64_t requests_of_day(const Stream& stream, Day day, Instant now) {
  const std::chrono::days age = day_of(now) - day;
  if (age > kHistory || age.count() < 0) return 0;
  const std::chrono::weekday weekday{day};
  const bool weekend = weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
  const std::int64_t swing = 70 + dice(stream.remote_key + stream.model, day) * 6 / 10;  // 70 to 129 per cent
  const std::int64_t growth = 130 - age.count() / 2;                                     // 70 to 130 per cent
  return stream.requests_per_day * swing * growth * (weekend ? 35 : 100) / 1'000'000;
}

}  // namespace

Figures& operator+=(Figures& left, const Figures& right) {
  left.requests += right.requests;
  left.input += right.input;
  left.cached += right.cached;
  left.output += right.output;
  return left;
}

Figures figures_of_hour(const Stream& stream, Instant hour, Instant now) {
  if (hour > now) return {};
  const Day day = day_of(hour);
  const auto index = static_cast<std::size_t>(std::chrono::floor<std::chrono::hours>(hour - day).count());
  Figures figures;
  figures.requests = requests_of_day(stream, day, now) * kHours[index] / 1000;
  figures.input = figures.requests * stream.input_per_request;
  figures.cached = figures.input * stream.cached_percent / 100;
  figures.output = figures.requests * stream.output_per_request;
  return figures;
}

Figures figures_of_day(const Stream& stream, Day day, Instant now) {
  Figures figures;
  for (int hour = 0; hour < 24; ++hour) figures += figures_of_hour(stream, day + std::chrono::hours{hour}, now);
  return figures;
}

std::int64_t cost_picos(const Stream& stream, const Figures& figures, Part part) {
  switch (part) {
    case Part::input: return (figures.input - figures.cached) * stream.input_price;
    case Part::cached: return figures.cached * stream.cached_price;
    case Part::output: return figures.output * stream.output_price;
  }
  std::unreachable();
}

std::string picos_text(std::int64_t picos, std::int64_t factor) {
  constexpr std::int64_t kPicos = 1'000'000'000'000;
  const std::int64_t whole = picos / kPicos * factor + picos % kPicos * factor / kPicos;
  return fmt::format("{}.{:012}", whole, picos % kPicos * factor % kPicos);
}

}  // namespace keyledger::app::pretend
