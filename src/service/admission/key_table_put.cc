// What changes in the key table when a key or a customer was committed.
#include <algorithm>

#include "service/admission/key_table_impl.h"

namespace keyledger::service {
namespace {

bool same_kind(const limits::Limit& left, const limits::Limit& right) {
  return left.metric == right.metric && left.window == right.window;
}

/// A copy of the counter that `limits` has for this kind of limit.
std::optional<KeyExtras::Counter> counter_of(std::span<const limits::Counter> counters, const limits::Limit& limit) {
  const auto found =
      std::ranges::find_if(counters, [&](const limits::Counter& counter) { return same_kind(*counter.limit, limit); });
  if (found == counters.end()) return std::nullopt;
  KeyExtras::Counter copy;
  if (found->calendar != nullptr) copy.calendar = *found->calendar;
  if (found->pace != nullptr) copy.pace = *found->pace;
  return copy;
}

/// Whether the counters of this set are all in the entry: none, one on the calendar, or one at once.
bool fits_entry(const LimitSets::Set& set) {
  return set.empty() || (set.size() == 1 && (on_calendar(set[0].window) || set[0].window == limits::Window::at_once));
}

}  // namespace

CustomerEntry& KeyTable::Impl::customer(CustomerId id) {
  CustomerEntry*& entry = customers[id.value];
  if (entry == nullptr) entry = &customer_entries.emplace_back(id);
  return *entry;
}

void KeyTable::Impl::change_limits(KeyShard& shard, KeyEntry& entry, const KeyRecord& record, bool fresh) {
  check_invariant(record.limits.size() <= limits::kLimitsMax, "a key's limits were checked");
  const std::uint32_t number = shard.sets().take(record.limits);
  if (number == entry.limits) return shard.sets().release(number);
  const LimitSets::Set& set = shard.sets()[number];

  std::array<limits::Counter, limits::kLimitsMax> room;
  const std::span<const limits::Counter> before{room.data(), shard.counters_of(entry, room)};
  std::vector<KeyExtras::Counter> counters(set.size());
  std::vector<KeyExtras::Added> added;
  std::optional<Instant> since;
  for (std::size_t i = 0; i < set.size(); ++i) {
    kinds.present[static_cast<std::size_t>(set[i].metric)][static_cast<std::size_t>(set[i].window)] = true;
    const std::optional<KeyExtras::Counter> stays = counter_of(before, set[i]);
    if (stays) {
      counters[i] = *stays;
    } else if (!fresh && on_calendar(set[i].window)) {
      // Under the key's lock: a call of this key is judged either before this instant or not before it.
      if (!since) since = clock.step();
      added.push_back({{set[i].metric, set[i].window, *since}, false});
    }
  }
  KeyExtras* extras = shard.extras_of(entry);
  if (extras != nullptr) {
    for (const KeyExtras::Added& old : extras->added) {
      const limits::Limit kind{old.limit.metric, old.limit.window, 0};
      if (counter_of(before, kind) &&
          std::ranges::any_of(set, [&](const auto& limit) { return same_kind(limit, kind); }))
        added.push_back(old);
    }
  }
  entry.first = !set.empty() && on_calendar(set[0].window) ? counters[0].calendar : limits::CalendarCount{};
  if (!fits_entry(set) || !added.empty()) extras = &shard.extras_for(entry);
  if (extras != nullptr) {
    extras->counters = std::move(counters);
    extras->added = std::move(added);
  }
  shard.sets().release(entry.limits);
  entry.limits = number & 0x7fff'ffffU;
}

void KeyTable::Impl::apply(KeyShard& shard, KeyEntry& entry, const KeyRecord& record, bool fresh) {
  entry.customer = &customer(record.customer_id);
  entry.revoked = record.revoked ? 1 : 0;
  change_limits(shard, entry, record, fresh);
  const bool more = record.expires_at || !record.allowed_ips.empty() || !record.allowed_actions.empty();
  if (more || entry.extras != kNone) {
    KeyExtras& extras = shard.extras_for(entry);
    extras.expires_at = record.expires_at;
    extras.allowed_ips = record.allowed_ips;
    extras.allowed_actions = record.allowed_actions;
    const bool needed = more || !extras.further_digests.empty() || !extras.added.empty();
    if (!needed && fits_entry(shard.sets()[entry.limits])) shard.drop_extras(entry);
  }
}

/// New digests lead to the key before those that go are taken away: a rotation is no gap.
void KeyTable::Impl::put_digests(KeyShard& shard, std::uint32_t number, const KeyRecord& record) {
  std::vector<DigestHalf> put;
  for (const KeyRecord::Digest& digest : record.digests) {
    put.push_back(DigestHalf::of(digest.digest));
    digests.put(put.back(), number, digest.valid_until);
  }
  std::vector<DigestHalf> gone;
  {
    const std::lock_guard lock(shard.mutex);
    KeyEntry& entry = shard.at(number / kShards);
    if (entry.digest != DigestHalf{}) gone.push_back(entry.digest);
    KeyExtras* const extras = shard.extras_of(entry);
    if (extras != nullptr) gone.insert(gone.end(), extras->further_digests.begin(), extras->further_digests.end());
    entry.digest = put.empty() ? DigestHalf{} : put.front();
    if (extras != nullptr) extras->further_digests.clear();
    if (put.size() > 1) shard.extras_for(entry).further_digests.assign(put.begin() + 1, put.end());
  }
  for (const DigestHalf& old : gone) {
    if (std::ranges::find(put, old) == put.end()) digests.remove(old);
  }
}

void KeyTable::Impl::put(const KeyRecord& record) {
  const std::uint32_t shard_number = KeyShards::shard_of(record.id);
  KeyShard& shard = keys[shard_number];
  std::uint32_t index = kNone;
  {
    const std::lock_guard lock(shard.mutex);
    index = shard.find(record.id);
    const bool fresh = index == kNone;
    if (fresh) index = shard.add(record.id);
    apply(shard, shard.at(index), record, fresh);
  }
  put_digests(shard, index * kShards + shard_number, record);
}

void KeyTable::put(const KeyRecord& key) {
  const std::lock_guard lock(impl_->put_mutex);
  impl_->put(key);
  impl_->version += 1;
}

void KeyTable::reserve(std::size_t keys) {
  const std::lock_guard lock(impl_->put_mutex);
  impl_->digests.reserve(keys / kShards);
  for (std::uint32_t i = 0; i < kShards; ++i) {
    const std::lock_guard shard_lock(impl_->keys[i].mutex);
    impl_->keys[i].reserve(keys / kShards);
  }
}

void KeyTable::put(const CustomerRecord& customer) {
  const std::lock_guard lock(impl_->put_mutex);
  CustomerEntry& entry = impl_->customer(customer.id);
  if (customer.zone) entry.zone.store(*customer.zone);  // before it is said that there is one
  entry.has_zone.store(customer.zone.has_value());
  entry.suspended.store(customer.suspended);
  impl_->version += 1;
}

void KeyTable::set_installation_zone(Zone zone) {
  impl_->installation.store(zone);
}

}  // namespace keyledger::service
