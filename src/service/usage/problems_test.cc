#include "service/usage/problems.h"

#include <gtest/gtest.h>

#include "service/usage/testing.h"

namespace keyledger::service {
namespace {

using namespace testing;

class ProblemsTest : public ::testing::Test {
 protected:
  std::vector<Problem> find() {
    return find_problems({&directory_.keys, &facts_, &budgets_, &unpriced_, now_, &describe_});
  }
  void finding(std::int64_t key, std::string stage, std::string code, Instant since) {
    facts_.findings.push_back({.provider_key_id = ProviderKeyId{key},
                               .stage = std::move(stage),
                               .code = std::move(code),
                               .provider_message = "words",
                               .missing_scopes = "a.read b.read",
                               .since = since,
                               .seen_at = now_});
  }
  usage::Source& source(std::int64_t reader, std::optional<Instant> success) {
    usage::Source& made = facts_.sources.emplace_back();
    made.id = usage::SourceId{std::ssize(facts_.sources)};
    made.provider = "openai";
    made.reader_key_id = ProviderKeyId{reader};
    made.account_id = AccountId{1};
    made.last_success_at = success;
    return made;
  }

  Instant now_ = parse_rfc3339("2026-11-21T12:00:00Z").value();
  FakeDirectory directory_{};
  SourceFacts facts_{};
  std::vector<BudgetView> budgets_{};
  std::vector<store::UsageReportStore::Unpriced> unpriced_{};
  providers::Description openai_{.id = "openai", .name = "OpenAI", .console_url = "https://console.example"};
  ProviderNames describe_ = [this](std::string_view id) { return id == "openai" ? &openai_ : nullptr; };
};

TEST_F(ProblemsTest, AFindingOfTheSyncIsExplained) {
  directory_.add(1, "openai", keys::KeyType::admin);
  finding(1, "fetch", "missing_scope", now_);
  const std::vector<Problem> problems = find();
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].code, "missing_scope");
  EXPECT_EQ(problems[0].severity, keys::Severity::warning);
  EXPECT_EQ(problems[0].action, "grant_scope");
  EXPECT_EQ(problems[0].key_name, "key 1");
  EXPECT_EQ(problems[0].dataset, "fetch");
  EXPECT_EQ(problems[0].missing_scopes, (std::vector<std::string>{"a.read", "b.read"}));
  EXPECT_FALSE(problems[0].cause.empty());
  EXPECT_FALSE(problems[0].remedy.empty());
}

TEST_F(ProblemsTest, EveryCodeOfTheTableHasACauseAndARemedy) {
  for (const keys::Explanation& explanation : keys::explanations()) {
    SCOPED_TRACE(explanation.code);
    directory_.keys.clear();
    facts_.findings.clear();
    directory_.add(1, "openai", keys::KeyType::admin);
    finding(1, "fetch", std::string{explanation.code}, now_);
    const std::vector<Problem> problems = find();
    ASSERT_EQ(problems.size(), explanation.action == "none" ? 0U : 1U);
    if (problems.empty()) continue;
    EXPECT_EQ(problems[0].cause, explanation.cause);
    EXPECT_EQ(problems[0].remedy, explanation.remedy);
    EXPECT_EQ(problems[0].severity, explanation.severity);
  }
}

TEST_F(ProblemsTest, EachHasAnIdAShortLineAndTheConsoleWhereItIsNeeded) {
  directory_.add(1, "openai", keys::KeyType::admin);
  directory_.add(2, "elsewhere", keys::KeyType::admin);
  for (const std::int64_t key : {1, 2}) finding(key, "fetch", "key_rejected", now_);
  finding(1, "hourly", "unreachable", now_);
  budgets_.push_back({.id = BudgetId{3}, .name = "over", .key_id = ProviderKeyId{1}, .state = BudgetState::exceeded});
  unpriced_.push_back({.provider = "openai", .model = "a"});
  std::map<std::string, Problem> found;
  for (Problem& problem : find()) found.emplace(problem.id, problem);
  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(found["key-1-key_rejected"].title, "OpenAI rejects this key");
  EXPECT_EQ(found["key-1-key_rejected"].action_url, "https://console.example");
  EXPECT_EQ(found["key-2-key_rejected"].title, "elsewhere rejects this key");
  EXPECT_EQ(found["key-2-key_rejected"].action_url, std::nullopt);
  EXPECT_EQ(found["key-1-unreachable"].action_url, std::nullopt) << "nothing to do there";
  EXPECT_EQ(found["budget-3-budget_100"].title, "A budget of this month is spent");
  EXPECT_EQ(found["openai-unpriced_model"].title, "A model has no price");
}

TEST_F(ProblemsTest, ACodeStandsOncePerKeyAndTheWorstComesFirst) {
  HeldKey& held = directory_.add(1, "openai", keys::KeyType::admin);
  held.key.status = keys::KeyStatus::invalid;
  held.test_finding = keys::Finding{.code = "key_rejected"};
  held.tested_at = now_;
  finding(1, "discover", "key_rejected", now_);
  finding(1, "fetch", "rate_limited", now_);
  directory_.add(2, "openai", keys::KeyType::admin);
  finding(2, "fetch", "missing_scope", now_);
  const std::vector<Problem> problems = find();
  ASSERT_EQ(problems.size(), 3U);
  EXPECT_EQ(problems[0].code, "key_rejected");
  EXPECT_EQ(problems[1].code, "missing_scope");
  EXPECT_EQ(problems[2].code, "rate_limited");
}

TEST_F(ProblemsTest, ATestThatFailedIsForgottenWhenTheKeyIsWellAgain) {
  HeldKey& held = directory_.add(1, "openai", keys::KeyType::admin);
  held.test_finding = keys::Finding{.code = "unreachable"};
  EXPECT_TRUE(find().empty());
  held.key.status = keys::KeyStatus::unreachable;
  EXPECT_EQ(find().size(), 1U);
}

TEST_F(ProblemsTest, AKeyThatMayNotReadIsNoProblemWhereAnAdminKeyDoes) {
  directory_.add(1, "openai", keys::KeyType::standard);
  directory_.add(2, "openai", keys::KeyType::admin);
  facts_.readers.push_back({ProviderKeyId{1}, {}, false, now_});
  finding(1, "fetch", "admin_key_needed", now_);
  ASSERT_EQ(find().size(), 1U);
  EXPECT_EQ(find()[0].action, "add_admin_key");
  source(2, now_);
  EXPECT_TRUE(find().empty());
}

TEST_F(ProblemsTest, FiguresOlderThanADayAreStaleUnlessTheReasonIsTold) {
  directory_.add(1, "openai", keys::KeyType::admin);
  source(1, now_ - std::chrono::hours{24});
  EXPECT_TRUE(find().empty());
  facts_.sources[0].last_success_at = now_ - std::chrono::hours{24} - std::chrono::milliseconds{1};
  ASSERT_EQ(find().size(), 1U);
  EXPECT_EQ(find()[0].code, "sync_stale");
  finding(1, "fetch", "unreachable", now_);
  ASSERT_EQ(find().size(), 1U);
  EXPECT_EQ(find()[0].code, "unreachable");
}

TEST_F(ProblemsTest, BudgetsAndUnpricedModelsAreProblemsToo) {
  budgets_.push_back({.id = BudgetId{1}, .name = "fine", .state = BudgetState::ok});
  budgets_.push_back({.id = BudgetId{2}, .name = "close", .state = BudgetState::warning});
  budgets_.push_back({.id = BudgetId{3}, .name = "over", .state = BudgetState::exceeded});
  for (const char* model : {"a", "b", "c", "d"}) unpriced_.push_back({.provider = "openai", .model = model});
  const std::vector<Problem> problems = find();
  ASSERT_EQ(problems.size(), 3U);
  EXPECT_EQ(problems[0].code, "budget_100");
  EXPECT_EQ(problems[0].subject, "over");
  EXPECT_EQ(problems[0].budget_id, BudgetId{3});
  EXPECT_EQ(problems[1].code, "budget_80");
  EXPECT_EQ(problems[2].subject, "a, b, c, ...");
}

TEST_F(ProblemsTest, WhatConcernsAKeyThatIsGoneIsNoProblemAnyMore) {
  finding(9, "fetch", "key_rejected", now_);
  EXPECT_TRUE(find().empty());
}

}  // namespace
}  // namespace keyledger::service
