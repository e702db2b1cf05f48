// app/build_facts.h: which build this is. Defined by cmake/build_facts.cmake.
#pragma once

#include <string_view>

namespace keyledger::app {

struct BuildFacts {
  std::string_view commit{};    // empty: the source is no checkout
  std::string_view built_at{};  // RFC 3339; empty: not told
};
[[nodiscard]] BuildFacts build_facts();

}  // namespace keyledger::app
