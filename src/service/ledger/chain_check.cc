#include "service/ledger/chain_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace keyledger::service {
namespace {

using ledger::Status;
using store::StoredBlock;
using store::StoredEvent;

constexpr std::size_t kV4Bytes = 4, kV6Bytes = 16;
constexpr std::int64_t kStatusMax = static_cast<std::int64_t>(Status::action_not_allowed);

/// Whether every value is one that a call can have; otherwise it was not the ledger that wrote it.
bool is_a_calls(const StoredEvent& stored) {
  if (stored.address.size() != kV4Bytes && stored.address.size() != kV6Bytes) return false;
  if (stored.status < 0 || stored.status > kStatusMax) return false;
  return stored.http_status >= 0 && stored.http_status <= std::numeric_limits<std::uint16_t>::max();
}

}  // namespace

Misfit ChainCheck::missing() const {
  return {next_.value, fmt::format("event {} is missing", next_.value)};
}

std::optional<Misfit> ChainCheck::expect_place(const StoredBlock& block) {
  if (block.id != last_block_ + 1) {
    return Misfit{next_in_blocks_.value, fmt::format("block {} is missing", last_block_ + 1)};
  }
  if (block.first_event_id == next_in_blocks_ && block.last_event_id >= block.first_event_id) return std::nullopt;
  return Misfit{next_in_blocks_.value,
                fmt::format("block {} does not begin with event {}", block.id, next_in_blocks_.value)};
}

void ChainCheck::follow(const StoredBlock& block) {
  last_block_ = block.id;
  next_in_blocks_ = UsageEventId{block.last_event_id.value + 1};
}

std::optional<Misfit> ChainCheck::dropped_block(const StoredBlock& block) {
  const std::optional<Misfit> misplaced = expect_place(block);
  if (misplaced) return misplaced;
  crypto::Digest hash{};
  if (block.hash.size() != hash.size()) {
    return Misfit{block.first_event_id.value, fmt::format("block {} has no hash", block.id)};
  }
  std::copy(block.hash.begin(), block.hash.end(), hash.begin());
  hasher_.begin(hash);
  head_ = hash;
  follow(block);
  return std::nullopt;
}

std::optional<Misfit> ChainCheck::begin_block(const StoredBlock& block) {
  const std::optional<Misfit> misplaced = expect_place(block);
  if (misplaced) return misplaced;
  if (block.first_event_id == next_) return std::nullopt;
  return Misfit{next_.value,
                fmt::format("block {} does not begin with event {}, the first that is kept", block.id, next_.value)};
}

std::optional<Misfit> ChainCheck::expect_previous(const StoredEvent& event) const {
  const auto known = newest_.find(event.customer_key_id.value);
  const std::int64_t previous = event.previous_id.value;
  const bool kept_from_start = kept_from_ == UsageEventId{1};
  const bool fits = known != newest_.end() ? previous == known->second
                    : kept_from_start      ? previous == 0
                                           : previous >= 0 && previous < kept_from_.value;
  if (fits) return std::nullopt;
  return Misfit{event.id.value, fmt::format("event {} does not follow the event of its key before it", event.id.value)};
}

std::optional<Misfit> ChainCheck::event(const StoredEvent& stored) {
  if (stored.id != next_) return missing();
  if (!is_a_calls(stored))
    return Misfit{stored.id.value, fmt::format("event {} has a value that no call has", stored.id.value)};
  std::optional<Misfit> broken = expect_previous(stored);
  if (broken) return broken;
  newest_[stored.customer_key_id.value] = stored.id.value;
  hasher_.add(to_event(stored));
  if (!first_at_) first_at_ = stored.at;
  last_at_ = stored.at;
  earliest_ = std::min(earliest_.value_or(stored.at), stored.at);
  latest_ = std::max(latest_.value_or(stored.at), stored.at);
  ++next_.value;
  return std::nullopt;
}

std::optional<Misfit> ChainCheck::end_block(const StoredBlock& block) {
  if (next_.value != block.last_event_id.value + 1) return missing();
  const crypto::Digest hash = hasher_.finish();
  if (!std::equal(hash.begin(), hash.end(), block.hash.begin(), block.hash.end())) {
    return Misfit{block.first_event_id.value,
                  fmt::format("the events {} to {} are not those of which block {} has the hash",
                              block.first_event_id.value, block.last_event_id.value, block.id)};
  }
  if (block.first_at != earliest_ || block.last_at != latest_) {
    return Misfit{block.first_event_id.value, fmt::format("block {} tells other times than its events", block.id)};
  }
  earliest_ = latest_ = std::nullopt;
  head_ = hash;
  ++blocks_;
  follow(block);
  return std::nullopt;
}

}  // namespace keyledger::service
