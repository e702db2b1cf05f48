// store/ledger/sums_in_order.h: what sums that are gathered in a hash table need before they are written.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

namespace keyledger::store {

/// Abseil gives a large table back when it is cleared; it would grow step by step again, hashing everything anew.
template <typename Map>
void clear_keeping_room(Map& map) {
  const std::size_t size = map.size();
  map.clear();
  map.reserve(size);
}

/// The entries in the order of the table, in which neighbours share pages.
template <typename Map>
auto in_order(const Map& map) {
  std::vector<std::pair<typename Map::key_type, typename Map::mapped_type>> entries(map.begin(), map.end());
  std::sort(entries.begin(), entries.end(),
            [](const auto& left, const auto& right) { return left.first < right.first; });
  return entries;
}

}  // namespace keyledger::store
