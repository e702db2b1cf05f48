#include "service/ledger/activity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "service/ledger/activity_walk.h"
#include "service/ledger/testing.h"

namespace keyledger::service {
namespace {

using ledger::Status;
using testing::at;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using testing::kStart;
using testing::LedgerWorld;
using testing::run;
using testing::Sample;

constexpr store::LedgerOptions kSmallBlocks{.block_events = 16};

std::vector<std::int64_t> ids_of(const ActivityPage& page) {
  std::vector<std::int64_t> ids;
  for (const ActivityLine& line : page.lines) ids.push_back(line.id.value);
  return ids;
}

/// Every page of a query, one after the other.
std::vector<std::int64_t> all_ids(LedgerWorld& world, ActivityQuery query) {
  std::vector<std::int64_t> ids;
  for (;;) {
    Result<ActivityPage> page = run(world.activity().list(query));
    check_invariant(page.has_value(), "the page can be read");
    for (const std::int64_t id : ids_of(*page)) ids.push_back(id);
    if (!page->next) return ids;
    query.cursor = std::move(page->next);
  }
}

/// While rollups are being written, the chains of some of a customer's keys are known further than those of others.
TEST(Activity, KeysWhoseChainsAreKnownFurtherWaitForTheOthers) {
  LedgerWorld world(store::LedgerOptions{.rollup_events_max = 9, .slice_min = 1});
  for (int i = 0; i < 9; ++i) world.append({.key = 1 + i % 3, .at = kStart + std::chrono::seconds{i}});
  ASSERT_EQ(world.number("SELECT COUNT(*) FROM customer_key_totals"), 1);  // of key 1, the first slice
  const auto ids = [&](const ActivityQuery& query) {
    const Result<Walked> walked = world.store->readers().run_blocking<Walked>(
        [&](store::Transaction& transaction) { return walk_activity(transaction, query); });
    check_invariant(walked.has_value(), "the events can be walked");
    return walked->ids.size();
  };
  EXPECT_EQ(ids({.customer_id = CustomerId{1}}), 0U);
  EXPECT_EQ(ids({.key_id = CustomerKeyId{1}}), 3U);
  ASSERT_TRUE(world.ledger->settle_blocking());
  EXPECT_EQ(ids({.customer_id = CustomerId{1}}), 9U);
}

TEST(Activity, ALineNamesWhatWasCalledByWhom) {
  LedgerWorld world;
  world.append({.key = 2, .at = kStart, .action = "rent", .website = 1, .account = 2});
  const Result<ActivityPage> page = run(world.activity().list({}));
  ASSERT_TRUE(page) << page.error().message << page.error().detail;
  ASSERT_EQ(page->lines.size(), 1U);
  EXPECT_FALSE(page->next);
  const ActivityLine& line = page->lines.front();
  EXPECT_EQ(line.id, UsageEventId{1});
  EXPECT_EQ(line.at, kStart);
  EXPECT_EQ(line.customer_key_id, CustomerKeyId{2});
  EXPECT_EQ(line.key_name, "key 2");
  EXPECT_EQ(line.key_hint, "urt_k2");
  EXPECT_EQ(line.customer_id, CustomerId{1});
  EXPECT_EQ(line.customer_name, "Dana");
  EXPECT_EQ(line.action, "rent");
  EXPECT_EQ(line.resource, "");
  EXPECT_EQ(line.account_id, RentalAccountId{2});
  EXPECT_EQ(line.account_username, "user2");
  EXPECT_EQ(line.website, "Example.com");
  EXPECT_EQ(line.status, Status::success);
  EXPECT_EQ(line.http_status, 200);
  EXPECT_EQ(line.ip_address, "2001:db8::7");
  EXPECT_EQ(line.user_agent, "agent/1");
  EXPECT_EQ(line.duration, std::chrono::microseconds{1'500});
  EXPECT_EQ(line.units, 1);
}

TEST(Activity, WhatACallDidNotTouchIsUnknown) {
  LedgerWorld world;
  world.append({.key = 1, .at = kStart});
  const Result<ActivityPage> page = run(world.activity().list({}));
  ASSERT_EQ(page->lines.size(), 1U);
  EXPECT_FALSE(page->lines[0].account_id);
  EXPECT_FALSE(page->lines[0].account_username);
  EXPECT_FALSE(page->lines[0].website);
  EXPECT_EQ(page->lines[0].ip_address, "192.0.2.7");
}

TEST(Activity, IsEmptyWithoutCalls) {
  LedgerWorld world;
  for (const ActivityQuery& query :
       {ActivityQuery{}, ActivityQuery{.key_id = CustomerKeyId{5}}, ActivityQuery{.customer_id = CustomerId{3}},
        ActivityQuery{.action = "rent"}, ActivityQuery{.from = kStart}, ActivityQuery{.to = kStart}}) {
    const Result<ActivityPage> page = run(world.activity().list(query));
    ASSERT_TRUE(page) << page.error().detail;
    EXPECT_TRUE(page->lines.empty());
    EXPECT_FALSE(page->next);
  }
}

/// Calls at times that mostly, but not always, grow.
std::vector<Sample> random_history(std::mt19937& random, int count) {
  std::vector<Sample> samples;
  for (int i = 0; i < count; ++i) {
    const auto jitter = std::chrono::milliseconds{random() % 90'000};
    const std::int64_t website = static_cast<std::int64_t>(random() % 3);
    samples.push_back({.key = static_cast<std::int64_t>(random() % 4) + 1,
                       .at = kStart + std::chrono::seconds{30 * i} + jitter,
                       .action = random() % 2 == 0 ? "rent" : "check",
                       .status = static_cast<Status>(random() % 4),
                       .website = website});
  }
  return samples;
}

bool fits(const ActivityQuery& query, const Sample& sample) {
  constexpr std::int64_t kOwners[]{0, 1, 1, 1, 2};
  if (query.key_id && query.key_id->value != sample.key) return false;
  if (query.customer_id && query.customer_id->value != kOwners[sample.key]) return false;
  if (query.action && *query.action != sample.action) return false;
  if (query.website && sample.website != 1) return false;
  if (query.status && *query.status != sample.status) return false;
  if (query.from && sample.at < *query.from) return false;
  return !query.to || sample.at < *query.to;
}

TEST(Activity, EveryFilterAgreesWithAPlainSearch) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  LedgerWorld world(kSmallBlocks);
  const std::vector<Sample> history = random_history(random, 300);
  world.append(history);
  for (int round = 0; round < 150; ++round) {
    const auto some_time = [&]() -> std::optional<Instant> {
      if (random() % 2 == 0) return std::nullopt;
      return kStart + std::chrono::seconds{static_cast<std::int64_t>(random() % 10'000)};
    };
    ActivityQuery query{.from = some_time(), .to = some_time(), .limit = static_cast<std::int64_t>(random() % 40) + 1};
    if (random() % 3 == 0) query.key_id = CustomerKeyId{static_cast<std::int64_t>(random() % 4) + 1};
    if (random() % 3 == 0) query.customer_id = CustomerId{static_cast<std::int64_t>(random() % 2) + 1};
    if (random() % 2 == 0) query.action = "rent";
    if (random() % 3 == 0) query.website = " EXAMPLE.com";
    if (random() % 3 == 0) query.status = static_cast<Status>(random() % 4);
    std::vector<std::int64_t> wanted;
    for (std::size_t i = history.size(); i > 0; --i) {
      if (fits(query, history[i - 1])) wanted.push_back(static_cast<std::int64_t>(i));
    }
    EXPECT_THAT(all_ids(world, query), ElementsAreArray(wanted)) << "round " << round;
  }
}

TEST(Activity, PagesNeitherLoseNorRepeatWhileCallsComeIn) {
  const struct {
    const char* name;
    ActivityQuery query;
  } cases[] = {{"all", {}},
               {"a key", {.key_id = CustomerKeyId{2}}},
               {"a customer", {.customer_id = CustomerId{1}}},
               {"filtered", {.customer_id = CustomerId{1}, .action = "rent"}}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    std::mt19937 random(7);
    LedgerWorld world(kSmallBlocks);
    const std::vector<Sample> history = random_history(random, 120);
    world.append(history);
    std::vector<std::int64_t> wanted;
    for (std::size_t i = history.size(); i > 0; --i) {
      if (fits(c.query, history[i - 1])) wanted.push_back(static_cast<std::int64_t>(i));
    }
    std::vector<std::int64_t> seen;
    ActivityQuery query = c.query;
    query.limit = 7;
    for (bool more = true; more;) {
      Result<ActivityPage> page = run(world.activity().list(query));
      ASSERT_TRUE(page);
      for (const std::int64_t id : ids_of(*page)) seen.push_back(id);
      world.append(random_history(random, 9));
      more = page->next.has_value();
      query.cursor = std::move(page->next);
    }
    EXPECT_THAT(seen, ElementsAreArray(wanted));
  }
}

TEST(Activity, ACustomerWithMoreKeysThanACursorHoldsIsPagedAllTheSame) {
  LedgerWorld world(kSmallBlocks);
  world.script(R"sql(
    WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 170)
    INSERT INTO customer_keys (id, customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, created_at,
                               updated_at)
      SELECT i, 3, 'key', 'urt_', '', '', '', '', 0, 0 FROM n)sql");
  std::vector<Sample> samples;
  std::vector<std::int64_t> wanted;
  for (std::int64_t i = 1; i <= 200; ++i) {
    const std::int64_t key = i % 2 == 0 ? 1 : 100 + i % 71;
    samples.push_back({.key = key, .at = kStart + std::chrono::seconds{i}});
    if (key != 1) wanted.insert(wanted.begin(), i);
  }
  world.append(samples);
  EXPECT_THAT(all_ids(world, {.customer_id = CustomerId{3}, .limit = 9}), ElementsAreArray(wanted));
}

TEST(Activity, APageLooksAtNoMoreThanItSaysAndLeadsOn) {
  LedgerWorld world;
  std::vector<Sample> samples{{.key = 1, .at = kStart, .action = "rent"}};
  for (std::int64_t i = 1; i < ActivityPage::kLookedAtMax + 10; ++i) samples.push_back({.key = 1, .at = kStart});
  world.append(samples);
  for (const ActivityQuery& query :
       {ActivityQuery{.action = "rent"}, ActivityQuery{.key_id = CustomerKeyId{1}, .action = "rent"}}) {
    const Result<ActivityPage> first = run(world.activity().list(query));
    ASSERT_TRUE(first);
    EXPECT_TRUE(first->lines.empty());
    ASSERT_TRUE(first->next);
    EXPECT_EQ(first->next->before, UsageEventId{11});
    EXPECT_THAT(all_ids(world, query), ElementsAre(1));
  }
}

TEST(Activity, AnActionThatNobodyCalledIsFoundNowhereAtOnce) {
  LedgerWorld world;
  world.append({.key = 1, .at = kStart});
  const Result<ActivityPage> page = run(world.activity().list({.action = "completion"}));
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->lines.empty());
  EXPECT_FALSE(page->next);
}

TEST(Activity, ASpanOfTimeStepsOverBlocksThatHaveNothingOfIt) {
  LedgerWorld world(kSmallBlocks);
  std::vector<Sample> samples;
  for (int i = 0; i < 64; ++i) samples.push_back({.key = 1, .at = kStart + std::chrono::hours{i}});
  world.append(samples);
  const ActivityQuery query{
      .from = kStart + std::chrono::hours{20}, .to = kStart + std::chrono::hours{22}, .limit = 50};
  const Result<ActivityPage> page = run(world.activity().list(query));
  ASSERT_TRUE(page);
  EXPECT_THAT(ids_of(*page), ElementsAre(22, 21));
  EXPECT_FALSE(page->next);
}

TEST(Activity, AChainEndsWhereEventsWereDropped) {
  LedgerWorld world;
  std::vector<Sample> samples;
  for (int i = 0; i < 10; ++i) samples.push_back({.key = 1 + i % 2, .at = kStart});
  world.append(samples);
  world.script(
      "DELETE FROM usage_events WHERE id <= 4; INSERT INTO ledger_state (name, value) VALUES ('kept_from', 5)");
  EXPECT_THAT(all_ids(world, {.key_id = CustomerKeyId{1}, .limit = 2}), ElementsAre(9, 7, 5));
  EXPECT_THAT(all_ids(world, {.limit = 4}), ElementsAre(10, 9, 8, 7, 6, 5));
  // Between two pages, too.
  const ActivityCursor gone{.before = UsageEventId{5}, .heads = {{CustomerKeyId{1}, UsageEventId{3}}}};
  EXPECT_THAT(all_ids(world, {.cursor = gone, .key_id = CustomerKeyId{1}}), ElementsAre());
}

TEST(Activity, WhoOrWhatIsUnknownIsSaidSo) {
  LedgerWorld world;
  world.append({.key = 1, .at = kStart});
  const struct {
    ActivityQuery query;
    const char* reason;
  } cases[] = {{{.key_id = CustomerKeyId{99}}, "unknown_customer_key"},
               {{.customer_id = CustomerId{99}}, "unknown_customer"},
               {{.website = "nowhere.example"}, "unknown_website"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.reason);
    const Result<ActivityPage> page = run(world.activity().list(c.query));
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, Code::not_found);
    EXPECT_EQ(page.error().reason, c.reason);
  }
}

TEST(Activity, AKeyOfAnotherCustomerHasNoneOfThisOne) {
  LedgerWorld world;
  world.append({.key = 4, .at = kStart});
  EXPECT_THAT(all_ids(world, {.key_id = CustomerKeyId{4}, .customer_id = CustomerId{1}}), ElementsAre());
  EXPECT_THAT(all_ids(world, {.key_id = CustomerKeyId{4}, .customer_id = CustomerId{2}}), ElementsAre(1));
}

TEST(Activity, AWebsitesNameAlsoFindsTheOneThatHadItBefore) {
  LedgerWorld world;
  world.append({.key = 1, .at = kStart, .website = 2});
  world.append({.key = 1, .at = kStart, .website = 1});
  world.script("UPDATE websites SET removed_at = 1, name_folded = 'example.com' WHERE id = 2");
  EXPECT_THAT(all_ids(world, {.website = "example.com"}), ElementsAre(2, 1));
}

TEST(Activity, ACursorThatWasMadeWithOtherFiltersIsRefused) {
  LedgerWorld world;
  for (int i = 0; i < 3; ++i) world.append({.key = 1 + i, .at = kStart});
  world.append({.key = 4, .at = kStart});
  const ActivityCursor plain{.before = UsageEventId{3}};
  const ActivityCursor of_key{.before = UsageEventId{3}, .heads = {{CustomerKeyId{1}, UsageEventId{1}}}};
  const ActivityCursor astray{.before = UsageEventId{3}, .heads = {{CustomerKeyId{1}, UsageEventId{2}}}};
  const ActivityCursor unknown{.before = UsageEventId{3}, .heads = {{CustomerKeyId{99}, UsageEventId{2}}}};
  const struct {
    const char* name;
    ActivityQuery query;
  } cases[] = {{"of all, for a key", {.cursor = plain, .key_id = CustomerKeyId{1}}},
               {"of all, for a customer", {.cursor = plain, .customer_id = CustomerId{1}}},
               {"of a key, for all", {.cursor = of_key}},
               {"of a key, for another", {.cursor = of_key, .key_id = CustomerKeyId{2}}},
               {"of a key, for another customer", {.cursor = of_key, .customer_id = CustomerId{2}}},
               {"of a key that is not there", {.cursor = unknown, .customer_id = CustomerId{2}}},
               {"to an event of another key", {.cursor = astray, .key_id = CustomerKeyId{1}}}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Result<ActivityPage> page = run(world.activity().list(c.query));
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().reason, "malformed_cursor");
    EXPECT_EQ(page.error().field, "cursor");
  }
}

}  // namespace
}  // namespace keyledger::service
