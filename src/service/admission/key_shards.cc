#include "service/admission/key_shards.h"

namespace keyledger::service {

std::uint32_t KeyShard::find(CustomerKeyId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? kNone : *found;
}

std::uint32_t KeyShard::add(CustomerKeyId id) {
  const std::uint32_t index = entries_.add();
  entries_[index] = {};
  entries_[index].id = id;
  by_id_.insert(index);
  return index;
}

KeyExtras* KeyShard::extras_of(const KeyEntry& entry) {
  return entry.extras == kNone ? nullptr : extras_[entry.extras].get();
}

KeyExtras& KeyShard::extras_for(KeyEntry& entry) {
  if (entry.extras == kNone) {
    entry.extras = extras_.add();
    extras_[entry.extras] = std::make_unique<KeyExtras>();
  }
  return *extras_[entry.extras];
}

void KeyShard::drop_extras(KeyEntry& entry) {
  if (entry.extras == kNone) return;
  extras_[entry.extras].reset();
  extras_.free(entry.extras);
  entry.extras = kNone;
}

std::size_t KeyShard::counters_of(KeyEntry& entry, std::array<limits::Counter, limits::kLimitsMax>& room) {
  const LimitSets::Set& set = sets_[entry.limits];
  KeyExtras* const extras = extras_of(entry);
  for (std::size_t i = 0; i < set.size(); ++i) {
    limits::Counter& counter = room[i];
    counter = {&set[i]};
    if (set[i].window == limits::Window::at_once) continue;
    const bool calendar = on_calendar(set[i].window);
    if (i == 0 && calendar) {
      counter.calendar = &entry.first;
    } else if (calendar) {
      counter.calendar = &extras->counters[i].calendar;
    } else {
      counter.pace = &extras->counters[i].pace;
    }
  }
  return set.size();
}

}  // namespace keyledger::service
