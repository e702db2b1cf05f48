#include "service/customers/customers.h"

#include <gtest/gtest.h>

#include "service/customers/customer_keys.h"
#include "service/testing.h"

namespace keyledger::service {
namespace {

using testing::kOwner;
using testing::run;
using testing::World;

class CustomersTest : public ::testing::Test {
 protected:
  Result<CustomerView> create(std::string name, std::string email = {}) {
    return run(customers_.create(kOwner, {std::move(name), std::move(email), "pays in spring", {}}, {}));
  }
  Result<CustomerView> update(CustomerId id, CustomerPatch patch) {
    return run(customers_.update(kOwner, id, std::move(patch)));
  }
  World world_{};
  KeyTable table_{&world_.clock, Zone{}};
  Customers customers_{world_.core(), &table_};
  CustomerKeys keys_{world_.core(), &table_, {"urt_", "http://127.0.0.1:5000"}};
};

TEST_F(CustomersTest, ACustomerIsStoredReadChangedAndDeleted) {
  const Result<CustomerView> made = create("  Works Ltd ", " Ada@Example.com");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->name, "Works Ltd");
  EXPECT_EQ(made->email, "Ada@Example.com");
  EXPECT_EQ(made->key_count, 0);
  world_.clock.advance(std::chrono::seconds{5});
  const Result<CustomerView> changed = update(made->id, {.email = "", .timezone = "Europe/Berlin"});
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->name, "Works Ltd");
  EXPECT_EQ(changed->email, "");
  EXPECT_EQ(changed->notes, "pays in spring");
  EXPECT_EQ(changed->timezone, "Europe/Berlin");
  EXPECT_EQ(changed->created_at + std::chrono::seconds{5}, changed->updated_at);
  EXPECT_TRUE(run(customers_.remove(kOwner, made->id)));
  EXPECT_EQ(run(customers_.get(made->id)).error().reason, "unknown_customer");
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log WHERE action LIKE 'customers.%'"), 3);
}

TEST_F(CustomersTest, NameAndEmailTogetherAreTaken) {
  ASSERT_TRUE(create("Works", "ada@example.com"));
  EXPECT_TRUE(create("Works", "bob@example.com"));
  EXPECT_TRUE(create("Works"));
  EXPECT_TRUE(create("Others", "ada@example.com"));
  for (const Result<CustomerView>& twin : {create("Works", "ADA@example.com"), create("Works")}) {
    ASSERT_FALSE(twin);
    EXPECT_EQ(twin.error().reason, "duplicate_customer");
    EXPECT_EQ(twin.error().field, "name");
  }
  EXPECT_EQ(update(CustomerId{2}, {.email = "ada@example.com"}).error().reason, "duplicate_customer");
}

TEST_F(CustomersTest, WhatIsRefusedLeavesNoTrace) {
  const struct {
    NewCustomer customer;
    const char *reason, *field;
  } cases[] = {
      {{"", "", "", ""}, "missing_name", "name"},
      {{std::string(201, 'n'), "", "", ""}, "too_long", "name"},
      {{"n", "nobody", "", ""}, "malformed_email", "email"},
      {{"n", "", "a\vb", ""}, "control_characters", "notes"},
      {{"n", "", "", "Europe/Atlantis"}, "unknown_timezone", "timezone"},
  };
  for (const auto& c : cases) {
    const Result<CustomerView> refused = run(customers_.create(kOwner, c.customer, {}));
    ASSERT_FALSE(refused) << c.reason;
    EXPECT_EQ(refused.error().reason, c.reason);
    EXPECT_EQ(refused.error().field, c.field);
  }
  EXPECT_EQ(update(CustomerId{7}, {.name = "x"}).error().reason, "unknown_customer");
  EXPECT_EQ(run(customers_.remove(kOwner, CustomerId{7})).error().reason, "unknown_customer");
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM customers"), 0);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log"), 0);
}

TEST_F(CustomersTest, PagesAreInTheOrderOfIdsAndSearchedWithoutCase) {
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(create("Customer " + std::to_string(i), "p_" + std::to_string(i) + "@x.example"));
  const auto first = run(customers_.list({.page = {.limit = 2}}));
  ASSERT_EQ(first->rows.size(), 2U);
  EXPECT_EQ(first->count, 5);
  ASSERT_TRUE(first->next);
  EXPECT_EQ(run(customers_.list({.page = {.after = first->next}}))->rows.size(), 3U);
  EXPECT_EQ(run(customers_.list({.search = "CUSTOMER 3"}))->count, 1);
  EXPECT_EQ(run(customers_.list({.search = "P_4@X"}))->count, 1);
  EXPECT_EQ(run(customers_.list({.search = "spring"}))->count, 5);
  EXPECT_EQ(run(customers_.list({.search = "%"}))->count, 0);  // no wildcard
}

TEST_F(CustomersTest, WithKeysACustomerIsSuspendedNotDeleted) {
  const Result<CustomerView> customer = create("Works");
  const Result<IssuedKey> key = run(keys_.create(kOwner, {.name = "k", .customer_id = customer->id}, {}));
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(run(customers_.remove(kOwner, customer->id)).error().reason, "customer_has_keys");
  const auto verdict = [&] { return table_.look({.key = key->key.reveal(), .action = "rent"}).verdict; };
  EXPECT_EQ(verdict(), Verdict::valid);
  const Result<CustomerView> suspended = update(customer->id, {.suspended = true});
  EXPECT_EQ(suspended->suspended_at, world_.clock.now());
  EXPECT_EQ(suspended->key_count, 1);
  EXPECT_EQ(verdict(), Verdict::customer_suspended);
  world_.clock.advance(std::chrono::hours{1});
  EXPECT_EQ(update(customer->id, {.suspended = true})->suspended_at, suspended->suspended_at);  // the first time stays
  EXPECT_EQ(update(customer->id, {.name = "Works Ltd"})->suspended_at, suspended->suspended_at);
  EXPECT_EQ(update(customer->id, {.suspended = false})->suspended_at, std::nullopt);
  EXPECT_EQ(verdict(), Verdict::valid);
}

TEST_F(CustomersTest, ARepeatedRequestMakesOneCustomer) {
  const Once<CustomerView> once{OnceTicket{"test", "key", "digest"}, [](const CustomerView& made) {
                                  return StoredAnswer{201, made.name};
                                }};
  ASSERT_TRUE(run(customers_.create(kOwner, {"Works", "", "", ""}, once)));
  Idempotency idempotency(world_.core());
  const Result<std::optional<StoredAnswer>> first = run(idempotency.begin(*once.ticket));
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->body, "Works");
}

}  // namespace
}  // namespace keyledger::service
