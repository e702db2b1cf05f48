#include "service/admission/key_table.h"

#include <algorithm>
#include <span>

#include "service/admission/key_table_impl.h"

namespace keyledger::service {
namespace {

using limits::Counter;
using limits::kLimitsMax;
using limits::Need;

/// Longer texts are no keys; they are hashed so far only.
constexpr std::size_t kKeyBytesMax = 512;

/// One per thread: OpenSSL takes longer to make one, and allocates, than it takes to hash a key.
crypto::Digest digest_of(std::string_view text) {
  thread_local crypto::Sha256 hash;
  hash.add({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return hash.finish();
}

bool allows_address(const KeyExtras* extras, const IpAddress& address) {
  if (extras == nullptr || extras->allowed_ips.empty()) return true;
  return std::ranges::any_of(extras->allowed_ips, [&](const IpNetwork& network) { return network.contains(address); });
}

bool allows_action(const KeyExtras* extras, std::string_view action) {
  if (extras == nullptr || extras->allowed_actions.empty()) return true;
  return std::ranges::find(extras->allowed_actions, action) != extras->allowed_actions.end();
}

/// Everything but the limits, in the order that Verdict documents.
Verdict verdict_of(const KeyEntry& entry, const KeyExtras* extras, std::optional<Instant> valid_until, const Ask& ask,
                   Instant now) {
  if (entry.revoked != 0) return Verdict::key_revoked;
  if (valid_until && *valid_until <= now) return Verdict::key_expired;
  if (extras != nullptr && extras->expires_at && *extras->expires_at <= now) return Verdict::key_expired;
  if (entry.customer->suspended.load()) return Verdict::customer_suspended;
  if (!allows_address(extras, ask.address)) return Verdict::ip_not_allowed;
  if (!allows_action(extras, ask.action)) return Verdict::action_not_allowed;
  return Verdict::valid;
}

/// Whether the counter began to count only after that call, which therefore is not in it.
bool began_after(const KeyExtras* extras, const limits::Limit& limit, Instant at) {
  if (extras == nullptr) return false;
  return std::ranges::any_of(extras->added, [&](const KeyExtras::Added& added) {
    return added.limit.metric == limit.metric && added.limit.window == limit.window && at < added.limit.since;
  });
}

}  // namespace

Zone KeyTable::Impl::zone_of(const KeyEntry& entry) const {
  const CustomerEntry& customer = *entry.customer;
  return customer.has_zone.load() ? customer.zone.load() : installation.load();
}

limits::Moment KeyTable::Impl::moment_of(const KeyEntry& entry) const {
  return {clock.now(), steady(), zone_of(entry)};
}

Admitted KeyTable::Impl::judge(const Ask& ask, const Need& need) {
  // Always hashed and always looked up, so that the time tells nothing. No text is no key, even if somebody has brought
  // the digest of the empty text along from elsewhere.
  const crypto::Digest digest = digest_of(ask.key.substr(0, kKeyBytesMax));
  const std::optional<DigestIndex::Found> found = digests.find(DigestHalf::of(digest));
  Admitted admitted;
  if (!found || ask.key.empty() || ask.key.size() > kKeyBytesMax) {
    admitted.at = clock.now();
    return admitted;
  }
  KeyShard& shard = keys[found->key % kShards];
  const std::lock_guard lock(shard.mutex);
  KeyEntry& entry = shard.at(found->key / kShards);
  __builtin_prefetch(entry.customer);  // it comes while the clocks are read
  const limits::Moment moment = moment_of(entry);
  admitted.key_id = entry.id;
  admitted.customer_id = entry.customer->id;
  admitted.at = moment.now;
  admitted.zone = moment.zone;
  admitted.verdict = verdict_of(entry, shard.extras_of(entry), found->valid_until, ask, moment.now);

  std::array<Counter, kLimitsMax> room;
  admitted.standings_count = shard.counters_of(entry, room);
  const bool valid = admitted.verdict == Verdict::valid;
  std::int64_t open = entry.open;
  const limits::Taking taking = limits::take(std::span{room.data(), admitted.standings_count}, open,
                                             valid ? need : Need{}, moment, admitted.standings);
  if (!taking.taken) {
    admitted.verdict = Verdict::limit_exceeded;
    admitted.exceeded = taking.exceeded;
  } else if (valid) {
    entry.open = static_cast<std::uint32_t>(open);
    admitted.taken = {entry.id, need.requests, need.rentals, moment.now, moment.steady};
  }
  return admitted;
}

void KeyTable::Impl::give_back(const Taken& taken, const Need& need) {
  with_key(taken.key_id, [&](KeyShard& shard, KeyEntry& entry) {
    const limits::Moment moment = moment_of(entry);
    const KeyExtras* const extras = shard.extras_of(entry);
    std::array<Counter, kLimitsMax> room;
    const std::size_t count = shard.counters_of(entry, room);
    for (const Counter& counter : std::span{room.data(), count}) {
      if (began_after(extras, *counter.limit, taken.at)) continue;
      limits::give_back(counter, need, taken.at, taken.steady_at, moment);
    }
    entry.open -= static_cast<std::uint32_t>(std::min<std::int64_t>(entry.open, need.rentals));
  });
}

KeyTable::KeyTable(const Clock* clock, Zone installation, SteadyClock steady)
    : impl_(std::make_unique<Impl>(clock, installation, std::move(steady))) {}

KeyTable::~KeyTable() = default;

Admitted KeyTable::admit(const Ask& ask) {
  return impl_->judge(ask, {std::max<std::int64_t>(0, ask.requests), std::max<std::int64_t>(0, ask.rentals)});
}

Admitted KeyTable::look(const Ask& ask) {
  return impl_->judge(ask, {});
}

void KeyTable::undo(const Taken& taken) {
  impl_->give_back(taken, {taken.requests, taken.rentals});
}

void KeyTable::undo_rentals(const Taken& taken) {
  impl_->give_back(taken, {0, taken.rentals});
}

void KeyTable::rental_ended(CustomerKeyId id) {
  impl_->with_key(id, [](KeyShard&, KeyEntry& entry) { entry.open -= entry.open > 0 ? 1 : 0; });
}

std::vector<limits::LimitStanding> KeyTable::standings(CustomerKeyId id) {
  std::vector<limits::LimitStanding> standings;
  impl_->with_key(id, [&](KeyShard& shard, KeyEntry& entry) {
    std::array<Counter, kLimitsMax> room;
    const std::size_t count = shard.counters_of(entry, room);
    standings.resize(count);
    std::int64_t open = entry.open;
    const limits::Taking none =
        limits::take(std::span{room.data(), count}, open, Need{}, impl_->moment_of(entry), standings);
    check_invariant(none.taken, "nothing can always be taken");
  });
  return standings;
}

std::optional<limits::LimitStanding> KeyTable::requests_today(CustomerKeyId id) {
  std::optional<limits::LimitStanding> today;
  impl_->with_key(id, [&](KeyShard& shard, KeyEntry& entry) {
    std::array<Counter, kLimitsMax> room;
    const std::size_t count = shard.counters_of(entry, room);
    const std::span<const Counter> counters{room.data(), count};
    const auto daily = std::ranges::find_if(counters, [](const Counter& counter) {
      return counter.limit->metric == limits::Metric::requests && counter.limit->window == limits::Window::day;
    });
    if (daily == counters.end()) return;
    std::int64_t open = entry.open;
    const limits::Taking none =
        limits::take(std::span{&*daily, 1}, open, Need{}, impl_->moment_of(entry), std::span{&today.emplace(), 1});
    check_invariant(none.taken, "nothing can always be taken");
  });
  return today;
}

Zone KeyTable::zone_of(CustomerKeyId id) const {
  Zone zone = impl_->installation.load();
  impl_->with_key(id, [&](KeyShard&, KeyEntry& entry) { zone = impl_->zone_of(entry); });
  return zone;
}

void KeyTable::count_before(CustomerKeyId id, limits::Metric metric, limits::Window window, std::int64_t amount,
                            Instant at) {
  impl_->with_key(id, [&](KeyShard& shard, KeyEntry& entry) {
    std::array<Counter, kLimitsMax> room;
    const std::size_t count = shard.counters_of(entry, room);
    for (const Counter& counter : std::span{room.data(), count}) {
      if (counter.limit->metric != metric || counter.limit->window != window) continue;
      limits::add_before(counter, amount, at, impl_->moment_of(entry));
    }
  });
}

void KeyTable::set_open_rentals(CustomerKeyId id, std::int64_t open) {
  impl_->with_key(id, [&](KeyShard&, KeyEntry& entry) { entry.open = static_cast<std::uint32_t>(open); });
}

void KeyTable::set_floor(Instant newest) {
  impl_->clock.set_floor(newest);
}

std::uint64_t KeyTable::version() const {
  return impl_->version.load();
}

std::vector<AddedLimit> KeyTable::uncounted(CustomerKeyId id) const {
  std::vector<AddedLimit> uncounted;
  impl_->with_key(id, [&](KeyShard& shard, KeyEntry& entry) {
    const KeyExtras* const extras = shard.extras_of(entry);
    if (extras == nullptr) return;
    for (const KeyExtras::Added& added : extras->added) {
      if (!added.counted) uncounted.push_back(added.limit);
    }
  });
  return uncounted;
}

void KeyTable::count_added(CustomerKeyId id, const AddedLimit& added, std::int64_t amount) {
  bool count = false;
  impl_->with_key(id, [&](KeyShard& shard, KeyEntry& entry) {
    KeyExtras* const extras = shard.extras_of(entry);
    if (extras == nullptr) return;
    for (KeyExtras::Added& waiting : extras->added) {
      if (waiting.limit != added || waiting.counted) continue;
      waiting.counted = true;
      count = true;
    }
  });
  if (count) count_before(id, added.metric, added.window, amount, added.since);
}

std::size_t KeyTable::keys() const {
  std::size_t count = 0;
  for (std::uint32_t i = 0; i < kShards; ++i) {
    const std::lock_guard lock(impl_->keys[i].mutex);
    count += impl_->keys[i].count();
  }
  return count;
}

LimitKinds KeyTable::limit_kinds() const {
  const std::lock_guard lock(impl_->put_mutex);
  return impl_->kinds;
}

Instant KeyTable::now() const {
  return impl_->clock.now();
}

runtime::SteadyTime KeyTable::steady_now() const {
  return impl_->steady();
}

}  // namespace keyledger::service
