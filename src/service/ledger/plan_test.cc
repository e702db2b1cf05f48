// That nothing here reads through the events, the hours of all keys, or the rentals, however many there are: every
// statement is shown to the engine's planner.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <set>

#include "service/ledger/activity_walk.h"
#include "service/ledger/testing.h"
#include "service/ledger/verification.h"
#include "store/ledger/activity_store.h"
#include "store/ledger/ledger_report_store.h"
#include "store/ledger/ledger_retention_store.h"
#include "store/ledger/ledger_totals_store.h"
#include "store/rental_report_store.h"
#include "store/rental_sheet_store.h"
#include "store/rental_store.h"
#include "store/sqlite.h"

namespace keyledger::service {
namespace {

using store::Connection;
using store::Parameter;
using store::RowSink;
using store::RowView;
using store::Transaction;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using testing::kStart;
using testing::LedgerWorld;
using ::testing::Not;
using ::testing::StartsWith;

/// Asks for the plan of each statement before it runs.
class PlanningConnection final : public Connection {
 public:
  explicit PlanningConnection(std::unique_ptr<Connection> inner) : inner_(std::move(inner)) {}

  Result<std::int64_t> execute(const std::string& sql, std::span<const Parameter> parameters,
                               const RowSink& sink) override {
    const std::string& question = questions_.emplace_back("EXPLAIN QUERY PLAN " + sql);
    const Result<std::int64_t> planned = inner_->execute(question, parameters, [this](const RowView& row) {
      steps_.insert(std::string{row.text(3)});
      return true;
    });
    if (!planned) return planned;
    return inner_->execute(sql, parameters, sink);
  }
  Result<void> insert_rows(const store::BulkInsert& insert, std::span<const store::RawValue> values) override {
    return inner_->insert_rows(insert, values);
  }
  Result<void> run_script(std::string_view script) override { return inner_->run_script(script); }
  Result<void> begin(store::Access access) override { return inner_->begin(access); }
  Result<void> commit() override { return inner_->commit(); }
  Result<void> rollback() override { return inner_->rollback(); }
  Result<void> savepoint() override { return inner_->savepoint(); }
  Result<void> release_savepoint() override { return inner_->release_savepoint(); }
  Result<void> rollback_to_savepoint() override { return inner_->rollback_to_savepoint(); }
  Result<void> verify() override { return inner_->verify(); }

  [[nodiscard]] const std::set<std::string>& steps() const { return steps_; }

 private:
  std::unique_ptr<Connection> inner_;
  std::deque<std::string> questions_{};  // prepared statements are kept by the address of the text
  std::set<std::string> steps_{};
};

struct LedgerPlans : ::testing::Test {
  LedgerPlans() {
    std::vector<testing::Sample> samples;
    for (int i = 0; i < 40; ++i) {
      samples.push_back({.key = 1 + i % 4, .at = kStart + std::chrono::hours{i}, .action = "rent", .website = 1});
    }
    world_.append(samples);
    check_invariant(world_.ledger->settle_blocking().has_value(), "the rollups are brought up");
    auto opened = store::open_sqlite({.file = world_.folder.path() / "keyledger.db"});
    check_invariant(opened.has_value(), "the test's database opens");
    connection_.emplace(std::move(*opened));
  }

  /// Runs it in a transaction of its own, which is given up.
  template <typename Act>
  void plan(Act act) {
    ASSERT_TRUE(connection_->begin(store::Access::write));
    Transaction transaction(*connection_);
    const auto done = act(transaction);
    EXPECT_TRUE(done) << done.error().message << done.error().detail;
    ASSERT_TRUE(connection_->rollback());
  }
  /// `e` and `h` are what some statements call the tables of events and of hours.
  void expect_seeks() {
    ASSERT_FALSE(connection_->steps().empty());
    EXPECT_THAT(connection_->steps(), Each(Not(AnyOf(StartsWith("SCAN usage_events"), "SCAN e", StartsWith("SCAN e "),
                                                     StartsWith("SCAN rentals"), StartsWith("SCAN ledger_hours"),
                                                     "SCAN h", StartsWith("SCAN h ")))));
  }

  LedgerWorld world_{store::LedgerOptions{.block_events = 4}};
  std::optional<PlanningConnection> connection_{};
};

TEST_F(LedgerPlans, ActivitySeeks) {
  const ActivityCursor all{.before = UsageEventId{30}};
  const ActivityCursor of_key{.before = UsageEventId{30}, .heads = {{CustomerKeyId{1}, UsageEventId{29}}}};
  for (const ActivityQuery& query :
       {ActivityQuery{}, ActivityQuery{.cursor = all}, ActivityQuery{.key_id = CustomerKeyId{1}},
        ActivityQuery{.cursor = of_key, .key_id = CustomerKeyId{1}}, ActivityQuery{.customer_id = CustomerId{1}},
        ActivityQuery{.action = "rent", .website = "example.com", .status = ledger::Status::success},
        ActivityQuery{.from = kStart, .to = kStart + std::chrono::hours{20}}}) {
    plan([&](Transaction& transaction) { return walk_activity(transaction, query); });
  }
  plan([](Transaction& transaction) { return store::ActivityStore::line(transaction, UsageEventId{7}); });
  expect_seeks();
  EXPECT_THAT(connection_->steps(), Contains("SEARCH usage_events USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"))
      << "the plans are those of the statements";
}

TEST_F(LedgerPlans, StatsOfAKeySeek) {
  for (const std::optional<CustomerKeyId>& key : {std::optional<CustomerKeyId>{}, std::optional{CustomerKeyId{1}}}) {
    plan([&](Transaction& transaction) {
      return store::LedgerTotalsStore::each(transaction, {.key = key}, {0, 3'000'000}, [](const store::CallSum&) {});
    });
  }
  plan([&](Transaction& transaction) {
    const store::RentalReportStore::Scope scope{
        .from = kStart, .to = kStart + std::chrono::hours{50}, .key = CustomerKeyId{1}};
    return store::RentalReportStore::each(transaction, scope, [](const store::RentalFact&) {});
  });
  plan([](Transaction& transaction) { return store::LedgerReportStore::figures(transaction); });
  expect_seeks();
}

/// What a start and the upkeep ask for goes through what is open now, by an index over that alone.
TEST_F(LedgerPlans, OpenRentalsAreFoundAmongThemselves) {
  using store::RentalSheetStore;
  using store::RentalStore;
  plan([](Transaction& transaction) { return RentalStore::open_by_key(transaction); });
  plan([](Transaction& transaction) { return RentalStore::next_expiry(transaction, {}); });
  plan([](Transaction& transaction) { return RentalStore::due(transaction, kStart, {}, 5); });
  plan([](Transaction& transaction) { return RentalSheetStore::unpacked(transaction); });
  plan([](Transaction& transaction) { return RentalSheetStore::drop(transaction, RentalId{7}); });
  EXPECT_THAT(connection_->steps(), Contains("SCAN rentals USING INDEX rentals_due"));
  EXPECT_THAT(connection_->steps(),
              Each(AnyOf("SCAN rentals USING INDEX rentals_due", Not(StartsWith("SCAN rentals")))));
}

TEST_F(LedgerPlans, VerifyingAndDroppingSeek) {
  Verification verification(7, kStart + std::chrono::hours{50});
  for (bool more = true; more;) {
    plan([&](Transaction& transaction) {
      const Result<bool> stepped = verification.step(transaction);
      more = stepped && *stepped;
      return stepped;
    });
  }
  EXPECT_TRUE(verification.result().whole);
  plan([](Transaction& transaction) {
    return store::LedgerRetentionStore::droppable(transaction, kStart + std::chrono::hours{50});
  });
  plan([](Transaction& transaction) { return store::LedgerRetentionStore::drop(transaction, 1); });
  expect_seeks();
}

}  // namespace
}  // namespace keyledger::service
