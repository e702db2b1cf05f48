#include "app/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace keyledger::app {
namespace {

struct Range {
  char32_t first, last;
};

bool within(char32_t point, const auto& ranges) {
  return std::ranges::any_of(ranges,
                             [point](const Range& range) { return point >= range.first && point <= range.last; });
}

// Marks that change the direction of what follows, and invisible ones that serve to make two texts look alike.
constexpr std::array kInvisible{Range{0x200B, 0x200F}, Range{0x202A, 0x202E}, Range{0x2060, 0x2069},
                                Range{0xFEFF, 0xFEFF}, Range{0xE0000, 0xE0FFF}};
// Unicode's combining blocks, and the variation selectors.
constexpr std::array kCombining{Range{0x0300, 0x036F}, Range{0x0483, 0x0489},  Range{0x0591, 0x05BD},
                                Range{0x0610, 0x061A}, Range{0x064B, 0x065F},  Range{0x1AB0, 0x1AFF},
                                Range{0x1DC0, 0x1DFF}, Range{0x20D0, 0x20FF},  Range{0xFE00, 0xFE0F},
                                Range{0xFE20, 0xFE2F}, Range{0x1F3FB, 0x1F3FF}};
// East Asian width W and F, by blocks.
constexpr std::array kWide{Range{0x1100, 0x115F},   Range{0x231A, 0x231B},   Range{0x23E9, 0x23EC},
                           Range{0x2614, 0x2615},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},
                           Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},
                           Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE4F},
                           Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
                           Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};

std::size_t width_of(std::string_view sequence) {
  const char32_t point = utf8::code_point(sequence);
  if (within(point, kCombining)) return 0;
  return within(point, kWide) ? 2 : 1;
}

std::string escaped(char32_t point) {
  return point < 0x100 ? fmt::format("\\x{:02x}", static_cast<unsigned>(point))
                       : fmt::format("\\u{:04x}", static_cast<unsigned>(point));
}

}  // namespace

std::string harmless(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8::sequence_length(text);
    const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
    text.remove_prefix(sequence.size());
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (utf8::is_control(sequence)) {
      out += escaped(utf8::code_point(sequence));
    } else if (!within(utf8::code_point(sequence), kInvisible)) {
      out += sequence;
    }
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8::sequence_length(text), 1);
    columns += width_of(text.substr(0, length));
    text.remove_prefix(length);
  }
  return columns;
}

std::string fit(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string{text};
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8::sequence_length(text), 1);
    const std::size_t width = width_of(text.substr(0, length));
    if (used + width > columns - 1) break;
    out += text.substr(0, length);
    used += width;
    text.remove_prefix(length);
  }
  return out + "…";
}

std::string grouped(long long number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t place = digits.size(); place > first + 3; place -= 3) digits.insert(place - 3, ",");
  return digits;
}

}  // namespace keyledger::app
