#include "store/ledger/appender.h"

#include <algorithm>

#include "store/ledger/ledger_chain_store.h"
#include "store/ledger/ledger_days_store.h"

namespace keyledger::store {
namespace {

struct NewBlock {
  std::int64_t first_event_id = 0, last_event_id = 0;
  Instant first_at{}, last_at{};
  Bytes hash{};
};
BOOST_DESCRIBE_STRUCT(NewBlock, (), (first_event_id, last_event_id, first_at, last_at, hash))

struct Key {
  std::int64_t key = 0;
};
BOOST_DESCRIBE_STRUCT(Key, (), (key))

/// Where the closed blocks end.
struct LastBlock {
  std::int64_t last_event_id = 0;
  Bytes hash{};
};
BOOST_DESCRIBE_STRUCT(LastBlock, (), (last_event_id, hash))

struct Newest {
  std::int64_t id = 0;
  std::optional<Instant> block_at{};
};
BOOST_DESCRIBE_STRUCT(Newest, (), (id, block_at))

Result<LastBlock> last_block(Transaction& transaction) {
  static const Query<LastBlock> kLast{"SELECT last_event_id, hash FROM ledger_blocks ORDER BY id DESC LIMIT 1"};
  const Result<std::optional<LastBlock>> found = transaction.one(kLast);
  if (!found) return std::unexpected(found.error());
  return found->value_or(LastBlock{.hash = Bytes(ledger::kNoBlock.begin(), ledger::kNoBlock.end())});
}

Result<Newest> newest(Transaction& transaction) {
  static const Query<Newest> kNewest{R"sql(
    SELECT COALESCE((SELECT MAX(id) FROM usage_events), 0), (SELECT MAX(last_at) FROM ledger_blocks))sql"};
  const Result<std::optional<Newest>> found = transaction.one(kNewest);
  if (!found) return std::unexpected(found.error());
  check_invariant(found->has_value(), "a SELECT without a table has one row");
  return **found;
}

}  // namespace

Appender::Appender(Ledger::ZoneOf zone_of, const LedgerOptions& options)
    : zone_of_(std::move(zone_of)), options_(options), words_(options.words_max), rollups_(options) {}

Result<void> Appender::load(Transaction& transaction) {
  heads_.clear();
  Result<void> loaded = LedgerDaysStore::fill(transaction, zone_of_);
  if (loaded) loaded = load_heads(transaction);
  if (!loaded) return loaded;
  return load_end(transaction);
}

Result<void> Appender::reload(Transaction& transaction) {
  const Result<void> loaded = reload_heads(transaction);
  if (!loaded) return loaded;
  return load_end(transaction);
}

/// By the million, so without a struct for each row.
Result<void> Appender::load_heads(Transaction& transaction) {
  static const Query<Single<std::int64_t>> kCount{"SELECT COUNT(*) FROM customer_key_totals"};
  static const std::string kHeads{"SELECT customer_key_id, last_event_id FROM customer_key_totals"};
  const auto count = transaction.one(kCount);
  if (!count) return std::unexpected(count.error());
  heads_.reserve(static_cast<std::size_t>((*count)->value));
  const Result<std::int64_t> read = transaction.connection().execute(kHeads, {}, [this](const RowView& row) {
    heads_.emplace(row.integer(0), Head{.event = row.integer(1)});
    return true;
  });
  if (!read) return std::unexpected(read.error());
  return {};
}

Result<void> Appender::reload_heads(Transaction& transaction) {
  static const Query<Single<std::int64_t>> kHead{
      "SELECT last_event_id FROM customer_key_totals WHERE customer_key_id = :key"};
  for (const std::int64_t key : batch_keys_) {
    const auto head = transaction.one(kHead, Key{key});
    if (!head) return std::unexpected(head.error());
    heads_[key] = {.event = *head ? (*head)->value : 0};
  }
  return {};
}

/// Where numbers, blocks and rollups end. Heads of events that rollups lack come on top of those that totals know.
Result<void> Appender::load_end(Transaction& transaction) {
  words_.forget();
  rows_.clear();
  const Result<LastBlock> block = last_block(transaction);
  if (!block) return std::unexpected(block.error());
  const Result<Newest> end = newest(transaction);
  if (!end) return std::unexpected(end.error());
  const Result<LedgerChainStore::State> state = LedgerChainStore::state(transaction);
  if (!state) return std::unexpected(state.error());
  crypto::Digest hash{};
  check_invariant(block->hash.size() == hash.size(), "a block's hash has 32 bytes");
  std::copy(block->hash.begin(), block->hash.end(), hash.begin());
  block_.begin(hash);
  last_id_ = std::max({end->id, block->last_event_id, state->counted_up_to().value});  // also where all were dropped
  newest_at_ = end->block_at;
  rollups_.begin(*state);
  const Result<void> loaded = load_open_block(transaction, {block->last_event_id});
  if (!loaded) return loaded;
  return load_uncounted(transaction, *state);
}

/// Hashes the events that no block holds yet.
Result<void> Appender::load_open_block(Transaction& transaction, UsageEventId hashed_up_to) {
  return LedgerChainStore::events(transaction, {hashed_up_to.value + 1}, {last_id_}, [&](const StoredEvent& stored) {
    chain(to_event(stored));
    return true;
  });
}

/// Counts the events that rollups lack. By the hundred thousand, so without their words.
Result<void> Appender::load_uncounted(Transaction& transaction, const LedgerProgress& progress) {
  static const std::string kLater{R"sql(
    SELECT id, at, customer_key_id, action_id, status, website_id, units, duration_micros
      FROM usage_events WHERE id > :id ORDER BY id)sql"};
  const Parameter from{"id", progress.rolled_up_to.value};
  const Result<std::int64_t> read = transaction.connection().execute(kLater, {&from, 1}, [&](const RowView& row) {
    const ledger::Event event{.id = {row.integer(0)},
                              .call = {.at = from_millis(row.integer(1)),
                                       .customer_key_id = {row.integer(2)},
                                       .status = static_cast<ledger::Status>(row.integer(4)),
                                       .website_id = {row.integer(5)},
                                       .units = row.integer(6),
                                       .duration = std::chrono::microseconds{row.integer(7)}}};
    const CustomerKeyId key = event.call.customer_key_id;
    if (event.id <= progress.counted_up_to(key)) return true;
    Head& head = heads_[key.value];
    head.event = event.id.value;
    rollups_.add(head.place, event, row.integer(3), zone_of_(key));
    return true;
  });
  if (!read) return std::unexpected(read.error());
  return {};
}

/// Adds the event to the open block.
void Appender::chain(const ledger::Event& event) {
  const Instant at = event.call.at;
  if (block_.events() == 0) {
    block_first_id_ = event.id.value;
    block_first_at_ = block_last_at_ = at;
  }
  block_first_at_ = std::min(block_first_at_, at);
  block_last_at_ = std::max(block_last_at_, at);
  newest_at_ = std::max(newest_at_.value_or(at), at);
  block_.add(event);
}

Result<WordNumbers> Appender::number_words(Transaction& transaction, const ledger::Call& call) {
  WordNumbers numbers;
  const struct {
    std::string_view word;
    std::int64_t* number;
  } words[] = {{call.action, &numbers.action}, {call.resource, &numbers.resource}, {call.user_agent, &numbers.agent}};
  for (const auto& [word, number] : words) {
    const Result<std::int64_t> known = words_.number_of(transaction, word);
    if (!known) return std::unexpected(known.error());
    *number = *known;
  }
  return numbers;
}

Result<void> Appender::append(Transaction& transaction, const ledger::Call& call) {
  heads_.prefetch(call.customer_key_id.value);
  const Result<WordNumbers> words = number_words(transaction, call);
  if (!words) return std::unexpected(words.error());
  batch_keys_.push_back(call.customer_key_id.value);
  Head& head = heads_[call.customer_key_id.value];
  const ledger::Event event{.id = {last_id_ + 1}, .previous_id = {head.event}, .call = call};
  head.event = ++last_id_;
  rollups_.expect(head.place);
  const Result<void> added = rows_.add(transaction, event, call, *words);
  if (!added) return added;
  rollups_.add(head.place, event, words->action, call.zone ? *call.zone : zone_of_(call.customer_key_id));
  chain(event);
  if (block_.events() < options_.block_events) return {};
  return close_block(transaction);
}

Result<void> Appender::complete(Transaction& transaction) {
  const Result<void> written = rows_.write(transaction);
  if (!written) return written;
  return rollups_.write_due(transaction, batch_keys_.size());
}

Result<void> Appender::close_block(Transaction& transaction) {
  static const Query<void> kInsert{R"sql(
    INSERT INTO ledger_blocks (first_event_id, last_event_id, first_at, last_at, hash)
    VALUES (:first_event_id, :last_event_id, :first_at, :last_at, :hash))sql"};
  if (block_.events() == 0) return {};
  const crypto::Digest hash = block_.finish();
  const Result<std::int64_t> inserted = transaction.change(kInsert, NewBlock{.first_event_id = block_first_id_,
                                                                             .last_event_id = last_id_,
                                                                             .first_at = block_first_at_,
                                                                             .last_at = block_last_at_,
                                                                             .hash = Bytes(hash.begin(), hash.end())});
  if (!inserted) return std::unexpected(inserted.error());
  return {};
}

}  // namespace keyledger::store
