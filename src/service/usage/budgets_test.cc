#include "service/usage/budgets.h"

#include <gtest/gtest.h>

#include "service/usage/testing.h"
#include "service/webhooks/testing.h"
#include "store/usage_row_store.h"

namespace keyledger::service {
namespace {

using namespace testing;

class FakeNotifier final : public Notifier {
 public:
  [[nodiscard]] runtime::Task<Result<void>> post(std::string url, BudgetNotice notice) override {
    posts.emplace_back(std::move(url), std::move(notice));
    if (fails) co_return fail(Code::unavailable, "The receiver answered 500.");
    co_return Result<void>{};
  }
  std::vector<std::pair<std::string, BudgetNotice>> posts{};
  bool fails = false;
};

class BudgetsTest : public ::testing::Test {
 protected:
  BudgetsTest() {
    const auto made = world_.store->writer().run_blocking<bool>([&](store::Transaction& transaction) -> Result<bool> {
      const auto account =
          store::AccountStore::insert(transaction, {"a@example.com", "a@example.com", "Anna", ""}, world_.clock.now());
      account_ = account.value();
      const auto key = store::ProviderKeyStore::insert(
          transaction, {.account_id = account_, .name = "shop", .provider = "openai", .fingerprint = "f"});
      key_ = key.value();
      return true;
    });
    EXPECT_TRUE(made);
    HeldKey& held = world_.directory.add(key_.value, "openai", keys::KeyType::project, account_.value);
    held.key.name = "shop";
    held.key.remote_id = "key_a";
    held.account_name = "Anna";
  }
  /// A bill of the month, for our key and for another one of the organization.
  void spend(std::string_view ours, std::string_view others) {
    const auto stored = world_.store->writer().run_blocking<bool>([&](store::Transaction& transaction) -> Result<bool> {
      const auto source = store::UsageSourceStore::find_or_add(transaction, "openai", "org", world_.clock.now());
      return store::UsageRowStore::replace(
          transaction,
          {.source = source->id,
           .provider = "openai",
           .from = Instant{day("2026-10-31")},
           .to = Instant{day("2026-11-03")},
           .datasets = {"costs"},
           .costs = {cost_row(day("2026-10-31"), "key_a", "1000"), cost_row(day("2026-11-02"), "key_a", ours),
                     cost_row(day("2026-11-02"), "key_b", others)}},
          *world_.shelf.book());
    });
    ASSERT_TRUE(stored);
  }
  Result<BudgetView> create(NewBudget budget) { return run(budgets_.create(kOwner, std::move(budget), {})); }
  std::vector<BudgetView> all() { return run(budgets_.list({}, 50)).value(); }

  UsageWorld world_{};
  AccountId account_{};
  ProviderKeyId key_{};
  FakeNotifier notifier_{};
  WebhookQueue webhooks_{&plain_payload};
  Budgets budgets_{world_.core(), &world_.directory, &world_.events, &notifier_, &webhooks_};
};

TEST_F(BudgetsTest, ABudgetCountsWhatItIsForInThisMonth) {
  spend("30", "12.5");
  ASSERT_TRUE(create({.amount = "100"}));
  ASSERT_TRUE(create({.key_id = key_, .amount = "37.5"}));
  ASSERT_TRUE(create({.account_id = account_, .amount = "1000", .webhook_url = "https://example.com/hook"}));
  ASSERT_TRUE(create({.amount = "10", .currency = "eur"}));
  const std::vector<BudgetView> views = all();
  ASSERT_EQ(views.size(), 4U);
  EXPECT_EQ(views[0].name, "Everything");
  EXPECT_EQ(views[0].spent.nanos, 42'500'000'000);
  EXPECT_EQ(views[0].percent, 42);
  EXPECT_EQ(views[0].state, BudgetState::ok);
  EXPECT_EQ(views[0].month, "2026-11");
  EXPECT_EQ(views[0].expected.nanos, 62'195'121'951) << "42.5 * 30 days / 20.5 days";
  EXPECT_EQ(views[1].name, "shop");
  EXPECT_EQ(views[1].spent.nanos, 30'000'000'000);
  EXPECT_EQ(views[1].percent, 80);
  EXPECT_EQ(views[1].state, BudgetState::warning);
  EXPECT_EQ(views[2].name, "Anna");
  EXPECT_EQ(views[2].spent.nanos, 30'000'000'000);
  EXPECT_EQ(views[2].webhook_url, "https://example.com/hook");
  EXPECT_EQ(views[3].spent.nanos, 0) << "dollars do not count against euros";
}

TEST_F(BudgetsTest, EachMistakeHasItsOwnCodeAndMakesNothing) {
  const struct {
    const char* name;
    NewBudget budget;
    const char* reason;
  } cases[] = {
      {"nothing", {.amount = ""}, "invalid_amount"},
      {"zero", {.amount = "0"}, "invalid_amount"},
      {"negative", {.amount = "-5"}, "invalid_amount"},
      {"words", {.amount = "ten"}, "invalid_amount"},
      {"exponent", {.amount = "1e3"}, "invalid_amount"},
      {"ten decimals", {.amount = "1.0000000001"}, "invalid_amount"},
      {"too much", {.amount = "99999999999"}, "invalid_amount"},
      {"currency", {.amount = "1", .currency = "dollars"}, "invalid_amount"},
      {"unknown account", {.account_id = AccountId{999}, .amount = "1"}, "unknown_account"},
      {"unknown key", {.key_id = ProviderKeyId{999}, .amount = "1"}, "unknown_key"},
      {"both", {.account_id = AccountId{1}, .key_id = ProviderKeyId{1}, .amount = "1"}, "ambiguous_scope"},
      {"ftp", {.amount = "1", .webhook_url = "ftp://example.com"}, "malformed_webhook_url"},
      {"plain http", {.amount = "1", .webhook_url = "http://example.com"}, "malformed_webhook_url"},
      {"fake loopback", {.amount = "1", .webhook_url = "http://localhost.example.com"}, "malformed_webhook_url"},
      {"user", {.amount = "1", .webhook_url = "https://a:b@example.com"}, "malformed_webhook_url"},
      {"no host", {.amount = "1", .webhook_url = "https:///path"}, "malformed_webhook_url"},
      {"blank", {.amount = "1", .webhook_url = "https://example.com/a b"}, "malformed_webhook_url"},
      {"long", {.amount = "1", .webhook_url = "https://e.com/" + std::string(2'048, 'a')}, "malformed_webhook_url"},
      {"long name", {.name = std::string(201, 'a'), .amount = "1"}, "too_long"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Result<BudgetView> made = create(c.budget);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().reason, c.reason);
  }
  EXPECT_TRUE(all().empty());
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log"), 0);
}

TEST_F(BudgetsTest, ASecondBudgetForTheSameIsRefused) {
  ASSERT_TRUE(create({.account_id = account_, .amount = "1"}));
  const Result<BudgetView> twice = create({.account_id = account_, .amount = "2"});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().reason, "duplicate_budget");
  EXPECT_EQ(twice.error().code, Code::conflict);
  EXPECT_TRUE(create({.account_id = account_, .amount = "2", .currency = "EUR"}));
}

TEST_F(BudgetsTest, ChangingAndRemovingAreAuditedAndUnknownOnesAreTold) {
  const BudgetId id = create({.amount = "100", .webhook_url = "http://127.0.0.1:9/x"})->id;
  const Result<BudgetView> changed =
      run(budgets_.update(kOwner, id, {.name = "all", .amount = "50", .webhook_url = ""}));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->name, "all");
  EXPECT_EQ(changed->amount.nanos, 50'000'000'000);
  EXPECT_EQ(changed->webhook_url, std::nullopt);
  EXPECT_EQ(run(budgets_.update(kOwner, id, {.amount = "x"})).error().reason, "invalid_amount");
  EXPECT_EQ(run(budgets_.update(kOwner, id, {.webhook_url = "x"})).error().reason, "malformed_webhook_url");
  EXPECT_TRUE(run(budgets_.remove(kOwner, id)));
  EXPECT_EQ(run(budgets_.remove(kOwner, id)).error().reason, "unknown_budget");
  EXPECT_EQ(run(budgets_.update(kOwner, id, {})).error().reason, "unknown_budget");
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log"), 3);
}

TEST_F(BudgetsTest, EachLevelIsToldOnceAMonth) {
  ASSERT_TRUE(create({.amount = "100", .webhook_url = "https://example.com/hook"}));
  spend("79.99", "0");
  run_void(budgets_.check());
  EXPECT_TRUE(notifier_.posts.empty());
  spend("80", "0");
  run_void(budgets_.check());
  run_void(budgets_.check());
  ASSERT_EQ(notifier_.posts.size(), 1U);
  EXPECT_EQ(notifier_.posts[0].first, "https://example.com/hook");
  EXPECT_EQ(notifier_.posts[0].second.level, 80);
  EXPECT_EQ(notifier_.posts[0].second.month, "2026-11");
  EXPECT_EQ(notifier_.posts[0].second.spent.nanos, 80'000'000'000);
  spend("150", "0");
  run_void(budgets_.check());
  run_void(budgets_.check());
  ASSERT_EQ(notifier_.posts.size(), 2U);
  EXPECT_EQ(notifier_.posts[1].second.level, 100);
}

TEST_F(BudgetsTest, EndpointsHearOfTheHighestLevelOnce) {
  listen(world_);
  ASSERT_TRUE(create({.name = "Shop", .key_id = key_, .amount = "100"}));
  spend("81", "0");
  run_void(budgets_.check());
  run_void(budgets_.check());
  EXPECT_EQ(told(world_), std::vector<std::string>{"budget.reached budget_id=1 budget_name=Shop scope=key account_id= "
                                                   "key_id=1 month=2026-11 level=80 amount=100.000000000 "
                                                   "spent=81.000000000 expected=118.536585366"});
  spend("250", "0");
  run_void(budgets_.check());
  ASSERT_EQ(told(world_).size(), 2U);
  EXPECT_NE(told(world_)[1].find("level=100"), std::string::npos);
}

TEST_F(BudgetsTest, ABudgetThatIsUsedUpAtOnceIsToldOnce) {
  ASSERT_TRUE(create({.amount = "100", .webhook_url = "https://example.com/hook"}));
  spend("150", "0");
  run_void(budgets_.check());
  ASSERT_EQ(notifier_.posts.size(), 1U);
  EXPECT_EQ(notifier_.posts[0].second.level, 100);
}

TEST_F(BudgetsTest, AReceiverThatFailsIsToldAgainLaterAlsoAfterARestart) {
  notifier_.fails = true;
  ASSERT_TRUE(create({.amount = "100", .webhook_url = "https://example.com/hook"}));
  spend("90", "0");
  run_void(budgets_.check());
  run_void(budgets_.check());
  EXPECT_EQ(notifier_.posts.size(), 1U) << "not before the pause is over";
  EXPECT_EQ(all()[0].webhook_error, "The receiver answered 500.");
  world_.reopen();
  world_.clock.advance(std::chrono::minutes{2});
  notifier_.fails = false;
  Budgets after(world_.core(), &world_.directory, &world_.events, &notifier_);
  run_void(after.check());
  EXPECT_EQ(notifier_.posts.size(), 2U);
  run_void(after.check());
  EXPECT_EQ(notifier_.posts.size(), 2U);
  EXPECT_EQ(run(after.list({}, 50))->front().webhook_error, std::nullopt);
}

TEST_F(BudgetsTest, ADeadReceiverIsGivenUpAfterItsAttempts) {
  notifier_.fails = true;
  ASSERT_TRUE(create({.amount = "100", .webhook_url = "https://example.com/hook"}));
  spend("90", "0");
  for (int i = 0; i < 30; ++i) {
    run_void(budgets_.check());
    world_.clock.advance(std::chrono::hours{7});
  }
  // Nine days later it is the same month's notice or none: the clock has left November, so only attempts count here.
  EXPECT_EQ(notifier_.posts.size(), static_cast<std::size_t>(Budgets::kAttemptsMax));
}

TEST_F(BudgetsTest, AnotherAmountWarnsAnew) {
  const BudgetId id = create({.amount = "100", .webhook_url = "https://example.com/hook"})->id;
  spend("90", "0");
  run_void(budgets_.check());
  ASSERT_TRUE(run(budgets_.update(kOwner, id, {.amount = "110"})));
  run_void(budgets_.check());
  EXPECT_EQ(notifier_.posts.size(), 2U);
}

TEST_F(BudgetsTest, WithoutAWebhookNothingIsSent) {
  ASSERT_TRUE(create({.amount = "100"}));
  spend("90", "0");
  run_void(budgets_.check());
  EXPECT_TRUE(notifier_.posts.empty());
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM budget_notices"), 1);
}

}  // namespace
}  // namespace keyledger::service
