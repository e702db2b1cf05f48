// store/contract/ledger_fixture.h: a ledger on an engine of its own, and a slow, obvious check that it is whole.
#pragma once

#include <map>
#include <tuple>

#include "domain/ledger/bucket.h"
#include "domain/ledger/chain.h"
#include "store/ledger/ledger.h"
#include "store/ledger/ledger_chain_store.h"
#include "store/writer_testing.h"

namespace keyledger::store {

/// Everything that the ledger has stored.
struct LedgerContents {
  std::vector<StoredEvent> events{};
  std::vector<StoredBlock> blocks{};
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>,
           std::tuple<std::int64_t, std::int64_t, std::int64_t>>
      hours{};  // by the primary key
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>,
           std::tuple<std::int64_t, std::int64_t, std::int64_t>>
      all_hours{};  // by the primary key
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>, std::pair<std::int64_t, std::int64_t>>
      days{};                                                                             // by the primary key
  std::map<std::int64_t, std::tuple<std::int64_t, std::int64_t, std::int64_t>> totals{};  // admitted, refused, last
  LedgerProgress progress{};
};

inline constexpr Instant kLedgerStart = from_millis(1'795'000'000'000);

inline runtime::Task<> append_and_note(Ledger* ledger, ledger::Call call, std::vector<Result<void>>* results) {
  Result<void> result = co_await ledger->append(call);
  results->push_back(std::move(result));
}

inline runtime::Task<> settle_and_note(Ledger* ledger, std::vector<Result<void>>* results) {
  Result<void> result = co_await ledger->settle();
  results->push_back(std::move(result));
}

inline runtime::Task<> close_and_note(Ledger* ledger, std::vector<Result<void>>* results) {
  Result<void> result = co_await ledger->close_block();
  results->push_back(std::move(result));
}

class LedgerContract : public testing::TestWithParam<EngineFactory> {
 protected:
  void SetUp() override {
    engine_ = GetParam()();
    ASSERT_TRUE(engine_->migrate());
    open();
  }
  void TearDown() override { close(); }

  void open(LedgerOptions options = {}) {
    writer_ = std::make_unique<Writer>([this]() -> Result<std::unique_ptr<Connection>> {
      Result<std::unique_ptr<Connection>> inner = engine_->writing()();
      if (!inner) return inner;
      return std::make_unique<ObedientConnection>(std::move(*inner), &orders_);
    });
    Result<std::unique_ptr<Ledger>> opened = Ledger::open(writer_.get(), zone_of_, options);
    ASSERT_TRUE(opened) << opened.error().message << opened.error().detail;
    ledger_ = std::move(*opened);
  }
  void close() {
    ledger_.reset();
    writer_.reset();
  }
  /// What a crash leaves is what was committed: nothing is settled on the way out.
  void reopen(LedgerOptions options = {}) {
    close();
    open(options);
  }

  static ledger::Call call(std::int64_t key, std::string_view action = "verify") {
    return {.at = kLedgerStart, .customer_key_id = {key}, .http_status = 200, .action = action};
  }
  static ledger::OwnedCall owned(std::int64_t key, std::string action) {
    return {.call = call(key), .action = std::move(action)};
  }

  void start(const ledger::Call& call) {
    runtime::spawn(context_.get_executor(), append_and_note(ledger_.get(), call, &results_), "append");
    context_.restart();
    context_.poll();
  }
  /// What the started calls have come to.
  std::vector<Result<void>> outcomes() {
    context_.restart();
    context_.run();
    return std::exchange(results_, {});
  }
  std::vector<Result<void>> append_each(const std::vector<ledger::Call>& calls) {
    std::vector<Result<void>> all;
    for (const ledger::Call& call : calls) {
      start(call);
      for (Result<void>& outcome : outcomes()) all.push_back(std::move(outcome));
    }
    return all;
  }
  /// In one commit.
  std::vector<Result<void>> append_together(const std::vector<ledger::Call>& calls) {
    Blocker blocker(*writer_);
    for (const ledger::Call& call : calls) start(call);
    blocker.release();
    return outcomes();
  }
  Result<void> settle() {
    runtime::spawn(context_.get_executor(), settle_and_note(ledger_.get(), &results_), "settle");
    return outcomes().at(0);
  }
  Result<void> close_block() {
    runtime::spawn(context_.get_executor(), close_and_note(ledger_.get(), &results_), "close");
    return outcomes().at(0);
  }

  LedgerContents contents() {
    const std::unique_ptr<Connection> connection = engine_->reading()().value();
    Transaction transaction(*connection);
    LedgerContents found;
    const Result<void> events =
        LedgerChainStore::events(transaction, {1}, {std::numeric_limits<std::int64_t>::max()}, [&](StoredEvent event) {
          found.events.push_back(std::move(event));
          return true;
        });
    EXPECT_TRUE(events);
    found.blocks = LedgerChainStore::blocks(transaction, 0, 1'000'000).value();
    EXPECT_TRUE(LedgerChainStore::rollups_since(
        transaction, std::numeric_limits<std::int64_t>::min(), [&](const RollupRow& row) {
          found.hours[{row.bucket, row.customer_key_id.value, row.action_id, row.status, row.website_id.value}] = {
              row.events, row.units, row.duration_micros};
        }));
    EXPECT_TRUE(LedgerChainStore::all_hours_since(
        transaction, std::numeric_limits<std::int64_t>::min(), [&](const AllHoursRow& row) {
          found.all_hours[{row.bucket, row.action_id, row.status, row.website_id.value}] = {row.events, row.units,
                                                                                            row.duration_micros};
        }));
    EXPECT_TRUE(
        LedgerChainStore::days_since(transaction, std::numeric_limits<std::int64_t>::min(), [&](const DayRow& row) {
          found.days[{row.day, row.customer_key_id.value, row.action_id, row.status}] = {row.events, row.units};
        }));
    EXPECT_TRUE(LedgerChainStore::totals(transaction, [&](const TotalsRow& row) {
      found.totals[row.customer_key_id.value] = {row.admitted, row.refused, row.last_event_id.value};
    }));
    found.progress = LedgerChainStore::state(transaction).value();
    return found;
  }

  static ledger::Event event_of(const StoredEvent& stored) {
    std::array<std::uint8_t, 16> address{};
    if (stored.address.size() == 4) address[10] = address[11] = 0xff;
    std::copy(stored.address.rbegin(), stored.address.rend(), address.rbegin());
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
                     .address = IpAddress(address),
                     .action = stored.action,
                     .resource = stored.resource,
                     .user_agent = stored.user_agent}};
  }

  /// No gap, each event chained to its key's one before, each block's hash right, and rollups as a recount gives them.
  void expect_whole(std::size_t events) {
    const LedgerContents found = contents();
    ASSERT_EQ(found.events.size(), events);
    expect_numbered_and_chained(found);
    expect_blocks_hashed(found);
    expect_counted(found);
  }

  static void expect_numbered_and_chained(const LedgerContents& found) {
    std::map<std::int64_t, std::int64_t> heads;
    std::int64_t id = 0;
    for (const StoredEvent& event : found.events) {
      ASSERT_EQ(event.id.value, ++id);
      ASSERT_EQ(event.previous_id.value, heads[event.customer_key_id.value]);
      heads[event.customer_key_id.value] = id;
    }
  }

  static void expect_blocks_hashed(const LedgerContents& found) {
    ledger::BlockHasher hasher;
    std::size_t next = 0;
    for (const StoredBlock& block : found.blocks) {
      ASSERT_EQ(block.first_event_id.value, static_cast<std::int64_t>(next) + 1);
      Instant first_at = Instant::max(), last_at = Instant::min();
      for (; next < static_cast<std::size_t>(block.last_event_id.value); ++next) {
        hasher.add(event_of(found.events.at(next)));
        first_at = std::min(first_at, found.events[next].at);
        last_at = std::max(last_at, found.events[next].at);
      }
      const crypto::Digest hash = hasher.finish();
      ASSERT_EQ(block.hash, Bytes(hash.begin(), hash.end()));
      EXPECT_EQ(block.first_at, first_at);
      EXPECT_EQ(block.last_at, last_at);
    }
  }

  void expect_counted(const LedgerContents& found) const {
    LedgerContents counted;
    for (const StoredEvent& event : found.events) {
      if (event.id > found.progress.counted_up_to(event.customer_key_id)) continue;
      const std::int64_t bucket = ledger::bucket_of(zone_of_(event.customer_key_id), event.at);
      auto& [events, units, micros] =
          counted.hours[{bucket, event.customer_key_id.value, event.action_id, event.status, event.website_id.value}];
      ++events;
      units += event.units;
      micros += event.duration_micros;
      auto& [all_events, all_units, all_micros] =
          counted.all_hours[{bucket, event.action_id, event.status, event.website_id.value}];
      ++all_events;
      all_units += event.units;
      all_micros += event.duration_micros;
      const std::int64_t day = zone_of_(event.customer_key_id).day_of(event.at).time_since_epoch().count();
      auto& [day_events, day_units] = counted.days[{day, event.customer_key_id.value, event.action_id, event.status}];
      ++day_events;
      day_units += event.units;
      auto& [admitted, refused, last] = counted.totals[event.customer_key_id.value];
      ++(ledger::admitted(static_cast<ledger::Status>(event.status)) ? admitted : refused);
      last = event.id.value;
    }
    EXPECT_TRUE(found.hours == counted.hours);  // too many to print
    EXPECT_TRUE(found.all_hours == counted.all_hours);
    EXPECT_TRUE(found.days == counted.days);
    EXPECT_TRUE(found.totals == counted.totals);
  }

  Ledger::ZoneOf zone_of_ = [](CustomerKeyId) { return Zone{}; };
  boost::asio::io_context context_{};  // outlives the writer
  std::unique_ptr<Engine> engine_{};
  Orders orders_{};
  std::vector<Result<void>> results_{};
  std::unique_ptr<Writer> writer_{};
  std::unique_ptr<Ledger> ledger_{};
};

}  // namespace keyledger::store
