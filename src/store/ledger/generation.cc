#include "store/ledger/generation.h"

#include <algorithm>
#include <functional>
#include <tuple>

namespace keyledger::store {
namespace {

// A key that calls without end mostly says the same few things; whatever else it says is put together later.
constexpr std::size_t kPartsLookedAt = 8;
constexpr std::size_t kPartsMax = 64;

auto name_of(const Generation::Part& part) {
  return std::tie(part.bucket, part.day, part.action_id, part.website, part.status);
}

void add_to(Generation::Part& part, const Generation::Part& more) {
  part.events += more.events;
  part.units += more.units;
  part.duration_micros += more.duration_micros;
}

/// One part for each name. Done whenever their number has doubled, so that an event's share of it is small.
void put_together(absl::InlinedVector<Generation::Part, 1>& parts) {
  std::sort(parts.begin(), parts.end(),
            [](const auto& left, const auto& right) { return name_of(left) < name_of(right); });
  std::size_t kept = 0;
  for (std::size_t at = 1; at < parts.size(); ++at) {
    if (name_of(parts[at]) == name_of(parts[kept])) {
      add_to(parts[kept], parts[at]);
    } else {
      parts[++kept] = parts[at];
    }
  }
  parts.resize(kept + 1);
}

}  // namespace

Generation::Generation(std::size_t keys) {
  keys_.reserve(keys);
  order_.reserve(keys);
}

void Generation::add(Place& place, const ledger::Event& event, std::int64_t action_id, const ClockMemo::Known& clocks) {
  const ledger::Call& call = event.call;
  OfKey& of_key = find(place, call.customer_key_id.value);
  of_key.last_event_id = event.id.value;
  of_key.last_at = std::max(of_key.last_at, to_millis(call.at));
  const Part counted{.bucket = clocks.bucket,
                     .day = clocks.day,
                     .action_id = action_id,
                     .website = call.website_id.value,
                     .status = static_cast<std::int64_t>(call.status),
                     .events = 1,
                     .units = call.units,
                     .duration_micros = call.duration.count()};
  add_to(find_part(of_key, counted), counted);
  ++events_;
}

Generation::OfKey& Generation::find(Place& place, std::int64_t key) {
  if (place < keys_.size() && keys_[place].key == key) return keys_[place];
  place = static_cast<Place>(keys_.size());
  order_.emplace_back(key, place);
  std::push_heap(order_.begin(), order_.end(), std::greater<>{});
  return keys_.emplace_back(OfKey{.key = key, .parts_max = kPartsMax});
}

/// Looks at the newest few only; a part that is there, but further down, gets a second one of its name.
Generation::Part& Generation::find_part(OfKey& of_key, const Part& name) {
  auto& parts = of_key.parts;
  const std::size_t down_to = parts.size() - std::min(parts.size(), kPartsLookedAt);
  for (std::size_t at = parts.size(); at-- > down_to;) {
    if (name_of(parts[at]) == name_of(name)) return parts[at];
  }
  if (parts.size() >= of_key.parts_max) {
    parts_ -= parts.size();
    put_together(parts);
    parts_ += parts.size();
    of_key.parts_max = std::max(kPartsMax, 2 * parts.size());
  }
  ++parts_;
  parts.push_back(name);
  Part& added = parts.back();
  added.events = added.units = added.duration_micros = 0;
  return added;
}

void Generation::drop_first() {
  const OfKey& dropped = first();
  for (const Part& part : dropped.parts) events_ -= static_cast<std::size_t>(part.events);
  parts_ -= dropped.parts.size();
  std::pop_heap(order_.begin(), order_.end(), std::greater<>{});
  order_.pop_back();
}

void Generation::clear() {
  keys_.clear();
  order_.clear();
  events_ = parts_ = 0;
}

}  // namespace keyledger::store
