// service/admission/limit_sets.h: the limits that keys have, each set of them once.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <memory>
#include <vector>

#include "domain/limits/limit.h"
#include "service/admission/chunks.h"

namespace keyledger::service {

/// Whether the limit's window turns on the calendar.
[[nodiscard]] bool on_calendar(limits::Window window);

/// Sets by number; number 0 is the empty one. Most keys share a handful of sets. Not thread-safe.
class LimitSets {
 public:
  using Set = std::vector<limits::Limit>;

  LimitSets();
  /// The set's number, to be released once for each time it was taken. Limits on the calendar come first in it, else
  /// they stand in one order whatever the order they are given in.
  [[nodiscard]] std::uint32_t take(Set limits);
  void release(std::uint32_t number);
  [[nodiscard]] const Set& operator[](std::uint32_t number) const { return sets_[number].limits; }
  [[nodiscard]] std::size_t count() const { return sets_.used(); }

 private:
  struct Counted {
    Set limits{};
    std::uint32_t uses = 0;
  };
  Chunks<Counted> sets_{};
  std::uint32_t newest_ = 0;  // that was taken
  absl::flat_hash_map<std::string, std::uint32_t> numbers_{};
};

}  // namespace keyledger::service
