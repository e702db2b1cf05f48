// store/ledger/ledger_chain_store.h: the ledger as it is proved whole: events with their words, blocks, rollups,
// totals.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/ledger/chain.h"
#include "store/database.h"

namespace keyledger::store {

struct StoredEvent {
  UsageEventId id{};
  Instant at{};
  CustomerKeyId customer_key_id{};
  UsageEventId previous_id{};
  std::int64_t action_id = 0, status = 0, http_status = 0;
  RentalAccountId rental_account_id{};
  WebsiteId website_id{};
  Bytes address{};
  std::int64_t duration_micros = 0, units = 0;
  std::string action{}, resource{}, user_agent{};
};

/// The event as it was hashed; its views are those of `stored`. Whether the values are any that a call has is not
/// asked.
[[nodiscard]] ledger::Event to_event(const StoredEvent& stored);

struct StoredBlock {
  std::int64_t id = 0;
  UsageEventId first_event_id{}, last_event_id{};
  Instant first_at{}, last_at{};
  Bytes hash{};
};

struct RollupRow {
  std::int64_t bucket = 0;
  CustomerKeyId customer_key_id{};
  std::int64_t action_id = 0, status = 0;
  WebsiteId website_id{};
  std::int64_t events = 0, units = 0, duration_micros = 0;
};

/// The sum of such rows over all keys.
struct AllHoursRow {
  std::int64_t bucket = 0, action_id = 0, status = 0;
  WebsiteId website_id{};
  std::int64_t events = 0, units = 0, duration_micros = 0;
};

/// What a key did on a day of its customer's clocks.
struct DayRow {
  std::int64_t day = 0;
  CustomerKeyId customer_key_id{};
  std::int64_t action_id = 0, status = 0;
  std::int64_t events = 0, units = 0;
};

struct TotalsRow {
  CustomerKeyId customer_key_id{};
  std::int64_t admitted = 0, refused = 0;
  UsageEventId last_event_id{};
};

/// Which events rollups and totals count: all up to `rolled_up_to`. While the sums of those from there to
/// `rolling_up_to` are being written, key by key, also these, of the keys up to `rolled_keys_up_to`.
struct LedgerProgress {
  UsageEventId rolled_up_to{}, rolling_up_to{};
  CustomerKeyId rolled_keys_up_to{};

  [[nodiscard]] bool half_written() const { return rolling_up_to > rolled_up_to; }
  /// The last event that is counted if it is of this key.
  [[nodiscard]] UsageEventId counted_up_to(CustomerKeyId key) const {
    return half_written() && key <= rolled_keys_up_to ? rolling_up_to : rolled_up_to;
  }
  /// The last event that is counted of any key.
  [[nodiscard]] UsageEventId counted_up_to() const { return half_written() ? rolling_up_to : rolled_up_to; }
};

class LedgerChainStore {
 public:
  /// `kept_from`: the first event that was not dropped.
  struct State : LedgerProgress {
    UsageEventId kept_from{};
  };
  [[nodiscard]] static Result<State> state(Transaction& transaction);
  /// To be called in the transaction that counts them.
  [[nodiscard]] static Result<void> set_progress(Transaction& transaction, const LedgerProgress& progress);

  /// Events first to last in order; false stops.
  [[nodiscard]] static Result<void> events(Transaction& transaction, UsageEventId first, UsageEventId last,
                                           const std::function<bool(StoredEvent)>& sink);
  /// Up to `limit` closed blocks with an id above `after`, in order.
  [[nodiscard]] static Result<std::vector<StoredBlock>> blocks(Transaction& transaction, std::int64_t after,
                                                               std::int64_t limit);
  /// The latest time of a block that ends before `event`; nothing if there is no such block.
  [[nodiscard]] static Result<std::optional<Instant>> latest_before(Transaction& transaction, UsageEventId event);

  /// Up to `limit` rows of the rollups that come after `after` in their order, with a bucket below `below`.
  [[nodiscard]] static Result<std::vector<RollupRow>> rollups(Transaction& transaction, const RollupRow& after,
                                                              std::int64_t below, std::int64_t limit);
  /// Every row from bucket `from` on.
  [[nodiscard]] static Result<void> rollups_since(Transaction& transaction, std::int64_t from,
                                                  const std::function<void(const RollupRow&)>& sink);
  /// Up to `limit` sums over all keys that come after `after` in their order, with a bucket below `below`.
  [[nodiscard]] static Result<std::vector<AllHoursRow>> all_hours(Transaction& transaction, const AllHoursRow& after,
                                                                  std::int64_t below, std::int64_t limit);
  /// Every sum over all keys from bucket `from` on.
  [[nodiscard]] static Result<void> all_hours_since(Transaction& transaction, std::int64_t from,
                                                    const std::function<void(const AllHoursRow&)>& sink);
  /// Up to `limit` rows of the days that come after `after` in their order, with a day below `below`.
  [[nodiscard]] static Result<std::vector<DayRow>> days(Transaction& transaction, const DayRow& after,
                                                        std::int64_t below, std::int64_t limit);
  /// Every row from day `from` on.
  [[nodiscard]] static Result<void> days_since(Transaction& transaction, std::int64_t from,
                                               const std::function<void(const DayRow&)>& sink);
  [[nodiscard]] static Result<void> totals(Transaction& transaction, const std::function<void(const TotalsRow&)>& sink);
};

}  // namespace keyledger::store
