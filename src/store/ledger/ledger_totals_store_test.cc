#include "store/ledger/ledger_totals_store.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "store/contract/temporary_folder.h"
#include "store/sqlite.h"
#include "store/sqlite/migrations.h"

namespace keyledger::store {
namespace {

using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>;  // bucket, action, status, website
using Counts = std::map<Key, std::int64_t>;

constexpr BucketRange kAll{std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};

/// Keys 1 to 6: customer 1 has the first, customer 2 the next two, customer 3 the others; customer 4 has none.
class LedgerTotals : public testing::Test {
 protected:
  void SetUp() override {
    before_ = embedded_migrations().first(6);
    ASSERT_EQ(embedded_migrations()[6].name, "all_hours");
    ASSERT_TRUE(migrate_to(*connection_, file_, before_));
    run(R"sql(
      INSERT INTO customers (id, name, email, email_folded, notes, timezone, created_at, updated_at)
        VALUES (1, 'a', '', '', '', '', 0, 0), (2, 'b', '', '', '', '', 0, 0), (3, 'c', '', '', '', '', 0, 0),
               (4, 'd', '', '', '', '', 0, 0);
      INSERT INTO customer_keys (id, customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, created_at,
                                 updated_at)
        VALUES (1, 1, '', '', '', '', '', '', 0, 0), (2, 2, '', '', '', '', '', '', 0, 0),
               (3, 2, '', '', '', '', '', '', 0, 0), (4, 3, '', '', '', '', '', '', 0, 0),
               (5, 3, '', '', '', '', '', '', 0, 0), (6, 3, '', '', '', '', '', '', 0, 0))sql");
    fill();
    ASSERT_TRUE(migrate_to(*connection_, file_, embedded_migrations()));
  }

  void run(const std::string& sql) { ASSERT_TRUE(connection_->run_script(sql)); }

  /// Hours of six keys, in the middle of which no one called for a day.
  void fill() {
    const auto seed = std::random_device{}();
    RecordProperty("seed", static_cast<int>(seed));
    std::mt19937 random(seed);
    const auto any = [&](std::int64_t from, std::int64_t to) {
      return std::uniform_int_distribution<std::int64_t>{from, to}(random);
    };
    for (int i = 0; i < 400; ++i) {
      const std::int64_t bucket = 1'000 + any(0, 40) * 4 + (i % 2) * 160 + any(0, 1) * 2;
      run(fmt::format("INSERT OR IGNORE INTO ledger_hours VALUES ({}, {}, {}, {}, {}, {}, 1, 1)", bucket, any(1, 6),
                      any(1, 3), any(0, 7), any(0, 2), any(1, 9)));
    }
  }

  /// What a plain sum over ledger_hours gives.
  Counts slowly(const std::string& where, BucketRange range) {
    const Query<CallRow> query{
        fmt::format("SELECT bucket, action_id, status, website_id, events FROM ledger_hours WHERE bucket >= {} AND "
                    "bucket < {} AND {}",
                    range.from, range.to, where)};
    Transaction transaction(*connection_);
    Counts counts;
    const auto rows = transaction.all(query);
    for (const CallRow& row : rows.value()) counts[{row.bucket, row.action, row.status, row.website}] += row.events;
    return counts;
  }

  Counts counted(const CallScope& scope, BucketRange range) {
    Transaction transaction(*connection_);
    Counts counts;
    const auto sums = LedgerTotalsStore::all(transaction, scope, range);
    for (const CallSum& sum : sums.value()) {
      counts[{sum.bucket, sum.action_id, sum.status, sum.website_id.value}] += sum.events;
    }
    return counts;
  }

  struct CallRow {
    std::int64_t bucket = 0, action = 0, status = 0, website = 0, events = 0;
    BOOST_DESCRIBE_CLASS(CallRow, (), (bucket, action, status, website, events), (), ())
  };

  TemporaryFolder folder_{};
  std::filesystem::path file_ = folder_ / "a.db";
  std::unique_ptr<Connection> connection_ = open_sqlite({.file = file_}).value();
  std::span<const Migration> before_{};
};

TEST_F(LedgerTotals, TheMigrationSumsUpWhatIsThere) {
  const Counts all = counted({}, kAll);
  EXPECT_FALSE(all.empty());
  EXPECT_EQ(all, slowly("1 = 1", kAll));
}

TEST_F(LedgerTotals, AreThoseOfTheScopeWhicheverWayTheyAreRead) {
  const struct {
    CallScope scope;
    const char* where;
  } cases[] = {{{}, "1 = 1"},
               {{.websites = {WebsiteId{1}, WebsiteId{2}}}, "website_id IN (1, 2)"},
               {{.key = CustomerKeyId{4}}, "customer_key_id = 4"},
               {{.key = CustomerKeyId{4}, .customer = CustomerId{3}}, "customer_key_id = 4"},
               {{.customer = CustomerId{1}}, "customer_key_id = 1"},
               {{.customer = CustomerId{2}}, "customer_key_id IN (2, 3)"},
               {{.customer = CustomerId{3}, .websites = {WebsiteId{2}}}, "customer_key_id > 3 AND website_id = 2"},
               {{.customer = CustomerId{4}}, "1 = 0"},
               {{.key = CustomerKeyId{99}}, "1 = 0"}};
  // A ledger that is said to be large is asked for each key in turn, a small one is read.
  for (const std::int64_t events : {std::int64_t{0}, std::int64_t{1'000'000'000}}) {
    run(fmt::format("INSERT OR REPLACE INTO ledger_state (name, value) VALUES ('rolled_up_to', {})", events));
    for (const auto& c : cases) {
      SCOPED_TRACE(c.where);
      for (const BucketRange range : {kAll, BucketRange{1'100, 1'200}, BucketRange{1'004, 1'005}, BucketRange{0, 999},
                                      BucketRange{5'000, 9'000}, BucketRange{1'200, 1'100}}) {
        EXPECT_EQ(counted(c.scope, range), slowly(c.where, range)) << range.from;
      }
    }
  }
}

TEST_F(LedgerTotals, OfAnEmptyLedgerAreNone) {
  run("DELETE FROM ledger_hours; DELETE FROM ledger_all_hours");
  for (const CallScope& scope :
       {CallScope{}, CallScope{.key = CustomerKeyId{1}}, CallScope{.customer = CustomerId{1}}}) {
    EXPECT_TRUE(counted(scope, kAll).empty());
  }
}

}  // namespace
}  // namespace keyledger::store
