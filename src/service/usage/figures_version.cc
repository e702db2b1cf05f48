#include "service/usage/figures_version.h"

#include <algorithm>

namespace keyledger::service {

void FiguresVersion::grow() {
  const std::lock_guard lock(mutex_);
  everything_ = ++version_;
  changes_.clear();
}

void FiguresVersion::grow(DayRange days) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t version = ++version_;
  const auto known = std::ranges::find(changes_, days, &Change::days);
  if (known != changes_.end()) {
    known->version = version;
  } else if (changes_.size() < kChangesMax) {
    changes_.push_back({days, version});
  } else {
    everything_ = version;
    changes_.clear();
  }
}

bool FiguresVersion::unchanged(std::uint64_t since, DayRange days) const {
  const std::lock_guard lock(mutex_);
  if (since < everything_) return false;
  return std::ranges::none_of(changes_, [&](const Change& change) {
    return change.version > since && change.days.from <= days.to && days.from <= change.days.to;
  });
}

}  // namespace keyledger::service
