// providers/paging.h: a loop over pages that always ends, whatever the provider answers.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "domain/keys/findings.h"
#include "json/value.h"

namespace keyledger::providers {

inline constexpr int kPagesMax = 500;
/// Rows of one dataset in one fetch. Some hundred megabytes at most, and far more than any organization has in 31 days.
inline constexpr std::size_t kRowsMax = 250'000;

/// Follows cursors, and notices when they lead nowhere.
class Paging {
 public:
  explicit Paging(int pages_max = kPagesMax) : pages_max_(pages_max) {}

  /// After a page was read: whether there is another one, whose cursor is `cursor()`. False at the end: has_more is
  /// false, or the cursor is missing, null or empty. False also when it would never end: see `endless`. A missing
  /// has_more counts as true, so that the cursor decides.
  [[nodiscard]] bool next(const json::Value& has_more, const json::Value& cursor);

  [[nodiscard]] const std::string& cursor() const { return cursor_; }
  /// A cursor came twice, or more pages than pages_max: what was read is not everything.
  [[nodiscard]] bool endless() const { return endless_; }
  /// The finding paging_never_ends.
  [[nodiscard]] keys::Finding finding() const;

 private:
  int pages_max_;
  int pages_ = 0;
  bool endless_ = false;
  std::string cursor_{};
  std::unordered_set<std::string> seen_{};
};

}  // namespace keyledger::providers
