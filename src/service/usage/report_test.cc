#include "service/usage/report.h"

#include <gtest/gtest.h>

#include "service/usage/report_testing.h"

namespace keyledger::service {
namespace {

using namespace testing;
using std::chrono::days;
using store::Transaction;

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
  const UsageReport by_model = report({.group_by = {GroupBy::model}, .key_id = ProviderKeyId{2}});
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
    const UsageReport made = report({.days = 7, .group_by = {by}});
    Amount sum;
    std::int64_t tokens = 0;
    for (const GroupFigures& group : made.groups) {
      for (const Cost& one : group.cost) sum += usd(one.amount);
      tokens += group.input_tokens;
    }
    EXPECT_EQ(sum, usd("15"));
    EXPECT_EQ(tokens, 1'500'000);
  }
  const UsageReport projects = report({.group_by = {GroupBy::project}});
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
  const UsageReport hours = report({.days = 7, .group_by = {GroupBy::hour}});
  ASSERT_EQ(hours.groups.size(), 2U);
  EXPECT_EQ(hours.groups[0].group, "2026-11-16T13:00:00Z");
  const UsageReport week = report({.days = 7, .group_by = {GroupBy::hour_of_week}});
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

TEST_F(ReportTest, SeveralBreakdownsComeAtOnceAndAreThoseThatComeAlone) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  const usage::SourceId source = add_source("openai", "org", 1);
  const Day today = world_.today();
  put(source, "openai", today - days{3}, today + days{1},
      {use_row(today, "priced", "key_a", 1'000'000), use_row(today - days{3}, "priced-b", "key_b", 500'000)}, {});
  const std::vector<GroupBy> words{GroupBy::provider, GroupBy::model, GroupBy::key, GroupBy::account};
  const UsageReport together = report({.days = 7, .group_by = words});
  EXPECT_EQ(together.group_by, std::nullopt);
  EXPECT_TRUE(together.groups.empty());
  ASSERT_EQ(together.groups_by.size(), words.size());
  for (const GroupBy by : words) {
    const UsageReport alone = report({.days = 7, .group_by = {by}});
    const std::string word = boost::describe::enum_to_string(by, "");
    SCOPED_TRACE(word);
    EXPECT_EQ(alone.group_by, by);
    const std::vector<GroupFigures>& groups = together.groups_by.at(word);
    ASSERT_EQ(groups.size(), alone.groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
      EXPECT_EQ(groups[i].group, alone.groups[i].group);
      EXPECT_EQ(cost(groups[i]), cost(alone.groups[i]));
      EXPECT_EQ(groups[i].tokens, alone.groups[i].tokens);
    }
  }
}

TEST_F(ReportTest, PartsThatNobodyAskedForAreEmptyAndTheRestIsTheSame) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  const usage::SourceId source = add_source("openai", "org", 1);
  const Day today = world_.today();
  put(source, "openai", today, today + days{1}, {use_row(today, "mystery", "key_a", 700)}, {});
  const UsageReport whole = report({.group_by = {GroupBy::account}});
  EXPECT_EQ(whole.parts.size(), 8U);
  const UsageReport bare = report({.group_by = {GroupBy::account}, .parts = {UsagePart::totals}});
  EXPECT_EQ(bare.parts, std::vector{UsagePart::totals});
  EXPECT_TRUE(bare.series.empty() && bare.keys.empty() && bare.groups.empty() && bare.groups_by.empty());
  EXPECT_TRUE(bare.unpriced.empty() && bare.problems.empty() && bare.sources.empty());
  EXPECT_EQ(bare.totals.tokens, whole.totals.tokens);
  EXPECT_EQ(bare.key_counts.total, 1);
  EXPECT_EQ(bare.synced_at, whole.synced_at);
  const UsageReport some = report({.group_by = {GroupBy::account}, .parts = {UsagePart::groups, UsagePart::problems}});
  EXPECT_EQ(some.groups.size(), 1U);
  EXPECT_EQ(some.problems.size(), 1U);
  EXPECT_TRUE(some.keys.empty() && some.unpriced.empty());
}

TEST_F(ReportTest, TheRangeBeforeTheZoneAndTheKeysByStatusAreTold) {
  zone_ = Zone::find("Europe/Berlin").value();
  world_.directory.add(1, "openai", keys::KeyType::admin);
  world_.directory.add(2, "openai", keys::KeyType::project).key.status = keys::KeyStatus::invalid;
  world_.directory.add(3, "anthropic", keys::KeyType::admin).key.status = keys::KeyStatus::unknown;
  const UsageReport made = report({.days = 7});
  EXPECT_EQ(made.timezone, "Europe/Berlin");
  EXPECT_EQ(made.previous_from, day("2026-11-08"));
  EXPECT_EQ(made.previous_to, day("2026-11-14"));
  EXPECT_EQ(made.key_counts.total, 3);
  EXPECT_EQ(made.key_counts.valid, 1);
  EXPECT_EQ(made.key_counts.invalid, 1);
  EXPECT_EQ(made.key_counts.unknown, 1);
  EXPECT_EQ(report({.provider = "openai"}).key_counts.total, 2);
  EXPECT_EQ(report({.key_id = ProviderKeyId{3}}).key_counts.total, 1);
}

TEST_F(ReportTest, TheTableOfKeysIsFilteredCountedAndSummedUp) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  HeldKey& held = world_.directory.add(2, "openai", keys::KeyType::project);
  held.key.remote_id = "key_a";
  held.key.admin_key_id = ProviderKeyId{1};
  held.key.name = "Shop";
  const Day today = world_.today();
  put(add_source("openai", "org", 1), "openai", today, today + days{1},
      {use_row(today, "priced", "key_a", 1'000'000), use_row(today, "priced", "key_b", 3'000'000)}, {});
  const auto ask = [this](UsageKeyQuery query) { return run(reports_.keys(std::move(query))).value(); };
  const UsageKeys all = ask({});
  ASSERT_EQ(all.lines.size(), 3U);
  EXPECT_EQ(all.all_count, 3);
  EXPECT_EQ(all.lines[0].name, "key_b");
  EXPECT_EQ(all.lines[0].cost_permille, 750);
  EXPECT_EQ(all.lines[2].name, "key 1") << "nothing was counted for it";
  EXPECT_EQ(cost(all.totals), "40.000000000USD~");
  EXPECT_EQ(all.from, day("2026-10-23"));
  const UsageKeys some = ask({.search = "sHOP", .sort = UsageKeySort::name, .descending = false});
  ASSERT_EQ(some.lines.size(), 1U);
  EXPECT_EQ(some.all_count, 3);
  EXPECT_EQ(cost(some.totals), "10.000000000USD~");
  EXPECT_EQ(some.lines[0].cost_permille, 1'000) << "of what the filters leave";
  EXPECT_EQ(ask({.kind = OwnerKind::remote}).lines.size(), 1U);
  EXPECT_EQ(ask({.usage = {.provider = "anthropic"}}).lines.size(), 0U);
  EXPECT_EQ(run(reports_.keys({.usage = {.account_id = AccountId{7}}})).error().reason, "unknown_account");
  EXPECT_EQ(run(reports_.keys({.usage = {.provider = "nobody"}})).error().reason, "unknown_provider");
}

TEST_F(ReportTest, AKeyIsLastUsedInTheLastHourThatItsProviderTells) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  world_.directory.add(2, "openai", keys::KeyType::standard);
  const usage::SourceId source = add_source("openai", "org", 1);
  const Day today = world_.today();
  usage::UsageRow hour = use_row(today, "priced", "key_a", 100);
  hour.width = usage::Width::hour;
  hour.start += std::chrono::hours{9};
  put(source, "openai", today, today + days{1}, {use_row(today, "priced", "key_a", 100)}, {});
  put(source, "openai", today, today + days{1}, {hour}, {}, usage::Width::hour);
  put(add_source("openai", "key:2", 2, false), "openai", today - days{2}, today,
      {use_row(today - days{2}, "priced", "", 1)}, {});
  const UsageReport made = report();
  EXPECT_EQ(line(made, "key_a")->last_used, today);
  EXPECT_EQ(line(made, "key_a")->last_used_at, Instant{today} + std::chrono::hours{9});
  EXPECT_EQ(line(made, "key 2")->last_used, today - days{2}) << "it reads its own use";
  EXPECT_EQ(line(made, "key 2")->last_used_at, std::nullopt);
  EXPECT_EQ(line(made, "key 1")->last_used, std::nullopt);
}

TEST_F(ReportTest, TheProblemsAreCountedWithoutAReport) {
  world_.directory.add(1, "openai", keys::KeyType::admin);
  EXPECT_EQ(run(reports_.problems()).value().open_problems, 0);
  EXPECT_EQ(run(reports_.problems()).value().worst, std::nullopt);
  const Day today = world_.today();
  put(add_source("openai", "org", 1), "openai", today, today + days{1}, {use_row(today, "mystery", "key_a", 700)}, {});
  EXPECT_EQ(run(reports_.problems()).value().open_problems, 1);
  EXPECT_EQ(run(reports_.problems()).value().worst, keys::Severity::warning);
  HeldKey& held = world_.directory.at(1);
  held.key.status = keys::KeyStatus::invalid;
  held.test_finding = keys::Finding{.code = "key_rejected"};
  EXPECT_EQ(run(reports_.problems()).value().open_problems, 2);
  EXPECT_EQ(run(reports_.problems()).value().worst, keys::Severity::critical);
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

}  // namespace
}  // namespace keyledger::service
