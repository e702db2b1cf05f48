// The lists of customers and of their keys, in each order, over a ledger with calls in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/customers/customer_keys.h"
#include "service/customers/customers.h"
#include "service/ledger/testing.h"

namespace keyledger::service {
namespace {

using customers::CustomerKeySort;
using customers::CustomerSort;
using ledger::Status;
using ::testing::ElementsAre;
using testing::kStart;
using testing::LedgerWorld;
using testing::run;

using Ids = std::vector<std::int64_t>;

/// Keys 1 to 5 as LedgerWorld has them: customer 1 has keys 1, 2 and 3, customer 2 key 4, customer 3 key 5.
class ListsTest : public ::testing::Test {
 protected:
  ListsTest() {
    world_.script(R"sql(
      UPDATE customer_keys SET name = 'Zeta', created_at = 3 WHERE id = 1;
      UPDATE customer_keys SET name = 'alpha', expires_at = 9000000000000 WHERE id = 2;
      UPDATE customer_keys SET name = 'ALPHA', revoked_at = 5 WHERE id = 3;
      UPDATE customer_keys SET expires_at = 7 WHERE id = 4;
      INSERT INTO customer_key_limits (customer_key_id, metric, period, amount)
        VALUES (1, 'requests', 'day', 100), (4, 'requests', 'day', 10))sql");
    const std::array<std::vector<limits::Limit>, 6> limits{{{},
                                                            {{limits::Metric::requests, limits::Window::day, 100}},
                                                            {},
                                                            {},
                                                            {{limits::Metric::requests, limits::Window::day, 10}},
                                                            {}}};
    for (std::int64_t id = 1; id <= 5; ++id) {
      KeyRecord record{.id = CustomerKeyId{id}, .customer_id = CustomerId{id < 4 ? 1 : id - 2}};
      record.limits = limits[static_cast<std::size_t>(id)];
      table_.put(record);
    }
  }
  /// What the counters of a limit count, the ledger has as well.
  void call(std::int64_t key, std::int64_t times, Instant at = kStart, Status status = Status::success) {
    for (std::int64_t i = 0; i < times; ++i) world_.append({.key = key, .at = at, .status = status});
    if (ledger::admitted(status)) {
      table_.count_before(CustomerKeyId{key}, limits::Metric::requests, limits::Window::day, times, at);
    }
  }
  /// The whole list, joined from pages of `limit`.
  Ids keys(CustomerKeyQuery query, std::int64_t limit = 2) {
    query.page.limit = limit;
    Ids ids;
    for (bool more = true; more;) {
      const auto listed = run(keys_.list(query));
      check_invariant(listed.has_value(), "the test's list can be read");
      for (const CustomerKeyView& key : listed->rows) ids.push_back(key.id.value);
      more = listed->next.has_value();
      query.page.after = listed->next;
    }
    return ids;
  }
  Ids customers(CustomerSort sort, bool descending) {
    CustomerQuery query{.page = {.sort = sort, .descending = descending, .limit = 1}};
    Ids ids;
    for (bool more = true; more;) {
      const auto listed = run(customers_.list(query));
      check_invariant(listed.has_value(), "the test's list can be read");
      for (const CustomerView& customer : listed->rows) ids.push_back(customer.id.value);
      more = listed->next.has_value();
      query.page.after = listed->next;
    }
    return ids;
  }

  LedgerWorld world_{};
  KeyTable table_{&world_.clock, Zone{}};
  LedgerHooks hooks_{.settle = [this] { return world_.ledger->settle(); }};
  CustomerKeys keys_{world_.core(), &table_, {}, hooks_};
  Customers customers_{world_.core(), &table_, hooks_.settle};
};

TEST_F(ListsTest, KeysStandInEachOrderAndPageByPage) {
  const struct {
    CustomerKeySort sort;
    Ids ascending, descending;
  } cases[] = {
      {CustomerKeySort::name, {2, 3, 4, 5, 1}, {1, 5, 4, 2, 3}},      // case does not matter; equal ones by id
      {CustomerKeySort::customer, {1, 2, 3, 4, 5}, {5, 4, 1, 2, 3}},  // Dana, Eli, Fay
      {CustomerKeySort::created_at, {2, 3, 4, 5, 1}, {1, 2, 3, 4, 5}},
      {CustomerKeySort::expires_at, {4, 2, 1, 3, 5}, {2, 4, 1, 3, 5}},  // what never expires comes last either way
      {CustomerKeySort::status, {1, 2, 5, 4, 3}, {3, 4, 1, 2, 5}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(boost::describe::enum_to_string(c.sort, ""));
    for (const std::int64_t limit : {1, 2, 5}) {
      EXPECT_EQ(keys({.page = {.sort = c.sort}}, limit), c.ascending);
      EXPECT_EQ(keys({.page = {.sort = c.sort, .descending = true}}, limit), c.descending);
    }
  }
  EXPECT_EQ(keys({.page = {.descending = true}}), (Ids{5, 4, 3, 2, 1}));
}

TEST_F(ListsTest, UsedTodayCountsLimitedAndUnlimitedKeysAlike) {
  call(1, 2);
  call(2, 3);
  call(2, 4, kStart - std::chrono::hours{24});  // yesterday
  call(3, 5, kStart, Status::rate_limited);     // not admitted
  call(4, 3);
  EXPECT_EQ(keys({.page = {.sort = CustomerKeySort::used_today, .descending = true}}), (Ids{2, 4, 1, 3, 5}));
  EXPECT_EQ(keys({.page = {.sort = CustomerKeySort::used_today}}), (Ids{3, 5, 1, 2, 4}));
  EXPECT_EQ(keys({.page = {.sort = CustomerKeySort::used_today, .descending = true}, .customer_id = CustomerId{1}}),
            (Ids{2, 1, 3}));
  const auto limited = run(keys_.get(CustomerKeyId{1}));
  ASSERT_TRUE(limited) << limited.error().detail;
  EXPECT_EQ(limited->used_today, 2);
  EXPECT_EQ(limited->limit_today, 100);
  EXPECT_EQ(limited->remaining_today, 98);
  const auto unlimited = run(keys_.get(CustomerKeyId{2}));
  EXPECT_EQ(unlimited->used_today, 3);
  EXPECT_EQ(unlimited->limit_today, std::nullopt);
  EXPECT_EQ(unlimited->remaining_today, std::nullopt);
}

TEST_F(ListsTest, ADayOfAnUnlimitedKeyIsThatOfItsCustomersClocks) {
  table_.put(CustomerRecord{.id = CustomerId{1}, .zone = testing::zone("Pacific/Auckland")});
  world_.zones[2] = testing::zone("Pacific/Auckland");
  const Zone zone = testing::zone("Pacific/Auckland");
  const Instant midnight = zone.start_of(zone.day_of(kStart));
  call(2, 3, midnight - std::chrono::minutes{1});
  call(2, 2, midnight);
  EXPECT_EQ(run(keys_.get(CustomerKeyId{2}))->used_today, 2);
  EXPECT_EQ(keys({.page = {.sort = CustomerKeySort::used_today, .descending = true}}).front(), 2);
}

TEST_F(ListsTest, KeysLastUsedComeFirstAndThoseNeverUsedLast) {
  call(4, 1, kStart - std::chrono::hours{2});
  call(2, 1, kStart - std::chrono::hours{1});
  EXPECT_EQ(keys({.page = {.sort = CustomerKeySort::last_used, .descending = true}}), (Ids{2, 4, 1, 3, 5}));
  EXPECT_EQ(keys({.page = {.sort = CustomerKeySort::last_used}}), (Ids{4, 2, 1, 3, 5}));
}

TEST_F(ListsTest, CountsAreOfTheFiltersAndOfAll) {
  const auto listed = run(keys_.list({.page = {.limit = 1}, .search = "alpha"}));
  ASSERT_TRUE(listed) << listed.error().detail;
  EXPECT_EQ(listed->rows.size(), 1U);
  EXPECT_EQ(listed->count, 2);
  EXPECT_EQ(listed->all_count, 5);
  EXPECT_EQ(run(keys_.list({.page = {.counted = false}}))->count, 0);
}

TEST_F(ListsTest, AKeyOfASuspendedCustomerSaysSo) {
  EXPECT_FALSE(run(keys_.get(CustomerKeyId{4}))->customer_suspended);
  world_.script("UPDATE customers SET suspended_at = 5 WHERE id = 2");
  EXPECT_TRUE(run(keys_.get(CustomerKeyId{4}))->customer_suspended);
}

TEST_F(ListsTest, CustomersStandInEachOrder) {
  call(4, 3);
  call(1, 1, kStart - std::chrono::hours{1});
  call(2, 1, kStart - std::chrono::hours{3}, Status::rate_limited);
  EXPECT_EQ(customers(CustomerSort::name, true), (Ids{3, 2, 1}));
  EXPECT_EQ(customers(CustomerSort::email, true), (Ids{1, 2, 3}));  // only one has an e-mail
  EXPECT_EQ(customers(CustomerSort::email, false), (Ids{1, 2, 3}));
  EXPECT_EQ(customers(CustomerSort::created_at, true), (Ids{1, 2, 3}));
  EXPECT_EQ(customers(CustomerSort::keys, true), (Ids{1, 2, 3}));
  EXPECT_EQ(customers(CustomerSort::keys, false), (Ids{2, 3, 1}));
  EXPECT_EQ(customers(CustomerSort::calls, true), (Ids{2, 1, 3}));
  EXPECT_EQ(customers(CustomerSort::calls, false), (Ids{3, 1, 2}));
  EXPECT_EQ(customers(CustomerSort::last_used, true), (Ids{2, 1, 3}));
  EXPECT_EQ(customers(CustomerSort::last_used, false), (Ids{1, 2, 3}));
}

TEST_F(ListsTest, ACustomerHasTheCallsOfThirtyDays) {
  call(1, 2);
  call(2, 1, kStart, Status::key_revoked);
  const Instant first = std::chrono::floor<std::chrono::days>(kStart) - std::chrono::days{29};
  call(1, 1, first);
  call(1, 1, first - std::chrono::milliseconds{1});  // a day too early
  const auto customer = run(customers_.get(CustomerId{1}));
  ASSERT_TRUE(customer) << customer.error().detail;
  EXPECT_EQ(customer->calls, 4);
  EXPECT_EQ(customer->refused, 1);
  EXPECT_EQ(customer->key_count, 3);
  EXPECT_EQ(customer->active_key_count, 2);
  EXPECT_EQ(customer->last_used_at, kStart);
  const auto unused = run(customers_.get(CustomerId{3}));
  EXPECT_EQ(unused->calls, 0);
  EXPECT_EQ(unused->last_used_at, std::nullopt);
  call(1, 5);  // of an hour that still counts: it is seen at once
  EXPECT_EQ(run(customers_.get(CustomerId{1}))->calls, 9);
}

}  // namespace
}  // namespace keyledger::service
