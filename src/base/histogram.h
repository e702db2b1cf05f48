// base/histogram.h: how often a value fell between which bounds. Counted by any thread without a lock.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

namespace keyledger {

/// `counts` has one more than there are bounds: how many values were at most the first bound, above it and at most the
/// second, ..., above the last.
struct HistogramFigures {
  std::vector<std::int64_t> bounds{};
  std::vector<std::int64_t> counts{};
  std::int64_t sum = 0;
};

class Histogram {
 public:
  static constexpr std::size_t kBoundsMax = 31;

  /// Bounds grow from one to the next.
  explicit Histogram(std::span<const std::int64_t> bounds);
  void count(std::int64_t value) noexcept;
  /// What was counted so far. Values that are counted meanwhile may be in the sum and not yet among the counts.
  [[nodiscard]] HistogramFigures figures() const;

 private:
  std::array<std::int64_t, kBoundsMax> bounds_{};
  std::size_t size_;
  std::array<std::atomic<std::int64_t>, kBoundsMax + 1> counts_{};
  std::atomic<std::int64_t> sum_{0};
};

}  // namespace keyledger
