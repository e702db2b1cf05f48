#include "store/ledger/ledger_days_store.h"

#include <gtest/gtest.h>

#include <tuple>

#include "domain/ledger/bucket.h"
#include "store/contract/temporary_folder.h"
#include "store/ledger/appender.h"
#include "store/sqlite.h"
#include "store/sqlite/migrations.h"

namespace keyledger::store {
namespace {

using ledger::Status;
using Found = std::vector<std::tuple<std::string, std::int64_t, std::int64_t>>;  // day, requests, rentals

LocalDay day(std::string_view text) {
  return LocalDay{parse_day(text).value().time_since_epoch()};
}

Instant at(std::string_view text) {
  return parse_rfc3339(text).value();
}

/// Customer 1 has keys 1 and 2 on Auckland's clocks, customer 2 has key 3 on those of Los Angeles.
class LedgerDays : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(embedded_migrations()[10].name, "ledger_days");
    ASSERT_TRUE(migrate_to(*connection_, file_, embedded_migrations().first(10)));
    ASSERT_TRUE(connection_->run_script(R"sql(
      INSERT INTO customers (id, name, email, email_folded, notes, timezone, created_at, updated_at)
        VALUES (1, 'a', '', '', '', '', 0, 0), (2, 'b', '', '', '', '', 0, 0);
      INSERT INTO customer_keys (id, customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, created_at,
                                 updated_at)
        VALUES (1, 1, '', '', '', '', '', '', 0, 0), (2, 1, '', '', '', '', '', '', 0, 0),
               (3, 2, '', '', '', '', '', '', 0, 0))sql"));
  }
  void migrate() { ASSERT_TRUE(migrate_to(*connection_, file_, embedded_migrations())); }

  static Zone zone_of(CustomerKeyId key) {
    return Zone::find(key.value == 3 ? "America/Los_Angeles" : "Pacific/Auckland").value();
  }
  static ledger::Call call(std::int64_t key, std::string_view when, std::string_view action,
                           Status status = Status::success, std::int64_t units = 1) {
    return {.at = at(when), .customer_key_id = {key}, .status = status, .units = units, .action = action};
  }
  void append(const std::vector<ledger::Call>& calls) {
    Appender appender(zone_of, {});
    Transaction transaction(*connection_);
    ASSERT_TRUE(connection_->begin(Access::write));
    ASSERT_TRUE(appender.load(transaction));
    appender.begin();
    for (const ledger::Call& call : calls) ASSERT_TRUE(appender.append(transaction, call));
    ASSERT_TRUE(appender.complete(transaction));
    ASSERT_TRUE(appender.settle(transaction));
    ASSERT_TRUE(connection_->commit());
  }
  static Found to_found(const std::vector<DayUnits>& days) {
    Found found;
    for (const DayUnits& each : days) {
      found.emplace_back(to_string(Day{each.day.time_since_epoch()}), each.requests, each.rentals);
    }
    return found;
  }
  Found of_customer(std::int64_t customer, std::string_view from, std::string_view until) {
    Transaction transaction(*connection_);
    return to_found(LedgerDaysStore::of_customer(transaction, CustomerId{customer}, {day(from), day(until)}).value());
  }

  TemporaryFolder folder_{};
  const std::filesystem::path file_ = folder_.path() / "days.db";
  std::unique_ptr<Connection> connection_ = open_sqlite({.file = file_}).value();
};

TEST_F(LedgerDays, ADayIsThatOfTheCustomersClocks) {
  migrate();
  append({call(1, "2026-11-30T10:59:59.999Z", "check"), call(2, "2026-11-30T11:00:00Z", "check"),
          call(3, "2026-12-01T07:59:59.999Z", "check"), call(3, "2026-12-01T08:00:00Z", "check")});
  EXPECT_EQ(of_customer(1, "2026-11-01", "2027-01-01"), (Found{{"2026-11-30", 1, 0}, {"2026-12-01", 1, 0}}));
  EXPECT_EQ(of_customer(2, "2026-11-01", "2027-01-01"), (Found{{"2026-11-30", 1, 0}, {"2026-12-01", 1, 0}}));
  EXPECT_EQ(of_customer(1, "2026-11-30", "2026-12-01"), (Found{{"2026-11-30", 1, 0}}));
  EXPECT_EQ(of_customer(1, "2026-12-01", "2026-12-01"), Found{});
}

TEST_F(LedgerDays, UnitsOfAdmittedCallsAreRequestsAndSuccessfulRentsRentals) {
  migrate();
  const char* noon = "2026-11-30T00:00:00Z";
  append({call(1, noon, "verify", Status::success, 7), call(1, noon, "verify", Status::error, 2),
          call(1, noon, "verify", Status::rate_limited, 100), call(1, noon, "rent"), call(2, noon, "rent"),
          call(1, noon, "rent", Status::error), call(1, noon, "rent", Status::key_revoked),
          call(1, noon, "repeat", Status::success, 0)});
  EXPECT_EQ(of_customer(1, "2026-11-30", "2026-12-01"), (Found{{"2026-11-30", 12, 2}}));
}

TEST_F(LedgerDays, WhatIsReadForAllIsWhatEachOneHas) {
  migrate();
  append({call(1, "2026-11-29T00:00:00Z", "rent"), call(2, "2026-11-29T00:00:00Z", "rent"),
          call(3, "2026-11-30T00:00:00Z", "check"), call(2, "2026-12-02T00:00:00Z", "rent")});
  std::map<std::pair<std::int64_t, LocalDay>, std::pair<std::int64_t, std::int64_t>> all;
  LocalDay last{};
  Transaction transaction(*connection_);
  ASSERT_TRUE(LedgerDaysStore::each(transaction, {day("2026-11-29"), day("2026-12-02")},
                                    [&](CustomerId customer, const DayUnits& units) {
                                      EXPECT_LE(last, units.day);
                                      last = units.day;
                                      auto& [requests, rentals] = all[{customer.value, units.day}];
                                      requests += units.requests;
                                      rentals += units.rentals;
                                    }));
  EXPECT_EQ(all.size(), 2U);
  EXPECT_EQ((all[{1, day("2026-11-29")}]), std::pair(std::int64_t{2}, std::int64_t{2}));
  EXPECT_EQ((all[{2, day("2026-11-29")}]), std::pair(std::int64_t{1}, std::int64_t{0}));
}

/// A ledger from before there were days, and an event that the rollups did not count yet.
TEST_F(LedgerDays, AnOlderLedgerIsSummedUpOnceAtTheStart) {
  const std::int64_t auckland = ledger::bucket_of(zone_of({1}), at("2026-11-30T10:30:00Z"));
  const std::int64_t angeles = ledger::bucket_of(zone_of({3}), at("2026-12-01T07:30:00Z"));
  const auto run = [&](const std::string& sql) { ASSERT_TRUE(connection_->run_script(sql)); };
  run("INSERT INTO ledger_words (id, word) VALUES (5, 'rent')");
  for (const auto& [bucket, key] : {std::pair{auckland, 1}, {auckland + 4, 2}, {angeles, 3}, {angeles + 4, 3}}) {
    for (const int website : {0, 1}) {
      run("INSERT INTO ledger_hours VALUES (" + std::to_string(bucket) + ", " + std::to_string(key) + ", 5, 0, " +
          std::to_string(website) + ", 3, 4, 0)");
    }
  }
  run("INSERT INTO ledger_state (name, value) VALUES ('rolled_up_to', 24)");
  migrate();
  for (int start = 0; start < 2; ++start) {
    append({call(1, "2026-11-30T10:30:00Z", "check")});
    EXPECT_EQ(of_customer(1, "2026-11-01", "2027-01-01"),
              (Found{{"2026-11-30", 8 + start + 1, 6}, {"2026-12-01", 8, 6}}));
    EXPECT_EQ(of_customer(2, "2026-11-01", "2027-01-01"), (Found{{"2026-11-30", 8, 6}, {"2026-12-01", 8, 6}}));
  }
}

}  // namespace
}  // namespace keyledger::store
