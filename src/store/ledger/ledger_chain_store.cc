#include "store/ledger/ledger_chain_store.h"

#include <algorithm>

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(StoredEvent, (),
                      (id, at, customer_key_id, previous_id, action_id, status, http_status, rental_account_id,
                       website_id, address, duration_micros, units, action, resource, user_agent))
BOOST_DESCRIBE_STRUCT(StoredBlock, (), (id, first_event_id, last_event_id, first_at, last_at, hash))
BOOST_DESCRIBE_STRUCT(RollupRow, (),
                      (bucket, customer_key_id, action_id, status, website_id, events, units, duration_micros))
BOOST_DESCRIBE_STRUCT(AllHoursRow, (), (bucket, action_id, status, website_id, events, units, duration_micros))
BOOST_DESCRIBE_STRUCT(DayRow, (), (day, customer_key_id, action_id, status, events, units))
BOOST_DESCRIBE_STRUCT(TotalsRow, (), (customer_key_id, admitted, refused, last_event_id))
BOOST_DESCRIBE_STRUCT(LedgerProgress, (), (rolled_up_to, rolling_up_to, rolled_keys_up_to))
BOOST_DESCRIBE_STRUCT(LedgerChainStore::State, (LedgerProgress), (kept_from))

namespace {

struct Range {
  UsageEventId first{}, last{};
};
BOOST_DESCRIBE_STRUCT(Range, (), (first, last))

struct Page {
  std::int64_t after = 0, limit = 0;
};
BOOST_DESCRIBE_STRUCT(Page, (), (after, limit))

struct RollupPage : RollupRow {
  std::int64_t below = 0, limit = 0;
};
BOOST_DESCRIBE_STRUCT(RollupPage, (RollupRow), (below, limit))

struct AllHoursPage : AllHoursRow {
  std::int64_t below = 0, limit = 0;
};
BOOST_DESCRIBE_STRUCT(AllHoursPage, (AllHoursRow), (below, limit))

struct DayPage : DayRow {
  std::int64_t below = 0, limit = 0;
};
BOOST_DESCRIBE_STRUCT(DayPage, (DayRow), (below, limit))

struct Since {
  std::int64_t from = 0;
};
BOOST_DESCRIBE_STRUCT(Since, (), (from))

struct Before {
  UsageEventId event{};
};
BOOST_DESCRIBE_STRUCT(Before, (), (event))

IpAddress to_address(const Bytes& bytes) {
  std::array<std::uint8_t, 16> full{};
  if (bytes.size() == 4) full[10] = full[11] = 0xff;
  const std::size_t count = std::min(bytes.size(), full.size());
  std::copy_n(bytes.begin(), count, full.end() - static_cast<std::ptrdiff_t>(count));
  return IpAddress(full);
}

}  // namespace

ledger::Event to_event(const StoredEvent& stored) {
  return {.id = stored.id,
          .previous_id = stored.previous_id,
          .call = {.at = stored.at,
                   .customer_key_id = stored.customer_key_id,
                   .status = static_cast<ledger::Status>(stored.status),
                   .http_status = static_cast<std::uint16_t>(stored.http_status),
                   .rental_account_id = stored.rental_account_id,
                   .website_id = stored.website_id,
                   .units = stored.units,
                   .duration = std::chrono::microseconds{stored.duration_micros},
                   .address = to_address(stored.address),
                   .action = stored.action,
                   .resource = stored.resource,
                   .user_agent = stored.user_agent}};
}

Result<LedgerChainStore::State> LedgerChainStore::state(Transaction& transaction) {
  static const Query<State> kState{R"sql(
    SELECT COALESCE((SELECT value FROM ledger_state WHERE name = 'rolled_up_to'), 0),
           COALESCE((SELECT value FROM ledger_state WHERE name = 'rolling_up_to'), 0),
           COALESCE((SELECT value FROM ledger_state WHERE name = 'rolled_keys_up_to'), 0),
           COALESCE((SELECT value FROM ledger_state WHERE name = 'kept_from'), 1))sql"};
  const Result<std::optional<State>> row = transaction.one(kState);
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "a SELECT without a table has one row");
  return **row;
}

Result<void> LedgerChainStore::set_progress(Transaction& transaction, const LedgerProgress& progress) {
  static const Query<void> kSet{R"sql(
    INSERT INTO ledger_state (name, value)
    VALUES ('rolled_up_to', :rolled_up_to), ('rolling_up_to', :rolling_up_to), ('rolled_keys_up_to', :rolled_keys_up_to)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value)sql"};
  const Result<std::int64_t> set = transaction.change(kSet, progress);
  if (!set) return std::unexpected(set.error());
  return {};
}

Result<void> LedgerChainStore::events(Transaction& transaction, UsageEventId first, UsageEventId last,
                                      const std::function<bool(StoredEvent)>& sink) {
  static const Query<StoredEvent> kEvents{R"sql(
    SELECT e.id, e.at, e.customer_key_id, e.previous_id, e.action_id, e.status, e.http_status, e.rental_account_id,
           e.website_id, e.address, e.duration_micros, e.units, COALESCE(actions.word, ''), COALESCE(resources.word, ''),
           COALESCE(agents.word, '')
      FROM usage_events e
      LEFT JOIN ledger_words actions ON actions.id = e.action_id
      LEFT JOIN ledger_words resources ON resources.id = e.resource_id
      LEFT JOIN ledger_words agents ON agents.id = e.agent_id
     WHERE e.id >= :first AND e.id <= :last ORDER BY e.id)sql"};
  return transaction.each<StoredEvent>(kEvents, Range{first, last}, sink);
}

Result<std::vector<StoredBlock>> LedgerChainStore::blocks(Transaction& transaction, std::int64_t after,
                                                          std::int64_t limit) {
  static const Query<StoredBlock> kBlocks{R"sql(
    SELECT id, first_event_id, last_event_id, first_at, last_at, hash
      FROM ledger_blocks WHERE id > :after ORDER BY id LIMIT :limit)sql"};
  return transaction.all(kBlocks, Page{after, limit});
}

Result<std::optional<Instant>> LedgerChainStore::latest_before(Transaction& transaction, UsageEventId event) {
  static const Query<Single<std::optional<Instant>>> kLatest{
      "SELECT MAX(last_at) FROM ledger_blocks WHERE last_event_id < :event"};
  const Result<std::optional<Single<std::optional<Instant>>>> row = transaction.one(kLatest, Before{event});
  if (!row) return std::unexpected(row.error());
  return *row ? (*row)->value : std::nullopt;
}

Result<std::vector<RollupRow>> LedgerChainStore::rollups(Transaction& transaction, const RollupRow& after,
                                                         std::int64_t below, std::int64_t limit) {
  static const Query<RollupRow> kRollups{R"sql(
    SELECT bucket, customer_key_id, action_id, status, website_id, events, units, duration_micros
      FROM ledger_hours
     WHERE (bucket, customer_key_id, action_id, status, website_id)
           > (:bucket, :customer_key_id, :action_id, :status, :website_id)
       AND bucket < :below
     ORDER BY bucket, customer_key_id, action_id, status, website_id LIMIT :limit)sql"};
  return transaction.all(kRollups, RollupPage{after, below, limit});
}

Result<void> LedgerChainStore::rollups_since(Transaction& transaction, std::int64_t from,
                                             const std::function<void(const RollupRow&)>& sink) {
  static const Query<RollupRow> kSince{R"sql(
    SELECT bucket, customer_key_id, action_id, status, website_id, events, units, duration_micros
      FROM ledger_hours WHERE bucket >= :from)sql"};
  return transaction.each<RollupRow>(kSince, Since{from}, [&](const RollupRow& row) {
    sink(row);
    return true;
  });
}

Result<std::vector<AllHoursRow>> LedgerChainStore::all_hours(Transaction& transaction, const AllHoursRow& after,
                                                             std::int64_t below, std::int64_t limit) {
  static const Query<AllHoursRow> kPage{R"sql(
    SELECT bucket, action_id, status, website_id, events, units, duration_micros FROM ledger_all_hours
     WHERE (bucket, action_id, status, website_id) > (:bucket, :action_id, :status, :website_id) AND bucket < :below
     ORDER BY bucket, action_id, status, website_id LIMIT :limit)sql"};
  return transaction.all(kPage, AllHoursPage{after, below, limit});
}

Result<void> LedgerChainStore::all_hours_since(Transaction& transaction, std::int64_t from,
                                               const std::function<void(const AllHoursRow&)>& sink) {
  static const Query<AllHoursRow> kSince{R"sql(
    SELECT bucket, action_id, status, website_id, events, units, duration_micros
      FROM ledger_all_hours WHERE bucket >= :from)sql"};
  return transaction.each<AllHoursRow>(kSince, Since{from}, [&](const AllHoursRow& row) {
    sink(row);
    return true;
  });
}

Result<std::vector<DayRow>> LedgerChainStore::days(Transaction& transaction, const DayRow& after, std::int64_t below,
                                                   std::int64_t limit) {
  static const Query<DayRow> kPage{R"sql(
    SELECT day, customer_key_id, action_id, status, events, units FROM ledger_days
     WHERE (day, customer_key_id, action_id, status) > (:day, :customer_key_id, :action_id, :status) AND day < :below
     ORDER BY day, customer_key_id, action_id, status LIMIT :limit)sql"};
  return transaction.all(kPage, DayPage{after, below, limit});
}

Result<void> LedgerChainStore::days_since(Transaction& transaction, std::int64_t from,
                                          const std::function<void(const DayRow&)>& sink) {
  static const Query<DayRow> kSince{R"sql(
    SELECT day, customer_key_id, action_id, status, events, units FROM ledger_days WHERE day >= :from)sql"};
  return transaction.each<DayRow>(kSince, Since{from}, [&](const DayRow& row) {
    sink(row);
    return true;
  });
}

Result<void> LedgerChainStore::totals(Transaction& transaction, const std::function<void(const TotalsRow&)>& sink) {
  static const Query<TotalsRow> kTotals{
      "SELECT customer_key_id, admitted, refused, last_event_id FROM customer_key_totals"};
  return transaction.each<TotalsRow>(kTotals, NoParameters{}, [&](const TotalsRow& row) {
    sink(row);
    return true;
  });
}

}  // namespace keyledger::store
