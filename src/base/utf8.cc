#include "base/utf8.h"

namespace keyledger::utf8 {
namespace {

unsigned char byte(std::string_view text, std::size_t index) {
  return static_cast<unsigned char>(text[index]);
}

std::size_t announced_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  if (first >= 0xf0 && first <= 0xf4) return 4;
  return 0;
}

}  // namespace

std::size_t sequence_length(std::string_view text) {
  if (text.empty()) return 0;
  const unsigned char first = byte(text, 0);
  const std::size_t length = announced_length(first);
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(text, i) & 0xc0) != 0x80) return 0;
  }
  // Overlong forms, surrogates and what lies past U+10FFFF show in the second byte.
  if (first == 0xe0 && byte(text, 1) < 0xa0) return 0;
  if (first == 0xed && byte(text, 1) > 0x9f) return 0;
  if (first == 0xf0 && byte(text, 1) < 0x90) return 0;
  if (first == 0xf4 && byte(text, 1) > 0x8f) return 0;
  return length;
}

char32_t code_point(std::string_view sequence) {
  if (sequence.empty()) return 0;
  if (sequence.size() == 1) return byte(sequence, 0);
  // The first byte of a sequence of n bytes carries 7 - n bits, each further one six.
  char32_t point = byte(sequence, 0) & (0x7fU >> sequence.size());
  for (std::size_t i = 1; i < sequence.size(); ++i) point = point << 6U | (byte(sequence, i) & 0x3fU);
  return point;
}

bool is_control(std::string_view sequence) {
  if (sequence.empty()) return false;
  const char32_t point = code_point(sequence);
  return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0x2028 || point == 0x2029;
}

std::size_t count(std::string_view text) {
  std::size_t characters = 0;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    text.remove_prefix(length == 0 ? 1 : length);
    ++characters;
  }
  return characters;
}

}  // namespace keyledger::utf8
