// app/pretend/figures.h: made-up use, the same on every run: weekdays are busy, nights are quiet, and it grows slowly.
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.h"

namespace keyledger::app::pretend {

/// One model that one key uses.
struct Stream {
  std::string remote_key{};  // the provider's id of the key
  std::string project{};
  std::string model{};
  std::int64_t requests_per_day = 0;  // on a usual weekday
  std::int64_t input_per_request = 0, output_per_request = 0;
  std::int64_t cached_percent = 0;                                   // of the input
  std::int64_t input_price = 0, cached_price = 0, output_price = 0;  // micro-units of the currency per million tokens
};

struct Figures {
  std::int64_t requests = 0;
  std::int64_t input = 0, cached = 0, output = 0;  // tokens; cached is part of input
};
Figures& operator+=(Figures& left, const Figures& right);

/// The use in one UTC hour; nothing before kHistory and in the hours that are still to come.
[[nodiscard]] Figures figures_of_hour(const Stream& stream, Instant hour, Instant now);
[[nodiscard]] Figures figures_of_day(const Stream& stream, Day day, Instant now);
inline constexpr std::chrono::days kHistory{120};

enum class Part { input, cached, output };
/// What a part of a day's use costs, in 10^-12 of the currency: tokens times micro-units per million.
[[nodiscard]] std::int64_t cost_picos(const Stream& stream, const Figures& figures, Part part);
/// Decimal text with `decimals` places; a positive number of 10^-12, times `factor`.
[[nodiscard]] std::string picos_text(std::int64_t picos, std::int64_t factor = 1);

}  // namespace keyledger::app::pretend
