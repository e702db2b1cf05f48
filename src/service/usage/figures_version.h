// service/usage/figures_version.h: what of the stored figures has changed since when.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "service/usage/query.h"

namespace keyledger::service {

/// Grows with every change of the stored figures, after its commit: what was computed under an older version is stale,
/// where it is about days that have changed. A refresh changes the last days alone, so that sums of the days before
/// are good for as long as nobody reads history or prices anew. Thread-safe.
class FiguresVersion {
 public:
  static constexpr std::size_t kChangesMax = 64;  // ranges of days that are told apart; more are taken for all days

  [[nodiscard]] std::uint64_t now() const { return version_.load(); }
  /// Any day may have changed.
  void grow();
  /// These days have changed.
  void grow(DayRange days);
  /// Whether none of these days has changed since that version.
  [[nodiscard]] bool unchanged(std::uint64_t since, DayRange days) const;

 private:
  struct Change {
    DayRange days{};
    std::uint64_t version = 0;  // of the last one
  };
  std::atomic<std::uint64_t> version_{1};
  mutable std::mutex mutex_{};
  std::uint64_t everything_ = 0;   // the last version in which any day may have changed
  std::vector<Change> changes_{};  // since then
};

}  // namespace keyledger::service
