#include "service/top_places.h"

#include <algorithm>

namespace keyledger::service {

TopPlaces::TopPlaces(bool descending, std::optional<ListPlace> after, std::int64_t limit)
    : descending_(descending), after_(std::move(after)), kept_max_(static_cast<std::size_t>(limit) + 1) {}

bool TopPlaces::before(const ListPlace& left, const ListPlace& right) const {
  if (left.number.has_value() != right.number.has_value()) return left.number.has_value();
  if (left.number != right.number) return descending_ ? *left.number > *right.number : *left.number < *right.number;
  return left.id < right.id;
}

void TopPlaces::offer(std::int64_t id, std::optional<std::int64_t> number) {
  const auto order = [this](const ListPlace& left, const ListPlace& right) { return before(left, right); };
  const ListPlace place{.id = id, .number = number};
  if (after_ && !before(*after_, place)) return;
  if (heap_.size() == kept_max_) {
    if (!before(place, heap_.front())) return;
    std::ranges::pop_heap(heap_, order);
    heap_.pop_back();
  }
  heap_.push_back(place);
  std::ranges::push_heap(heap_, order);
}

std::vector<ListPlace> TopPlaces::take() {
  std::ranges::sort(heap_, [this](const ListPlace& left, const ListPlace& right) { return before(left, right); });
  return std::move(heap_);
}

}  // namespace keyledger::service
