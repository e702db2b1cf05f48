// service/ledger/chain_check.h: whether events and blocks fit together. Fed one by one, holds no event.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <optional>
#include <string>

#include "domain/ledger/chain.h"
#include "store/ledger/ledger_chain_store.h"

namespace keyledger::service {

/// The first place that does not fit.
struct Misfit {
  std::int64_t at = 0;  // an event's number
  std::string what{};   // a clause for people: "event 7 is missing"
};

/// Takes the kept events in order, and each block after its events. Remembers the newest event of each key: 17 bytes
/// for each slot of a hash table, 20 to 35 MB for a million keys.
class ChainCheck {
 public:
  /// `kept_from`: the first event that was not dropped.
  explicit ChainCheck(UsageEventId kept_from) : kept_from_(kept_from), next_(kept_from) {}

  /// A block without its events, since they were dropped: the next one follows its hash.
  [[nodiscard]] std::optional<Misfit> dropped_block(const store::StoredBlock& block);
  [[nodiscard]] std::optional<Misfit> event(const store::StoredEvent& event);
  /// That the block is the next one, and begins with the next event.
  [[nodiscard]] std::optional<Misfit> begin_block(const store::StoredBlock& block);
  /// That its events were all there, and make its hash.
  [[nodiscard]] std::optional<Misfit> end_block(const store::StoredBlock& block);

  /// What to say when the next event is not there.
  [[nodiscard]] Misfit missing() const;

  [[nodiscard]] UsageEventId next() const { return next_; }
  [[nodiscard]] std::int64_t last_block() const { return last_block_; }
  [[nodiscard]] std::int64_t blocks() const { return blocks_; }
  [[nodiscard]] std::int64_t events() const { return next_.value - kept_from_.value; }
  [[nodiscard]] std::int64_t open_events() const { return static_cast<std::int64_t>(hasher_.events()); }
  [[nodiscard]] const std::optional<Instant>& first_at() const { return first_at_; }
  [[nodiscard]] const std::optional<Instant>& last_at() const { return last_at_; }
  [[nodiscard]] const std::optional<crypto::Digest>& head() const { return head_; }

 private:
  [[nodiscard]] std::optional<Misfit> expect_place(const store::StoredBlock& block);
  [[nodiscard]] std::optional<Misfit> expect_previous(const store::StoredEvent& event) const;
  void follow(const store::StoredBlock& block);

  UsageEventId kept_from_;
  UsageEventId next_;               // of the events
  UsageEventId next_in_blocks_{1};  // with which the next block begins
  std::int64_t last_block_ = 0;
  std::int64_t blocks_ = 0;  // whose events are there
  std::optional<Instant> first_at_{}, last_at_{};
  std::optional<Instant> earliest_{}, latest_{};  // of the open block
  std::optional<crypto::Digest> head_{};          // of the newest block
  ledger::BlockHasher hasher_{};
  absl::flat_hash_map<std::int64_t, std::int64_t> newest_{};  // of each key
};

}  // namespace keyledger::service
