#include "base/histogram.h"

#include <algorithm>

#include "base/error.h"

namespace keyledger {

Histogram::Histogram(std::span<const std::int64_t> bounds) : size_(bounds.size()) {
  check_invariant(size_ <= kBoundsMax && std::ranges::is_sorted(bounds), "a histogram has few bounds, which grow");
  std::ranges::copy(bounds, bounds_.begin());
}

void Histogram::count(std::int64_t value) noexcept {
  const std::span<const std::int64_t> bounds(bounds_.data(), size_);
  const auto place = static_cast<std::size_t>(std::ranges::lower_bound(bounds, value) - bounds.begin());
  counts_[place].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

HistogramFigures Histogram::figures() const {
  HistogramFigures figures;
  figures.bounds.assign(bounds_.begin(), bounds_.begin() + static_cast<std::ptrdiff_t>(size_));
  for (std::size_t i = 0; i <= size_; ++i) figures.counts.push_back(counts_[i].load(std::memory_order_relaxed));
  figures.sum = sum_.load(std::memory_order_relaxed);
  return figures;
}

}  // namespace keyledger
