#include "service/usage/sync.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/usage/testing.h"
#include "store/reading_store.h"
#include "store/usage_report_store.h"

namespace keyledger::service {
namespace {

using namespace testing;
using keys::KeyType;
using providers::Discovery;
using providers::Fetched;
using providers::FetchRequest;
using std::chrono::days;
using ::testing::ElementsAre;
using usage::Width;

/// Ten tokens in one request, and a dollar, for each day asked for from `oldest` on; by the hour at noon.
Fetched every_day(const FetchRequest& request, Day oldest) {
  Fetched fetched{.complete = {"completions", "costs"}};
  for (Day when = day_of(request.from); when < day_of(request.to); when += days{1}) {
    if (when < oldest) continue;
    usage::UsageRow row = use_row(when, "priced", "key_a", 10);
    row.width = request.width;
    if (request.width == Width::hour) row.start += std::chrono::hours{12};
    fetched.usage.push_back(row);
    if (request.width == Width::day) fetched.costs.push_back(cost_row(when, "key_a", "1"));
  }
  return fetched;
}

class SyncTest : public ::testing::Test {
 protected:
  ScriptedProvider& openai() {
    ScriptedProvider& made = world_.provider("openai");
    made.on_discover = [](const std::string&) {
      Discovery found{.identity = "org-1", .organization = "Example"};
      found.projects.push_back({"proj_1", "Shop", "active"});
      found.keys.push_back({.id = "key_a", .name = "remote a", .redacted = "sk-...aaaa", .project = "proj_1"});
      return found;
    };
    made.on_fetch = [this](const std::string&, const FetchRequest& request) { return every_day(request, oldest_); };
    return made;
  }
  std::int64_t sum(const std::string& expression, const std::string& from) {
    return world_.number("SELECT COALESCE(SUM(" + expression + "), 0) FROM " + from);
  }
  std::vector<std::string> codes_of(std::int64_t key) {
    const Result<SyncState> state = run(sync_.state());
    for (const SourceState& source : state->sources) {
      if (source.key_id.value == key) return source.codes;
    }
    return {};
  }
  void read_all_history() {
    while (run(sync_.background_step())) {
    }
  }

  UsageWorld world_{};
  Day oldest_ = day("2026-01-01");
  UsageSync sync_{world_.parts(), &world_.alarm};
};

TEST_F(SyncTest, ARoundStoresUseCostReadingsAndNames) {
  world_.directory.add(1, "openai", KeyType::admin);
  ScriptedProvider& provider = openai();
  provider.describe().reads_readings = true;
  provider.on_readings = [] {
    return providers::Provider::Readings{.readings = {{.name = "balance", .unit = "USD", .used = 3}}};
  };
  run_void(sync_.round());
  EXPECT_EQ(sum("input_tokens", "usage_days"), 20);
  EXPECT_EQ(sum("nanos", "cost_days"), 2'000'000'000);
  EXPECT_EQ(sum("input_tokens", "usage_rollups WHERE breakdown = 0"), 20);
  EXPECT_EQ(world_.number("SELECT used FROM usage_readings WHERE name = 'balance'"), 3);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_keys WHERE name = 'remote a'"), 1);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_projects WHERE name = 'Shop'"), 1);
  EXPECT_EQ(world_.directory.links.at(ProviderKeyId{1}), 1U);
  EXPECT_TRUE(world_.directory.noted.at(ProviderKeyId{1}).empty());
  const SyncState state = run(sync_.state()).value();
  ASSERT_EQ(state.sources.size(), 1U);
  EXPECT_EQ(state.sources[0].state, SourceActivity::done);
  EXPECT_EQ(state.sources[0].organization, "Example");
  EXPECT_FALSE(state.sources[0].stale);
  EXPECT_FALSE(state.running);
}

TEST_F(SyncTest, TheLastTwoDaysAreAskedForEachTimeAndMoreAfterAPause) {
  world_.directory.add(1, "openai", KeyType::admin);
  ScriptedProvider& provider = openai();
  run_void(sync_.round());
  world_.clock.advance(days{10});
  run_void(sync_.round());
  ASSERT_EQ(provider.fetches.size(), 2U);
  EXPECT_EQ(provider.fetches[0].from, Instant{day("2026-11-20")});
  EXPECT_EQ(provider.fetches[0].to, Instant{day("2026-11-22")});
  EXPECT_EQ(provider.fetches[1].from, Instant{day("2026-11-20")});
  EXPECT_EQ(provider.fetches[1].to, Instant{day("2026-12-02")});
}

TEST_F(SyncTest, RevisedRowsReplaceThoseOfTheirDataset) {
  world_.directory.add(1, "openai", KeyType::admin);
  ScriptedProvider& provider = openai();
  run_void(sync_.round());
  const std::uint64_t version = world_.version.now();
  run_void(sync_.round());
  EXPECT_EQ(world_.version.now(), version) << "the same figures are not written again";
  provider.on_fetch = [this](const std::string&, const FetchRequest& request) {
    Fetched fetched = every_day(request, oldest_);
    for (usage::UsageRow& row : fetched.usage) row.counts.input_tokens = 7;
    fetched.costs.clear();
    return fetched;
  };
  run_void(sync_.round());
  EXPECT_GT(world_.version.now(), version);
  EXPECT_EQ(sum("input_tokens", "usage_days"), 14);
  EXPECT_EQ(sum("nanos", "cost_days"), 0);
  EXPECT_EQ(sum("nanos", "cost_rollups WHERE breakdown = 0 AND basis = 1"), 140'000) << "now it is estimated";
}

TEST_F(SyncTest, ADatasetThatWasNotReadToItsEndKeepsWhatIsStored) {
  world_.directory.add(1, "openai", KeyType::admin);
  ScriptedProvider& provider = openai();
  run_void(sync_.round());
  provider.on_fetch = [](const std::string&, const FetchRequest&) {
    return Fetched{.complete = {"completions"}, .findings = {{.code = "provider_error", .provider_status = 500}}};
  };
  run_void(sync_.round());
  EXPECT_EQ(sum("input_tokens", "usage_days"), 0);
  EXPECT_EQ(sum("nanos", "cost_days"), 2'000'000'000);
  EXPECT_THAT(codes_of(1), ElementsAre("provider_error"));
}

TEST_F(SyncTest, ASecondAdminKeyOfAnOrganizationIsNotCountedAndTakesOverWhenTheFirstDies) {
  world_.directory.add(1, "openai", KeyType::admin);
  world_.directory.add(2, "openai", KeyType::admin);
  ScriptedProvider& provider = openai();
  run_void(sync_.round());
  EXPECT_EQ(sum("input_tokens", "usage_days"), 20);
  EXPECT_THAT(codes_of(1), ElementsAre());
  EXPECT_THAT(codes_of(2), ElementsAre("duplicate_organization"));
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_sources"), 1);

  const auto discover = provider.on_discover;
  provider.on_discover = [discover](const std::string& key) {
    if (key == "secret-1") return Discovery{.findings = {{.code = "key_rejected", .provider_status = 401}}};
    return discover(key);
  };
  run_void(sync_.round());
  EXPECT_THAT(codes_of(1), ElementsAre("key_rejected"));
  EXPECT_THAT(codes_of(2), ElementsAre());
  EXPECT_EQ(world_.number("SELECT reader_key_id FROM usage_sources"), 2);
  EXPECT_EQ(sum("input_tokens", "usage_days"), 20);
}

TEST_F(SyncTest, ANewKeyOfAnOrganizationContinuesTheHistoryOfADeletedOne) {
  world_.directory.add(1, "openai", KeyType::admin);
  openai();
  run_void(sync_.round());
  world_.directory.keys.clear();
  world_.directory.add(3, "openai", KeyType::admin);
  run_void(sync_.round());
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_sources"), 1);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_readers"), 1);
  EXPECT_EQ(sum("input_tokens", "usage_days"), 20);
}

TEST_F(SyncTest, OneProvidersFailureDoesNotHideTheOthers) {
  world_.directory.add(1, "openai", KeyType::admin);
  world_.directory.add(2, "anthropic", KeyType::admin);
  world_.directory.add(3, "openai", KeyType::admin);
  world_.directory.broken.insert(ProviderKeyId{3});
  openai();
  ScriptedProvider& other = world_.provider("anthropic");
  other.on_fetch = [](const std::string&, const FetchRequest&) {
    return Fetched{.findings = {{.code = "unreachable_timeout"}}};
  };
  run_void(sync_.round());
  EXPECT_EQ(sum("input_tokens", "usage_days"), 20);
  EXPECT_THAT(codes_of(1), ElementsAre());
  EXPECT_THAT(codes_of(2), ElementsAre("unreachable_timeout"));
  EXPECT_THAT(codes_of(3), ElementsAre("seal_broken"));
}

TEST_F(SyncTest, AFindingKeepsSinceWhenItIsAndGoesWhenAllIsWell) {
  world_.directory.add(1, "openai", KeyType::admin);
  ScriptedProvider& provider = openai();
  const auto fetch = provider.on_fetch;
  provider.on_fetch = [](const std::string&, const FetchRequest&) {
    return Fetched{.findings = {{.code = "missing_scope", .missing_scopes = {"api.usage.read"}}}};
  };
  run_void(sync_.round());
  const std::int64_t since = world_.number("SELECT since FROM usage_findings");
  world_.clock.advance(std::chrono::hours{1});
  run_void(sync_.round());
  EXPECT_EQ(world_.number("SELECT since FROM usage_findings"), since);
  EXPECT_EQ(world_.number("SELECT seen_at - since FROM usage_findings"), 3'600'000);
  provider.on_fetch = fetch;
  run_void(sync_.round());
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_findings"), 0);
}

TEST_F(SyncTest, HistoryIsReadFromNewToOldAndGoesOnAfterARestart) {
  world_.directory.add(1, "openai", KeyType::admin);
  ScriptedProvider& provider = openai();
  run_void(sync_.round());
  EXPECT_TRUE(run(sync_.background_step()));
  EXPECT_EQ(provider.fetches.back().to, Instant{day("2026-11-20")});
  EXPECT_EQ(provider.fetches.back().from, Instant{day("2026-10-20")});
  world_.reopen();
  UsageSync after(world_.parts(), &world_.alarm);
  EXPECT_TRUE(run(after.background_step()));
  EXPECT_EQ(provider.fetches.back().to, Instant{day("2026-10-20")});
  while (run(after.background_step())) {
  }
  const auto known = (day("2026-11-21") - oldest_).count() + 1;
  EXPECT_EQ(sum("requests", "usage_days"), known);
  EXPECT_EQ(world_.number("SELECT backfill_done FROM usage_sources"), 1);
  // Eleven windows of 31 days reach the oldest figures; then three empty ones, past thirteen months.
  EXPECT_EQ(provider.fetches.back().from, Instant{day("2026-11-20") - days{14 * 31}});
}

TEST_F(SyncTest, AWindowThatFailsIsNotPassedOver) {
  world_.directory.add(1, "openai", KeyType::admin);
  ScriptedProvider& provider = openai();
  provider.describe().history_days = 60;
  run_void(sync_.round());
  bool fails = true;
  provider.on_fetch = [&](const std::string&, const FetchRequest& request) {
    Fetched fetched = every_day(request, oldest_);
    if (fails && day_of(request.to) == day("2026-11-20")) {
      fetched.complete = {"completions"};
      fetched.findings.push_back({.code = "provider_overloaded"});
    }
    return fetched;
  };
  read_all_history();
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_sources WHERE backfill_done = 0"), 1);
  EXPECT_EQ(provider.fetches.size(), 2U) << "it rests until the next round";
  fails = false;
  run_void(sync_.round());
  read_all_history();
  EXPECT_EQ(sum("requests", "usage_days"), 60);
  EXPECT_EQ(sum("nanos", "cost_days"), 60'000'000'000);
}

TEST_F(SyncTest, WhatIsClosedForGoodDoesNotHoldUpTheHistoryAndIsReadWhenItOpens) {
  world_.directory.add(1, "openai", KeyType::admin);
  ScriptedProvider& provider = openai();
  provider.describe().history_days = 60;
  bool open = false;
  provider.on_fetch = [&](const std::string&, const FetchRequest& request) {
    Fetched fetched = every_day(request, oldest_);
    if (!open) {
      fetched.complete = {"completions"};
      fetched.costs.clear();
      fetched.findings.push_back({.code = "missing_scope"});
    }
    return fetched;
  };
  run_void(sync_.round());
  read_all_history();
  EXPECT_EQ(sum("requests", "usage_days"), 60);
  EXPECT_EQ(sum("nanos", "cost_days"), 0);
  open = true;
  run_void(sync_.round());
  read_all_history();
  EXPECT_EQ(sum("nanos", "cost_days"), 60'000'000'000);
}

TEST_F(SyncTest, HoursAreReadForThirtyDaysAndKept) {
  world_.directory.add(1, "openai", KeyType::admin);
  ScriptedProvider& provider = openai();
  provider.describe().hourly = true;
  provider.describe().history_days = 40;
  run_void(sync_.round());
  EXPECT_EQ(sum("requests", "usage_hours"), 2);
  read_all_history();
  EXPECT_EQ(sum("requests", "usage_hours"), kHourlyDays);
  EXPECT_EQ(sum("requests", "usage_days"), 40);
  EXPECT_EQ(sum("requests", "usage_rollups WHERE breakdown = 4"), kHourlyDays);
  world_.clock.advance(days{1});
  run_void(sync_.round());
  EXPECT_EQ(sum("requests", "usage_hours"), kHourlyDays + 1);
}

TEST_F(SyncTest, AKeyThatMayNotReadFiguresIsNoSourceAndIsAskedAgainOnTheNextDay) {
  world_.directory.add(1, "openai", KeyType::standard);
  ScriptedProvider& provider = world_.provider("openai");
  provider.on_fetch = [](const std::string&, const FetchRequest&) {
    return Fetched{.findings = {{.code = "admin_key_needed", .provider_status = 401}}};
  };
  run_void(sync_.round());
  run_void(sync_.round());
  EXPECT_EQ(provider.fetches.size(), 1U);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_sources"), 0);
  EXPECT_FALSE(world_.directory.noted.contains(ProviderKeyId{1})) << "the key itself is well";
  EXPECT_TRUE(run(sync_.state())->sources.empty());
  world_.clock.advance(std::chrono::hours{24});
  run_void(sync_.round());
  EXPECT_EQ(provider.fetches.size(), 2U);
}

TEST_F(SyncTest, ProjectKeysAreNeverAsked) {
  world_.directory.add(1, "openai", KeyType::project);
  world_.directory.add(2, "openai", KeyType::service_account);
  world_.directory.add(3, "openai", KeyType::legacy);
  ScriptedProvider& provider = openai();
  run_void(sync_.round());
  EXPECT_TRUE(provider.fetches.empty());
}

TEST_F(SyncTest, AKeysOwnHistoryBecomesItsOrganizationsWhenThatIsKnown) {
  world_.directory.add(1, "openai", KeyType::admin);
  ScriptedProvider& provider = openai();
  const auto discover = provider.on_discover;
  provider.on_discover = [](const std::string&) { return Discovery{.findings = {{.code = "missing_scope"}}}; };
  run_void(sync_.round());
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_sources WHERE identity = 'key:1'"), 1);
  provider.on_discover = discover;
  run_void(sync_.round());
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_sources"), 1);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_sources WHERE identity = 'org-1'"), 1);
  EXPECT_EQ(sum("input_tokens", "usage_days"), 20);
}

TEST_F(SyncTest, AKeyWhoseOrganizationHasAHistoryAlreadyIsNotCountedTwice) {
  world_.directory.add(1, "openai", KeyType::admin);
  ScriptedProvider& provider = openai();
  const auto discover = provider.on_discover;
  provider.on_discover = [&](const std::string& key) { return key == "secret-1" ? Discovery{} : discover(key); };
  run_void(sync_.round());
  world_.directory.add(2, "openai", KeyType::admin);
  run_void(sync_.round());
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_sources"), 2);
  provider.on_discover = discover;
  run_void(sync_.round());
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_sources WHERE superseded_by IS NOT NULL"), 1);
  const auto sums = world_.store->readers().run_blocking<std::vector<usage::CountSum>>([&](auto& transaction) {
    return store::UsageReportStore::counts_by_bucket(transaction, {0, 1'000'000}, {});
  });
  std::int64_t tokens = 0;
  for (const usage::CountSum& one : sums.value()) tokens += one.tally.input_tokens;
  EXPECT_EQ(tokens, 20);
}

TEST_F(SyncTest, TheSyncRunsEveryQuarterOfAnHourAndStopsWhenTold) {
  world_.directory.add(1, "openai", KeyType::admin);
  ScriptedProvider& provider = openai();
  provider.describe().history_days = 2;
  int waits = 0;
  world_.alarm.on_wait = [&] {
    if (++waits == 3) sync_.stop();
  };
  run_void(sync_.run());
  EXPECT_THAT(world_.alarm.waited,
              ElementsAre(std::chrono::minutes{15}, std::chrono::minutes{15}, std::chrono::minutes{15}));
  EXPECT_EQ(provider.fetches.size(), 3U);
}

TEST_F(SyncTest, ARefreshWakesTheSyncIsAuditedAndIsServedOnce) {
  world_.directory.add(1, "openai", KeyType::admin);
  ScriptedProvider& provider = openai();
  provider.describe().history_days = 2;
  const Result<SyncState> state = run(sync_.refresh(kOwner));
  ASSERT_TRUE(state);
  EXPECT_TRUE(state->running);
  EXPECT_EQ(world_.alarm.rings, 1);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log WHERE action = 'usage.refresh'"), 1);
  EXPECT_TRUE(run(sync_.refresh(kOwner))->running) << "the second joins the first";
  world_.alarm.on_wait = [&] { sync_.stop(); };
  run_void(sync_.run());
  EXPECT_EQ(provider.fetches.size(), 1U);
  EXPECT_FALSE(run(sync_.state())->running);
}

TEST_F(SyncTest, ListenersHearOfProgressAndOfNewFigures) {
  world_.directory.add(1, "openai", KeyType::admin);
  openai();
  const auto subscription = world_.events.subscribe().value();
  run_void(sync_.round());
  std::set<EventKind> kinds;
  for (;;) {
    const Subscription::Next next = run(subscription->next(std::chrono::milliseconds{0}));
    if (next.outcome != Subscription::Outcome::event) break;
    kinds.insert(next.event.kind);
  }
  EXPECT_EQ(kinds, (std::set<EventKind>{EventKind::changed, EventKind::sync}));
}

TEST_F(SyncTest, RowsOutsideOfWhatWasAskedForAreNotTaken) {
  world_.directory.add(1, "openai", KeyType::admin);
  openai().on_fetch = [](const std::string&, const FetchRequest& request) {
    Fetched fetched = every_day(request, day("2026-01-01"));
    fetched.usage.push_back(use_row(day("2020-01-01"), "priced", "key_a", 999));
    usage::UsageRow other = use_row(day("2026-11-21"), "priced", "key_a", 999);
    other.dataset = "incomplete";
    fetched.usage.push_back(other);
    return fetched;
  };
  run_void(sync_.round());
  EXPECT_EQ(sum("input_tokens", "usage_days"), 20);
}

}  // namespace
}  // namespace keyledger::service
