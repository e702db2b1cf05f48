#include "app/bars.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace keyledger::app {
namespace {

constexpr std::int64_t kSteps = 8;  // of one character
constexpr std::array<std::string_view, kSteps> kAcross{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
constexpr std::array<std::string_view, kSteps + 1> kUp{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

/// The part of `steps` that `value` has of `largest`, rounded half up, and at least one where there is anything.
std::int64_t part(std::int64_t value, std::int64_t largest, std::int64_t steps) {
  if (value <= 0 || largest <= 0) return 0;
  if (value >= largest) return steps;
  return std::max<std::int64_t>((value * steps * 2 + largest) / (largest * 2), 1);
}

}  // namespace

std::string bar(std::int64_t value, std::int64_t largest, std::size_t width) {
  const std::int64_t eighths = part(value, largest, static_cast<std::int64_t>(width) * kSteps);
  std::string text;
  for (std::int64_t i = 0; i < eighths / kSteps; ++i) text += "█";
  text += kAcross[static_cast<std::size_t>(eighths % kSteps)];
  return text;
}

std::string column_of(std::int64_t value, std::int64_t largest) {
  return std::string{kUp[static_cast<std::size_t>(part(value, largest, kSteps))]};
}

}  // namespace keyledger::app
