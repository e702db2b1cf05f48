// net/quick_head.h: the head of a plain GET request, understood where it lies, without copying anything.
#pragma once

#include <array>
#include <span>

#include "net/message.h"

namespace keyledger::net {

/// Views of the bytes that it was read from.
struct QuickHead {
  static constexpr std::size_t kFieldsMax = 32;

  std::string_view path{};   // without percent signs and dot segments
  std::string_view query{};  // what follows the question mark, as it came
  std::string_view host{};   // not judged yet
  std::size_t bytes = 0;     // of the head, its empty line included
  std::size_t fields_count = 0;
  std::array<HeaderField, kFieldsMax> fields;  // those behind fields_count mean nothing

  [[nodiscard]] std::span<const HeaderField> all_fields() const { return {fields.data(), fields_count}; }
};

/// Whether `bytes` begin with the whole head of an HTTP/1.1 GET request without a body that holds nothing which needs a
/// second look. Where they do not, RequestReader judges: this takes nothing that it would refuse, but for the Host and
/// the query, which are left to the caller, and understands all else as it does.
[[nodiscard]] bool read_quick_head(std::string_view bytes, QuickHead& head);

}  // namespace keyledger::net
