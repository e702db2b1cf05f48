#include "service/customers/customer_keys.h"

#include <gtest/gtest.h>

#include "service/customers/customers.h"
#include "service/testing.h"

namespace keyledger::service {
namespace {

using customers::KeyStatus;
using limits::Metric;
using limits::Window;
using testing::kOwner;
using testing::kStart;
using testing::run;
using testing::World;

constexpr std::chrono::hours kHour{1};

class CustomerKeysTest : public ::testing::Test {
 protected:
  Result<IssuedKey> create(NewCustomerKey key) { return run(keys_.create(kOwner, std::move(key), {})); }
  IssuedKey made(NewCustomerKey key = {.name = "Works"}) {
    Result<IssuedKey> issued = create(std::move(key));
    check_invariant(issued.has_value(), "the test's key is made");
    return std::move(*issued);
  }
  Result<CustomerKeyView> update(CustomerKeyId id, CustomerKeyPatch patch) {
    return run(keys_.update(kOwner, id, std::move(patch)));
  }
  Result<IssuedKey> rotate(CustomerKeyId id, std::chrono::seconds grace) {
    return run(keys_.rotate(kOwner, id, grace, {}));
  }
  Verdict verdict(const Secret& key, std::string_view action = "rent", const char* address = "192.0.2.7") {
    return table_.admit({.key = key.reveal(), .action = action, .address = *IpAddress::parse(address)}).verdict;
  }
  std::size_t listed(CustomerKeyQuery query) { return run(keys_.list(std::move(query)))->rows.size(); }

  World world_{};
  KeyTable table_{&world_.clock, Zone{}};
  CustomerKeys keys_{world_.core(), &table_, {"urt_", "https://keys.example.com"}};
  Customers customers_{world_.core(), &table_};
};

TEST_F(CustomerKeysTest, AKeyIsShownOnceAndWorksAtOnce) {
  const IssuedKey key = made({.name = " Works ", .email = "Ada@Example.com", .notes = "first"});
  EXPECT_TRUE(key.key.reveal().starts_with("urt_"));
  EXPECT_EQ(key.key.size(), 47U);
  EXPECT_NE(key.message.find(key.key.reveal()), std::string::npos);
  EXPECT_NE(key.message.find("https://keys.example.com/docs"), std::string::npos);
  EXPECT_NE(key.message.find("100 requests a day"), std::string::npos);
  EXPECT_EQ(key.info.name, "Works");
  EXPECT_EQ(key.info.customer_name, "Works");
  EXPECT_EQ(key.info.customer_email, "Ada@Example.com");
  EXPECT_EQ(key.info.rate_limit, 100);
  EXPECT_EQ(key.info.status, KeyStatus::active);
  EXPECT_EQ(verdict(key.key), Verdict::valid);
  const Result<CustomerKeyView> read = run(keys_.get(key.info.id));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->hint, key.info.hint);
  ASSERT_EQ(read->standings.size(), 1U);
  EXPECT_EQ(read->standings[0].used, 1);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM customer_key_digests WHERE LENGTH(digest) = 32"), 1);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log WHERE action = 'customer_keys.create'"), 1);
}

TEST_F(CustomerKeysTest, StandingsOfANewKeyAreThoseThatTheTableWillTell) {
  const IssuedKey key = made({.name = "Works",
                              .limits = {{Metric::rentals, Window::at_once, 2},
                                         {Metric::requests, Window::minute, 7},
                                         {Metric::requests, Window::month, 1000}}});
  const Result<CustomerKeyView> read = run(keys_.get(key.info.id));
  ASSERT_EQ(read->standings.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(read->standings[i].window, key.info.standings[i].window);
    EXPECT_EQ(read->standings[i].remaining, key.info.standings[i].remaining);
    EXPECT_EQ(read->standings[i].resets_at, key.info.standings[i].resets_at);
  }
}

TEST_F(CustomerKeysTest, ACustomerIsMadeOrFoundByNameAndEmail) {
  const IssuedKey first = made({.name = "Works", .email = "ada@example.com"});
  EXPECT_EQ(made({.name = "Works", .email = "ADA@example.com"}).info.customer_id, first.info.customer_id);
  EXPECT_NE(made({.name = "Works"}).info.customer_id, first.info.customer_id);
  const IssuedKey given = made({.name = "second key", .customer_id = first.info.customer_id});
  EXPECT_EQ(given.info.customer_name, "Works");
  EXPECT_EQ(made({.name = "third", .email = "Ada@example.com", .customer_id = first.info.customer_id}).info.customer_id,
            first.info.customer_id);
  EXPECT_EQ(run(customers_.get(first.info.customer_id))->key_count, 4);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM customers"), 2);
}

TEST_F(CustomerKeysTest, WhatIsRefusedLeavesNoTrace) {
  const struct {
    NewCustomerKey key;
    const char *reason, *field;
  } cases[] = {
      {{.name = ""}, "missing_name", "name"},
      {{.name = "n", .email = "nobody"}, "malformed_email", "email"},
      {{.name = "n", .customer_id = CustomerId{9}}, "unknown_customer", "customer_id"},
      {{.name = "n", .rate_limit = -1}, "out_of_range", "rate_limit"},
      {{.name = "n", .rate_limit = 5, .limits = {{Metric::requests, Window::day, 6}}},
       "contradicting_limits",
       "rate_limit"},
      {{.name = "n", .limits = {{Metric::requests, Window::day, 0}}}, "out_of_range", "limits[0].amount"},
      {{.name = "n", .expires_at = kStart}, "expires_in_past", "expires_at"},
      {{.name = "n", .allowed_ips = {"10.0.0.0/33"}}, "malformed_cidr", "allowed_ips[0]"},
      {{.name = "n", .allowed_actions = {"Rent"}}, "malformed_action", "allowed_actions[0]"},
      {{.name = "n", .notes = "a\vb"}, "control_characters", "notes"},
      {{.name = "n", .metadata = std::string(4097, ' ')}, "too_long", "metadata"},
  };
  for (const auto& c : cases) {
    const Result<IssuedKey> refused = create(c.key);
    ASSERT_FALSE(refused) << c.field;
    EXPECT_EQ(refused.error().reason, c.reason) << c.field;
    EXPECT_EQ(refused.error().field, c.field);
  }
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM customers"), 0);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM customer_keys"), 0);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log"), 0);
  EXPECT_EQ(table_.keys(), 0U);
  const IssuedKey key = made({.name = "Works", .email = "ada@example.com"});
  EXPECT_EQ(create({.name = "n", .email = "bob@example.com", .customer_id = key.info.customer_id}).error().reason,
            "other_email");
}

TEST_F(CustomerKeysTest, AChangeTakesEffectOnTheNextCall) {
  const IssuedKey key = made({.name = "Works", .rate_limit = 2});
  EXPECT_EQ(verdict(key.key), Verdict::valid);
  EXPECT_EQ(verdict(key.key), Verdict::valid);
  EXPECT_EQ(verdict(key.key), Verdict::limit_exceeded);
  const Result<CustomerKeyView> changed =
      update(key.info.id, {.name = "Works Ltd", .rate_limit = 3, .allowed_actions = {{"rent", "stats"}}});
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->name, "Works Ltd");
  EXPECT_EQ(changed->customer_name, "Works");
  EXPECT_EQ(changed->rate_limit, 3);
  ASSERT_EQ(changed->standings.size(), 1U);
  EXPECT_EQ(changed->standings[0].remaining, 1);  // the count so far stays
  EXPECT_EQ(verdict(key.key, "return"), Verdict::action_not_allowed);
  EXPECT_EQ(verdict(key.key), Verdict::valid);
  EXPECT_EQ(verdict(key.key), Verdict::limit_exceeded);
  ASSERT_TRUE(update(key.info.id, {.rate_limit = 0, .allowed_ips = {{"10.0.0.0/8"}}}));
  EXPECT_EQ(verdict(key.key), Verdict::ip_not_allowed);
  EXPECT_EQ(verdict(key.key, "rent", "10.1.2.3"), Verdict::valid);
  EXPECT_EQ(verdict(key.key, "rent", "10.1.2.3"), Verdict::valid);
}

TEST_F(CustomerKeysTest, AbsentFieldsStayAndInnerNothingTakesAway) {
  const IssuedKey key = made({.name = "Works",
                              .expires_at = kStart + kHour,
                              .allowed_ips = {"10.0.0.0/8"},
                              .allowed_actions = {"rent"},
                              .notes = "n",
                              .metadata = R"({"plan":"gold"})"});
  const Result<CustomerKeyView> same = update(key.info.id, {});
  EXPECT_EQ(same->expires_at, kStart + kHour);
  EXPECT_EQ(same->allowed_ips, std::vector<std::string>{"10.0.0.0/8"});
  EXPECT_EQ(same->allowed_actions, std::vector<std::string>{"rent"});
  EXPECT_EQ(same->notes, "n");
  EXPECT_EQ(same->metadata, R"({"plan":"gold"})");
  const Result<CustomerKeyView> emptied = update(key.info.id, {.notes = "",
                                                               .metadata = "",
                                                               .expires_at = std::optional<Instant>{},
                                                               .allowed_ips = std::vector<std::string>{},
                                                               .allowed_actions = std::vector<std::string>{}});
  ASSERT_TRUE(emptied);
  EXPECT_EQ(emptied->expires_at, std::nullopt);
  EXPECT_TRUE(emptied->allowed_ips.empty() && emptied->allowed_actions.empty());
  EXPECT_TRUE(emptied->notes.empty() && emptied->metadata.empty());
}

TEST_F(CustomerKeysTest, AnExpiryThatPassedCanBeSentBackOrMovedAhead) {
  const IssuedKey key = made({.name = "Works", .expires_at = kStart + kHour});
  EXPECT_EQ(verdict(key.key), Verdict::valid);
  world_.clock.advance(kHour);
  EXPECT_EQ(verdict(key.key), Verdict::key_expired);
  EXPECT_EQ(run(keys_.get(key.info.id))->status, KeyStatus::expired);
  EXPECT_TRUE(update(key.info.id, {.notes = "x", .expires_at = kStart + kHour}));
  EXPECT_EQ(update(key.info.id, {.expires_at = kStart}).error().reason, "expires_in_past");
  EXPECT_EQ(rotate(key.info.id, kHour).error().reason, "already_expired");
  EXPECT_EQ(update(key.info.id, {.expires_at = kStart + 2 * kHour})->status, KeyStatus::active);
  EXPECT_EQ(verdict(key.key), Verdict::valid);
}

TEST_F(CustomerKeysTest, RevokingWorksOnTheNextCallAndTwiceIsNoError) {
  const IssuedKey key = made();
  const Result<CustomerKeyView> revoked = run(keys_.revoke(kOwner, key.info.id));
  ASSERT_TRUE(revoked);
  EXPECT_EQ(revoked->status, KeyStatus::revoked);
  EXPECT_EQ(verdict(key.key), Verdict::key_revoked);
  world_.clock.advance(kHour);
  EXPECT_EQ(run(keys_.revoke(kOwner, key.info.id))->revoked_at, kStart);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log WHERE action = 'customer_keys.revoke'"), 1);
  EXPECT_EQ(update(key.info.id, {.name = "x"}).error().reason, "already_revoked");
  EXPECT_EQ(rotate(key.info.id, kHour).error().reason, "already_revoked");
  EXPECT_EQ(run(keys_.get(key.info.id))->name, "Works");
}

TEST_F(CustomerKeysTest, ARotationKeepsTheKeyAndLetsTheOldTextLiveForAWhile) {
  const IssuedKey first = made({.name = "Works", .rate_limit = 10});
  EXPECT_EQ(verdict(first.key), Verdict::valid);
  const Result<IssuedKey> second = rotate(first.info.id, kHour);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->info.id, first.info.id);
  EXPECT_NE(second->info.hint, first.info.hint);
  EXPECT_EQ(second->info.previous_valid_until, kStart + kHour);
  EXPECT_EQ(second->info.standings[0].used, 1);
  EXPECT_NE(second->message.find("works until"), std::string::npos);
  EXPECT_EQ(verdict(first.key), Verdict::valid);
  EXPECT_EQ(verdict(second->key), Verdict::valid);
  EXPECT_EQ(run(keys_.get(first.info.id))->standings[0].used, 3);  // one count for both texts
  world_.clock.advance(kHour - std::chrono::milliseconds{1});
  EXPECT_EQ(verdict(first.key), Verdict::valid);
  world_.clock.advance(std::chrono::milliseconds{1});
  EXPECT_EQ(verdict(first.key), Verdict::key_expired);
  EXPECT_EQ(verdict(second->key), Verdict::valid);
  EXPECT_EQ(run(keys_.get(first.info.id))->previous_valid_until, std::nullopt);
}

TEST_F(CustomerKeysTest, ARotationEndsOlderTextsAtOnceAndWithoutGraceTheNewestToo) {
  const IssuedKey first = made();
  const Result<IssuedKey> second = rotate(first.info.id, kHour);
  const Result<IssuedKey> third = rotate(first.info.id, kHour);
  EXPECT_EQ(verdict(first.key), Verdict::key_expired);
  EXPECT_EQ(verdict(second->key), Verdict::valid);
  const Result<IssuedKey> fourth = rotate(first.info.id, std::chrono::seconds{0});
  EXPECT_EQ(verdict(second->key), Verdict::key_expired);
  EXPECT_EQ(verdict(third->key), Verdict::key_expired);
  EXPECT_EQ(verdict(fourth->key), Verdict::valid);
  EXPECT_EQ(fourth->info.previous_valid_until, std::nullopt);
  EXPECT_EQ(rotate(first.info.id, std::chrono::seconds{-1}).error().reason, "out_of_range");
  EXPECT_EQ(rotate(CustomerKeyId{99}, kHour).error().reason, "unknown_customer_key");
}

TEST_F(CustomerKeysTest, RetiredTextsAreForgottenAfterNinetyDays) {
  const IssuedKey first = made();
  const Result<IssuedKey> second = rotate(first.info.id, std::chrono::seconds{0});
  world_.clock.advance(CustomerKeys::kRetiredKept);
  EXPECT_EQ(run(keys_.forget_retired()), 0);
  EXPECT_EQ(verdict(first.key), Verdict::key_expired);
  world_.clock.advance(std::chrono::milliseconds{1});
  EXPECT_EQ(run(keys_.forget_retired()), 1);
  EXPECT_EQ(verdict(first.key), Verdict::unknown_key);
  EXPECT_EQ(verdict(second->key), Verdict::valid);
}

TEST_F(CustomerKeysTest, HasAtMostSixteenTexts) {
  const IssuedKey first = made();
  for (std::size_t i = 0; i + 1 < CustomerKeys::kDigestsMax; ++i) {
    world_.clock.advance(std::chrono::milliseconds{1});
    ASSERT_TRUE(rotate(first.info.id, kHour));
  }
  EXPECT_EQ(verdict(first.key), Verdict::key_expired);
  world_.clock.advance(std::chrono::milliseconds{1});
  ASSERT_TRUE(rotate(first.info.id, kHour));
  EXPECT_EQ(verdict(first.key), Verdict::unknown_key);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM customer_key_digests"), 16);
}

TEST_F(CustomerKeysTest, PagesSearchAndFilters) {
  const IssuedKey works = made({.name = "Works", .email = "ada@example.com", .notes = "gold_plan"});
  const IssuedKey ends = made({.name = "Others", .expires_at = kStart + kHour});
  const IssuedKey gone = made({.name = "Gone 100%", .customer_id = works.info.customer_id});
  ASSERT_TRUE(run(keys_.revoke(kOwner, gone.info.id)));
  EXPECT_EQ(listed({.page = {.limit = 2}}), 2U);
  EXPECT_EQ(listed({.page = {.after = ListPlace{.id = ends.info.id.value}}}), 1U);
  EXPECT_EQ(listed({.customer_id = works.info.customer_id}), 2U);
  EXPECT_EQ(listed({.search = "WORKS"}), 2U);  // its name, and the customer's of another
  EXPECT_EQ(listed({.search = "Ada@"}), 2U);
  EXPECT_EQ(listed({.search = "gold_"}), 1U);
  EXPECT_EQ(listed({.search = "%"}), 1U);
  EXPECT_EQ(listed({.search = ends.info.hint}), 1U);
  EXPECT_EQ(listed({.status = KeyStatus::active}), 2U);
  EXPECT_EQ(listed({.status = KeyStatus::revoked}), 1U);
  EXPECT_EQ(listed({.status = KeyStatus::expired}), 0U);
  world_.clock.advance(kHour);
  EXPECT_EQ(listed({.status = KeyStatus::active}), 1U);
  EXPECT_EQ(listed({.status = KeyStatus::expired}), 1U);
  EXPECT_EQ(run(keys_.get(CustomerKeyId{99})).error().reason, "unknown_customer_key");
}

TEST_F(CustomerKeysTest, ARepeatedRequestGetsTheFirstAnswerWithTheKey) {
  const Once<IssuedKey> once{OnceTicket{"test", "key", "digest"}, [](const IssuedKey& issued) {
                               return StoredAnswer{201, std::string{issued.key.reveal()}};
                             }};
  const Result<IssuedKey> key = run(keys_.create(kOwner, {.name = "Works"}, once));
  ASSERT_TRUE(key);
  Idempotency idempotency(world_.core());
  const Result<std::optional<StoredAnswer>> first = run(idempotency.begin(*once.ticket));
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->body, key->key.reveal());
}

runtime::Task<Result<void>> settle_and_count(int* count) {
  ++*count;
  co_return Result<void>{};
}

TEST_F(CustomerKeysTest, TheLedgerIsSettledBeforeTotalsAreShown) {
  int settled = 0;
  int refreshed = 0;
  CustomerKeys keys(world_.core(), &table_, {"urt_", "http://x"},
                    {[&settled] { return settle_and_count(&settled); },
                     [&refreshed](CustomerKeyId) { return settle_and_count(&refreshed); }});
  const Result<IssuedKey> key = run(keys.create(kOwner, {.name = "Works"}, {}));
  EXPECT_EQ(settled, 0);  // there is nothing to count yet
  ASSERT_TRUE(run(keys.get(key->info.id)));
  ASSERT_TRUE(run(keys.list({})));
  EXPECT_EQ(settled, 2);
  EXPECT_EQ(refreshed, 0);
  ASSERT_TRUE(run(keys.update(kOwner, key->info.id, {.rate_limit = 7})));
  EXPECT_EQ(refreshed, 1);
}

}  // namespace
}  // namespace keyledger::service
