#include "store/ledger/ledger_retention_store.h"

#include "store/ledger/ledger_chain_store.h"

namespace keyledger::store {
namespace {

struct Asked {
  UsageEventId kept_from{}, counted{};
  Instant cut{};
};
BOOST_DESCRIBE_STRUCT(Asked, (), (kept_from, counted, cut))

struct FoundBlocks {
  std::optional<std::int64_t> first{}, last{};
};
BOOST_DESCRIBE_STRUCT(FoundBlocks, (), (first, last))

struct Events {
  UsageEventId first{}, last{};
};
BOOST_DESCRIBE_STRUCT(Events, (), (first, last))

struct ByBlock {
  std::int64_t block = 0;
};
BOOST_DESCRIBE_STRUCT(ByBlock, (), (block))

struct KeptFrom {
  UsageEventId kept_from{};
};
BOOST_DESCRIBE_STRUCT(KeptFrom, (), (kept_from))

}  // namespace

Result<std::optional<LedgerRetentionStore::Blocks>> LedgerRetentionStore::droppable(Transaction& transaction,
                                                                                    Instant cut) {
  static const Query<FoundBlocks> kBlocks{R"sql(
    SELECT (SELECT id FROM ledger_blocks WHERE first_event_id >= :kept_from ORDER BY id LIMIT 1),
           (SELECT id - 1 FROM ledger_blocks
             WHERE first_event_id >= :kept_from
               AND (last_at >= :cut OR last_event_id > :counted OR id = (SELECT MAX(id) FROM ledger_blocks))
             ORDER BY id LIMIT 1))sql"};
  const Result<LedgerChainStore::State> state = LedgerChainStore::state(transaction);
  if (!state) return std::unexpected(state.error());
  const Result<std::optional<FoundBlocks>> found =
      transaction.one(kBlocks, Asked{state->kept_from, state->rolled_up_to, cut});
  if (!found) return std::unexpected(found.error());
  check_invariant(found->has_value(), "a SELECT without a table has one row");
  const FoundBlocks& blocks = **found;
  if (!blocks.first || !blocks.last || *blocks.last < *blocks.first) return std::nullopt;
  return Blocks{*blocks.first, *blocks.last};
}

Result<std::int64_t> LedgerRetentionStore::drop(Transaction& transaction, std::int64_t block) {
  static const Query<Events> kEvents{"SELECT first_event_id, last_event_id FROM ledger_blocks WHERE id = :block"};
  static const Query<void> kDrop{"DELETE FROM usage_events WHERE id >= :first AND id <= :last"};
  static const Query<void> kKeep{R"sql(
    INSERT INTO ledger_state (name, value) VALUES ('kept_from', :kept_from)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value)sql"};
  const Result<LedgerChainStore::State> state = LedgerChainStore::state(transaction);
  if (!state) return std::unexpected(state.error());
  const Result<std::optional<Events>> events = transaction.one(kEvents, ByBlock{block});
  if (!events) return std::unexpected(events.error());
  if (!*events || (*events)->first != state->kept_from) {
    return fail(Code::conflict, "Only the oldest events of the ledger can be dropped.", "block_not_oldest");
  }
  if ((*events)->last > state->rolled_up_to) {
    return fail(Code::conflict, "Events that are not counted yet are not dropped.", "block_not_counted");
  }
  Result<std::int64_t> dropped = transaction.change(kDrop, **events);
  if (!dropped) return dropped;
  const Result<std::int64_t> kept = transaction.change(kKeep, KeptFrom{UsageEventId{(*events)->last.value + 1}});
  if (!kept) return kept;
  return dropped;
}

}  // namespace keyledger::store
