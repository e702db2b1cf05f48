#include "service/usage/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "service/usage/testing.h"
#include "store/usage_row_store.h"

namespace keyledger::service {
namespace {

using namespace testing;
using std::chrono::days;
using store::Transaction;
using store::UsageRowStore;
using store::UsageSourceStore;

class ReportTest : public ::testing::Test {
 protected:
  usage::SourceId add_source(const std::string& provider, const std::string& identity, std::int64_t reader,
                             bool admin = true) {
    const auto made = world_.store->writer().run_blocking<usage::SourceId>([&](Transaction& transaction)
                                                                               -> Result<usage::SourceId> {
      usage::Source source = UsageSourceStore::find_or_add(transaction, provider, identity, world_.clock.now()).value();
      source.reader_key_id = ProviderKeyId{reader};
      source.reader_name = "reader " + std::to_string(reader);
      source.reader_is_admin = admin;
      source.account_id = AccountId{1};
      source.account_name = "account 1";
      source.last_success_at = world_.clock.now();
      const Result<void> updated = UsageSourceStore::update(transaction, source);
      const Result<void> put = UsageSourceStore::put_reader(transaction, {ProviderKeyId{reader}, source.id, false, {}});
      EXPECT_TRUE(updated && put);
      return source.id;
    });
    return made.value();
  }
  void put(usage::SourceId source, const std::string& provider, Day from, Day to, std::vector<usage::UsageRow> rows,
           std::vector<usage::CostRow> costs, usage::Width width = usage::Width::day) {
    const UsageRowStore::Replacement replacement{.source = source,
                                                 .provider = provider,
                                                 .width = width,
                                                 .from = Instant{from},
                                                 .to = Instant{to},
                                                 .datasets = {"completions", "costs"},
                                                 .usage = std::move(rows),
                                                 .costs = std::move(costs)};
    const auto stored = world_.store->writer().run_blocking<bool>([&](Transaction& transaction) {
      return UsageRowStore::replace(transaction, replacement, *world_.shelf.book());
    });
    ASSERT_TRUE(stored) << stored.error().detail;
    world_.version.grow();
  }
  UsageReport report(UsageQuery query = {}) {
    Result<UsageReport> made = run(reports_.report(std::move(query)));
    EXPECT_TRUE(made) << (made ? "" : made.error().message + made.error().detail);
    return made.value_or(UsageReport{});
  }
  static const KeyFigures* line(const UsageReport& report, std::string_view name) {
    const auto found = std::ranges::find(report.keys, name, &KeyFigures::name);
    return found == report.keys.end() ? nullptr : &*found;
  }
  static std::string cost(const Figures& figures) {
    std::string text;
    for (const Cost& one : figures.cost) {
      text += (text.empty() ? "" : " ") + one.amount + std::string{one.currency.text()} + (one.estimated ? "~" : "");
    }
    return text;
  }

  UsageWorld world_{};
  UsageReports reports_{world_.core(), &world_.directory, &world_.shelf, &world_.version,
                        [](std::string_view id) { return id == "openai" || id == "anthropic"; }};
};

TEST_F(ReportTest, AnEmptyLedgerHasEveryDayAndNothingInIt) {
  const UsageReport made = report({.days = 7});
  EXPECT_EQ(made.days, 7);
  EXPECT_EQ(made.from, day("2026-11-15"));
  EXPECT_EQ(made.to, day("2026-11-21"));
  EXPECT_EQ(made.series.size(), 7U);
  EXPECT_TRUE(made.totals.cost.empty());
  EXPECT_EQ(made.totals.requests, 0);
  EXPECT_EQ(made.previous.has_value(), false);
  EXPECT_TRUE(made.keys.empty());
  EXPECT_EQ(made.synced_at, std::nullopt);
}

TEST_F(ReportTest, WhatWasBilledWinsAndTheRestIsEstimatedDayByDay) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  const usage::SourceId source = add_source("openai", "org", 1);
  const Day monday = day("2026-11-16");
  put(source, "openai", monday, monday + days{2},
      {use_row(monday, "priced", "key_a", 1'000'000), use_row(monday + days{1}, "priced", "key_a", 1'000'000)},
      {cost_row(monday, "key_a", "3.5")});
  const UsageReport made = report({.days = 7});
  EXPECT_EQ(cost(made.totals), "13.500000000USD~");
  EXPECT_EQ(made.totals.requests, 2);
  EXPECT_EQ(cost(made.series[1]), "3.500000000USD");
  EXPECT_EQ(cost(made.series[2]), "10.000000000USD~");
  ASSERT_EQ(made.series[1].by_provider.size(), 1U);
  EXPECT_EQ(made.series[1].by_provider[0].provider, "openai");
  EXPECT_EQ(made.synced_at, world_.clock.now());
}

TEST_F(ReportTest, CurrenciesAreNeverAdded) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  const usage::SourceId source = add_source("openai", "org", 1);
  usage::CostRow euros = cost_row(world_.today(), "key_a", "9");
  euros.currency = Currency::parse("EUR").value();
  put(source, "openai", world_.today(), world_.today() + days{1}, {}, {cost_row(world_.today(), "key_a", "5"), euros});
  const UsageReport made = report();
  EXPECT_EQ(cost(made.totals), "9.000000000EUR 5.000000000USD");
  EXPECT_EQ(line(made, "key_a")->cost_permille, 1000);
}

TEST_F(ReportTest, AModelWithoutAPriceIsListedAndAProblemNotAZero) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  const usage::SourceId source = add_source("openai", "org", 1);
  put(source, "openai", world_.today(), world_.today() + days{1},
      {use_row(world_.today(), "mystery", "key_a", 700), use_row(world_.today(), "priced", "key_a", 1'000'000)}, {});
  const UsageReport made = report();
  ASSERT_EQ(made.unpriced.size(), 1U);
  EXPECT_EQ(made.unpriced[0].provider, "openai");
  EXPECT_EQ(made.unpriced[0].model, "mystery");
  EXPECT_EQ(made.unpriced[0].requests, 1);
  EXPECT_EQ(made.unpriced[0].tokens, 700);
  EXPECT_EQ(cost(made.totals), "10.000000000USD~");
  ASSERT_EQ(made.problems.size(), 1U);
  EXPECT_EQ(made.problems[0].code, "unpriced_model");
  EXPECT_EQ(made.problems[0].subject, "mystery");
  EXPECT_EQ(report({.account_id = std::nullopt, .provider = "anthropic"}).unpriced.size(), 0U);
}

TEST_F(ReportTest, EveryKindOfKeyHasItsLine) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  HeldKey& held = world_.directory.add(2, "openai", keys::KeyType::project, 2);
  held.key.remote_id = "key_held";
  held.key.admin_key_id = ProviderKeyId{1};
  HeldKey& quiet = world_.directory.add(3, "openai", keys::KeyType::project);
  quiet.key.remote_id = "key_quiet";
  quiet.key.admin_key_id = ProviderKeyId{1};
  world_.directory.add(4, "openai", keys::KeyType::project).key.name = "unlinked";
  const usage::SourceId source = add_source("openai", "org", 1);
  const Day today = world_.today();
  put(source, "openai", today, today + days{1},
      {use_row(today, "priced", "key_held", 10), use_row(today, "priced", "key_stranger", 20),
       use_row(today, "priced", "", 30)},
      {cost_row(today, "key_held", "6"), cost_row(today, "key_stranger", "3"), cost_row(today, "", "1")});
  const UsageReport made = report();
  ASSERT_EQ(made.keys.size(), 6U);
  const KeyFigures& first = made.keys[0];
  EXPECT_EQ(first.kind, OwnerKind::held);
  EXPECT_EQ(first.key_id, ProviderKeyId{2});
  EXPECT_EQ(first.account_name, "account 2");
  EXPECT_EQ(first.cost_permille, 600);
  EXPECT_EQ(first.reader_key_id, ProviderKeyId{1});
  EXPECT_EQ(first.last_used, today);
  const KeyFigures* stranger = line(made, "key_stranger");
  ASSERT_NE(stranger, nullptr);
  EXPECT_EQ(stranger->kind, OwnerKind::remote);
  EXPECT_EQ(stranger->key_id, std::nullopt);
  EXPECT_EQ(stranger->account_id, AccountId{1});
  const KeyFigures* nobody = line(made, "Not attributable to a key");
  ASSERT_NE(nobody, nullptr);
  EXPECT_EQ(nobody->kind, OwnerKind::organization);
  EXPECT_EQ(cost(*nobody), "1.000000000USD");
  EXPECT_EQ(line(made, "key 3")->requests, 0) << "its organization tells that it was not used";
  EXPECT_EQ(line(made, "unlinked")->requests, std::nullopt) << "nobody tells";
  EXPECT_EQ(line(made, "key 1")->requests, 0);
}

TEST_F(ReportTest, ABillThatNamesNoKeyStaysWithTheOrganizationWithListPricesBeside) {
  world_.directory.add(1, "anthropic", keys::KeyType::admin);
  const usage::SourceId source = add_source("anthropic", "org", 1);
  const Day today = world_.today();
  put(source, "anthropic", today, today + days{1}, {use_row(today, "priced", "apikey_a", 1'000'000)},
      {cost_row(today, "", "8")});
  const UsageReport made = report();
  EXPECT_EQ(cost(made.totals), "8.000000000USD");
  const KeyFigures* key = line(made, "apikey_a");
  ASSERT_NE(key, nullptr);
  EXPECT_TRUE(key->cost.empty());
  ASSERT_EQ(key->list_price.size(), 1U);
  EXPECT_EQ(key->list_price[0].amount, "10.000000000");
  EXPECT_EQ(cost(*line(made, "Not attributable to a key")), "8.000000000USD");
}

TEST_F(ReportTest, ADeletedKeyKeepsItsNameAndHistory) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  HeldKey& held = world_.directory.add(2, "openai", keys::KeyType::project, 2);
  held.key.remote_id = "key_a";
  held.key.name = "old shop";
  ScriptedProvider& provider = world_.provider("openai");
  provider.on_discover = [](const std::string&) {
    return providers::Discovery{.identity = "org", .keys = {{.id = "key_a", .name = "remote"}}};
  };
  provider.on_fetch = [](const std::string&, const providers::FetchRequest& request) {
    return providers::Fetched{.usage = {use_row(day_of(request.from), "priced", "key_a", 1'000'000)},
                              .complete = {"completions"}};
  };
  UsageSync sync(world_.parts(), &world_.alarm);
  run_void(sync.round());
  std::erase_if(world_.directory.keys, [](const HeldKey& one) { return one.key.id.value == 2; });
  const UsageReport made = report();
  const KeyFigures* gone = line(made, "old shop");
  ASSERT_NE(gone, nullptr);
  EXPECT_EQ(gone->kind, OwnerKind::gone);
  EXPECT_EQ(gone->status, "deleted");
  EXPECT_EQ(gone->account_name, "account 2");
  EXPECT_EQ(gone->key_id, std::nullopt);
  EXPECT_EQ(cost(*gone), "10.000000000USD~");
}

TEST_F(ReportTest, AKeyThatReadsItsOwnUseIsItsLine) {
  world_.directory.add(1, "openai", keys::KeyType::standard);
  const usage::SourceId source = add_source("openai", "key:1", 1, false);
  put(source, "openai", world_.today(), world_.today() + days{1}, {use_row(world_.today(), "priced", "", 1'000'000)},
      {});
  EXPECT_EQ(cost(*line(report(), "key 1")), "10.000000000USD~");
}

TEST_F(ReportTest, FiltersNarrowEverythingDown) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  HeldKey& held = world_.directory.add(2, "openai", keys::KeyType::project, 2);
  held.key.remote_id = "key_a";
  held.key.admin_key_id = ProviderKeyId{1};
  world_.directory.add(5, "anthropic", keys::KeyType::admin);
  const auto made_account = world_.store->writer().run_blocking<bool>([&](Transaction& transaction) -> Result<bool> {
    for (const char* email : {"one@example.com", "two@example.com"}) {
      EXPECT_TRUE(store::AccountStore::insert(transaction, {email, email, email, ""}, world_.clock.now()));
    }
    return true;
  });
  ASSERT_TRUE(made_account);
  const Day today = world_.today();
  put(add_source("openai", "org", 1), "openai", today, today + days{1},
      {use_row(today, "priced", "key_a", 1'000'000), use_row(today, "priced-b", "key_b", 2'000'000)}, {});
  put(add_source("anthropic", "org", 5), "anthropic", today, today + days{1},
      {use_row(today, "priced", "apikey_c", 4'000'000)}, {});
  EXPECT_EQ(cost(report().totals), "70.000000000USD~");
  EXPECT_EQ(cost(report({.provider = "anthropic"}).totals), "40.000000000USD~");
  EXPECT_EQ(cost(report({.account_id = AccountId{2}}).totals), "10.000000000USD~");
  EXPECT_EQ(cost(report({.key_id = ProviderKeyId{2}}).totals), "10.000000000USD~");
  EXPECT_EQ(cost(report({.key_id = ProviderKeyId{1}}).totals), "30.000000000USD~") << "an admin key: its organization";
  EXPECT_EQ(cost(report({.account_id = AccountId{1}, .provider = "openai"}).totals), "20.000000000USD~");
  const UsageReport by_model = report({.group_by = GroupBy::model, .key_id = ProviderKeyId{2}});
  ASSERT_EQ(by_model.groups.size(), 1U);
  EXPECT_EQ(by_model.groups[0].group, "priced");
  EXPECT_EQ(cost(by_model.groups[0]), "10.000000000USD~");
}

TEST_F(ReportTest, WhatIsUnpricedOfOtherKeysIsNotListedForAChosenOne) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  for (const std::int64_t id : {2, 3}) {
    HeldKey& held = world_.directory.add(id, "openai", keys::KeyType::project);
    held.key.remote_id = "key_" + std::to_string(id);
    held.key.admin_key_id = ProviderKeyId{1};
  }
  const Day today = world_.today();
  put(add_source("openai", "org", 1), "openai", today, today + days{1},
      {use_row(today, "mystery", "key_2", 5), use_row(today, "priced", "key_3", 7)}, {});
  EXPECT_EQ(report({.key_id = ProviderKeyId{2}}).unpriced.size(), 1U);
  EXPECT_EQ(report({.key_id = ProviderKeyId{3}}).unpriced.size(), 0U);
  EXPECT_EQ(report({.key_id = ProviderKeyId{1}}).unpriced.size(), 1U);
}

TEST_F(ReportTest, UnknownAccountsKeysAndProvidersAreTold) {
  EXPECT_EQ(run(reports_.report({.account_id = AccountId{77}})).error().reason, "unknown_account");
  EXPECT_EQ(run(reports_.report({.key_id = ProviderKeyId{77}})).error().reason, "unknown_key");
  EXPECT_EQ(run(reports_.report({.provider = "nobody"})).error().reason, "unknown_provider");
  EXPECT_EQ(run(reports_.report({.days = 0})).error().reason, "invalid_days");
}

TEST_F(ReportTest, EveryGroupingAddsUpToTheTotal) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  const usage::SourceId source = add_source("openai", "org", 1);
  const Day today = world_.today();
  usage::UsageRow in_project = use_row(today, "priced", "key_a", 1'000'000);
  in_project.project = "proj_1";
  put(source, "openai", today - days{1}, today + days{1},
      {in_project, use_row(today - days{1}, "priced-b", "key_b", 500'000)}, {});
  for (const GroupBy by :
       {GroupBy::day, GroupBy::key, GroupBy::model, GroupBy::provider, GroupBy::account, GroupBy::project}) {
    SCOPED_TRACE(boost::describe::enum_to_string(by, ""));
    const UsageReport made = report({.days = 7, .group_by = by});
    Amount sum;
    std::int64_t tokens = 0;
    for (const GroupFigures& group : made.groups) {
      for (const Cost& one : group.cost) sum += usd(one.amount);
      tokens += group.input_tokens;
    }
    EXPECT_EQ(sum, usd("15"));
    EXPECT_EQ(tokens, 1'500'000);
  }
  const UsageReport projects = report({.group_by = GroupBy::project});
  EXPECT_EQ(projects.groups[0].group, "proj_1");
  EXPECT_EQ(projects.groups[1].name, "Not told by project");
  EXPECT_TRUE(report().groups.empty());
}

TEST_F(ReportTest, HoursAreShownAsTheyCameAndByTheWeek) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  const usage::SourceId source = add_source("openai", "org", 1);
  const Day monday = day("2026-11-16");
  std::vector<usage::UsageRow> rows;
  for (const Day when : {monday, monday + days{2}}) {
    usage::UsageRow row = use_row(when, "priced", "key_a", 100);
    row.width = usage::Width::hour;
    row.start += std::chrono::hours{13};
    rows.push_back(row);
  }
  put(source, "openai", monday, monday + days{7}, rows, {}, usage::Width::hour);
  const UsageReport hours = report({.days = 7, .group_by = GroupBy::hour});
  ASSERT_EQ(hours.groups.size(), 2U);
  EXPECT_EQ(hours.groups[0].group, "2026-11-16T13:00:00Z");
  const UsageReport week = report({.days = 7, .group_by = GroupBy::hour_of_week});
  ASSERT_EQ(week.groups.size(), 168U);
  EXPECT_EQ(week.groups[13].name, "Mon 13:00");
  EXPECT_EQ(week.groups[13].requests, 1);
  EXPECT_EQ(week.groups[48 + 13].name, "Wed 13:00");
  EXPECT_EQ(week.groups[48 + 13].requests, 1);
  EXPECT_EQ(week.groups[14].requests, 0);
  EXPECT_EQ(week.groups[13].weekday, 1);
  EXPECT_EQ(week.groups[13].hour, 13);
}

TEST_F(ReportTest, AnAnswerIsRememberedOnlyUntilTheFiguresChange) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  const usage::SourceId source = add_source("openai", "org", 1);
  const Day today = world_.today();
  put(source, "openai", today, today + days{1}, {use_row(today, "priced", "key_a", 1'000'000)}, {});
  EXPECT_EQ(cost(report().totals), "10.000000000USD~");
  EXPECT_EQ(cost(report().totals), "10.000000000USD~");
  put(source, "openai", today, today + days{1}, {use_row(today, "priced", "key_a", 3'000'000)}, {});
  EXPECT_EQ(cost(report().totals), "30.000000000USD~");
  world_.directory.at(1).key.name = "renamed";
  EXPECT_NE(line(report(), "renamed"), nullptr) << "names are never remembered";
}

TEST_F(ReportTest, MoreQuestionsThanAreRememberedAreStillAnswered) {
  for (std::int64_t n = 1; n <= static_cast<std::int64_t>(SumsCache::kEntriesMax) + 2; ++n) {
    EXPECT_EQ(report({.days = n}).days, n);
  }
}

TEST_F(ReportTest, AmountsAtTheEdgeOfTheirRangeDoNotStopTheProgram) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  const usage::SourceId source = add_source("openai", "org", 1);
  const Day today = world_.today();
  std::vector<usage::CostRow> costs;
  std::vector<usage::UsageRow> rows;
  for (int i = 0; i < 5; ++i) {
    const std::string key = "key_" + std::to_string(i);
    costs.push_back(cost_row(today, key, "9000000000"));
    rows.push_back(use_row(today, "priced", key, INT64_MAX));
  }
  put(source, "openai", today, today + days{1}, rows, costs);
  const UsageReport made = report();
  EXPECT_EQ(made.totals.cost.size(), 1U);
  EXPECT_EQ(made.totals.input_tokens, usage::kCountMax);
}

// ---- A slow, obvious model on random figures.

struct Cell {
  Amount cost{};
  std::int64_t tokens = 0;
};

class RandomFigures : public ReportTest {
 protected:
  std::int64_t pick(std::int64_t below) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(below));
  }

  struct Side {
    std::string provider{};
    usage::SourceId source{};
    std::map<Day, std::vector<usage::UsageRow>> rows{};
    std::map<Day, std::vector<usage::CostRow>> costs{};
  };

  void fill(Side& side, Day from, int length) {
    for (int round = 0; round < 60; ++round) {  // windows overlap: what comes later replaces
      const Day begin = from + days{pick(length)};
      const Day end = std::min(begin + days{1 + pick(5)}, from + days{length});
      std::vector<usage::UsageRow> rows;
      std::vector<usage::CostRow> costs;
      for (Day when = begin; when < end; when += days{1}) {
        side.rows[when].clear();
        side.costs[when].clear();
        for (std::int64_t i = pick(6); i > 0; --i) {
          usage::UsageRow row = use_row(when, pick(5) == 0 ? "mystery" : "priced-" + std::to_string(pick(3)),
                                        pick(4) == 0 ? "" : "key_" + std::to_string(pick(4)), pick(1'000'000));
          row.project = pick(2) == 0 ? "" : "proj_" + std::to_string(pick(2));
          row.counts.output_tokens = pick(10'000);
          side.rows[when].push_back(row);
        }
        for (std::int64_t i = pick(2) == 0 ? 0 : pick(4); i > 0; --i) {
          costs.push_back(cost_row(when, pick(3) == 0 ? "" : "key_" + std::to_string(pick(4)),
                                   (tiny_ ? "0.00000000" : "0.00") + std::to_string(1 + pick(1'000'000))));
          side.costs[when].push_back(costs.back());
        }
        rows.insert(rows.end(), side.rows[when].begin(), side.rows[when].end());
      }
      put(side.source, side.provider, begin, end, rows, costs);
    }
  }

  /// The sums of a range, cell by cell, as a child would do it.
  std::map<std::string, Cell> expected(const std::vector<Side>& sides, const DayRange& range, GroupBy by) {
    std::map<std::string, Cell> cells;
    const std::shared_ptr<const usage::PriceBook> book = world_.shelf.book();
    const auto name = [&](const Side& side, Day when, const std::string& key, const std::string& model,
                          const std::string& project) -> std::string {
      if (by == GroupBy::day) return to_string(when);
      if (by == GroupBy::provider) return side.provider;
      if (by == GroupBy::key) return side.provider + key;  // a line for each organization
      if (by == GroupBy::model) return side.provider + model;
      return side.provider + project;
    };
    for (const Side& side : sides) {
      for (Day when = range.from; when <= range.to; when += days{1}) {
        const auto rows = side.rows.find(when);
        const auto costs = side.costs.find(when);
        const bool billed = costs != side.costs.end() && !costs->second.empty();
        if (rows != side.rows.end()) {
          for (const usage::UsageRow& row : rows->second) {
            Cell& cell = cells[name(side, when, row.remote_key, row.model, row.project)];
            cell.tokens += row.counts.input_tokens + row.counts.output_tokens;
            const bool priced = row.model != "mystery";
            if (!billed && priced)
              cell.cost += Amount{row.counts.input_tokens * 10'000 + row.counts.output_tokens * 30'000, 0};
          }
        }
        if (!billed) continue;
        for (const usage::CostRow& row : costs->second) {
          cells[name(side, when, row.remote_key, row.model, row.project)].cost += row.amount;
        }
      }
    }
    return cells;
  }

  std::map<std::string, Cell> shown(const UsageReport& made, GroupBy by) {
    std::map<std::string, Cell> cells;
    for (const GroupFigures& group : made.groups) {
      const bool with_provider = by == GroupBy::key || by == GroupBy::model || by == GroupBy::project;
      Cell& cell = cells[(with_provider ? group.provider : "") + group.group];
      for (const Cost& one : group.cost) cell.cost += usd(one.amount);
      cell.tokens += group.input_tokens + group.output_tokens;
    }
    return cells;
  }

  std::mt19937_64 random_{};
  bool tiny_ = true;  // billed amounts with up to 15 decimals; otherwise 9, whose rounded parts add up
};

TEST_F(RandomFigures, ReportsAreWhatASlowObviousSumSays) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_.seed(seed);
  world_.directory.add(1, "openai", keys::KeyType::admin);
  world_.directory.add(2, "anthropic", keys::KeyType::admin);
  std::vector<Side> sides;
  sides.push_back({"openai", add_source("openai", "org", 1)});
  sides.push_back({"anthropic", add_source("anthropic", "org", 2)});
  const Day first = world_.today() - days{39};
  for (Side& side : sides) fill(side, first, 40);
  for (int question = 0; question < 12; ++question) {
    const Day from = first + days{pick(40)};
    const Day to = std::min(from + days{pick(15)}, world_.today());
    const GroupBy by = std::vector{GroupBy::day, GroupBy::provider, GroupBy::key, GroupBy::model, GroupBy::project}.at(
        static_cast<std::size_t>(pick(5)));
    SCOPED_TRACE(to_string(from) + " " + to_string(to) + " " + boost::describe::enum_to_string(by, ""));
    const UsageReport made = report({.from = from, .to = to, .group_by = by});
    const std::map<std::string, Cell> want = expected(sides, {from, to}, by);
    const std::map<std::string, Cell> got = shown(made, by);
    for (const auto& [name, cell] : want) {
      SCOPED_TRACE(name);
      const auto found = got.find(name);
      ASSERT_TRUE(found != got.end() || (cell.tokens == 0 && cell.cost == Amount{}));
      if (found == got.end()) continue;
      EXPECT_EQ(found->second.tokens, cell.tokens);
      EXPECT_EQ(found->second.cost.nanos, to_money(cell.cost, {}).nanos) << "rounded once, at the end";
    }
    Cell whole;
    for (const auto& [name, cell] : want) {
      whole.cost += cell.cost;
      whole.tokens += cell.tokens;
    }
    EXPECT_EQ(made.totals.input_tokens + made.totals.output_tokens, whole.tokens);
    const Amount total = made.totals.cost.empty() ? Amount{} : usd(made.totals.cost[0].amount);
    EXPECT_EQ(total.nanos, to_money(whole.cost, {}).nanos);
  }
}

TEST_F(RandomFigures, AKeyBrokenDownByModelIsThatPartOfTheWhole) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_.seed(seed);
  tiny_ = false;
  world_.directory.add(1, "openai", keys::KeyType::admin);
  for (std::int64_t id = 0; id < 4; ++id) {
    HeldKey& held = world_.directory.add(10 + id, "openai", keys::KeyType::project, 2);
    held.key.remote_id = "key_" + std::to_string(id);
    held.key.admin_key_id = ProviderKeyId{1};
  }
  std::vector<Side> sides{{"openai", add_source("openai", "org", 1)}};
  fill(sides[0], world_.today() - days{19}, 20);
  Amount sum;
  std::int64_t tokens = 0;
  for (std::int64_t id = 0; id < 4; ++id) {
    const UsageReport made = report({.days = 20, .group_by = GroupBy::model, .key_id = ProviderKeyId{10 + id}});
    Amount groups;
    for (const GroupFigures& group : made.groups) {
      for (const Cost& one : group.cost) groups += usd(one.amount);
      tokens += group.input_tokens;
    }
    EXPECT_EQ(groups, made.totals.cost.empty() ? Amount{} : usd(made.totals.cost[0].amount));
    sum += groups;
  }
  const UsageReport whole = report({.days = 20});
  const KeyFigures* nobody = line(whole, "Not attributable to a key");
  if (nobody != nullptr) {
    tokens += nobody->input_tokens;
    for (const Cost& one : nobody->cost) sum += usd(one.amount);
  }
  EXPECT_EQ(tokens, whole.totals.input_tokens);
  EXPECT_EQ(sum, whole.totals.cost.empty() ? Amount{} : usd(whole.totals.cost[0].amount));
}

}  // namespace
}  // namespace keyledger::service
