// service/top_places.h: the first rows of a list in an order that only memory knows. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/listing.h"

namespace keyledger::service {

/// Is offered every row of a list, however many there are, and keeps no more of them than the page has, and one more,
/// which tells that there are more.
class TopPlaces {
 public:
  /// `after`: where the page before ended, if there is one.
  TopPlaces(bool descending, std::optional<ListPlace> after, std::int64_t limit);
  /// `number`: by what the list is in order; nothing where it is not known.
  void offer(std::int64_t id, std::optional<std::int64_t> number);
  /// The places in their order.
  [[nodiscard]] std::vector<ListPlace> take();

 private:
  [[nodiscard]] bool before(const ListPlace& left, const ListPlace& right) const;

  bool descending_;
  std::optional<ListPlace> after_;
  std::size_t kept_max_;
  std::vector<ListPlace> heap_{};  // the last of those that are kept is in front
};

}  // namespace keyledger::service
