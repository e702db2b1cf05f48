#include "service/provider_keys.h"

#include <gtest/gtest.h>

#include "service/accounts.h"
#include "service/audit.h"
#include "service/testing.h"
#include "store/budget_store.h"

namespace keyledger::service {
namespace {

using keys::KeyType;
using providers::testing::reply;
using testing::kOwner;
using testing::run;
using testing::World;

// Made-up keys in the providers' forms, from parts, so that no scanner takes them for real ones.
std::string openai_key(const std::string& kind, char fill) {
  return "sk-" + kind + "-" + std::string(58, fill) + "T3Blbk" + "FJ" + std::string(58, fill);
}

class ProviderKeysTest : public ::testing::Test {
 protected:
  ProviderKeysTest() {
    check_invariant(keys_.prepare().has_value(), "the fingerprint key can be made");
    account_ = run(accounts_.create(kOwner, {"dana@example.com", "", ""}, {}))->id;
  }
  NewKey fresh(std::string text, std::string name = "prod") {
    NewKey key;
    key.name = std::move(name);
    key.full_key = Secret{std::move(text)};
    key.account_id = account_;
    return key;
  }
  Result<KeyView> create(NewKey key) { return run(keys_.create(kOwner, std::move(key), {})); }

  World world_{};
  providers::testing::ScriptedHttp http_{};
  providers::Registry registry_{&http_, &world_.clock};
  providers::Endpoints endpoints_ = *providers::Endpoints::make(&registry_, {});
  Accounts accounts_{world_.core()};
  ProviderKeys keys_{world_.core(), &endpoints_};
  AccountId account_{};
};

TEST_F(ProviderKeysTest, AKeyIsRecognisedMaskedSealedAndRevealed) {
  const std::string text = openai_key("proj", 'a');
  const Result<KeyView> made = create(fresh("  Bearer " + text + "\n"));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->provider, "openai");
  EXPECT_EQ(made->key_type, KeyType::project);
  EXPECT_EQ(made->masked_key, "sk-proj-...aaaa");
  EXPECT_EQ(made->status, keys::KeyStatus::unknown);
  EXPECT_FALSE(made->last_test);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM provider_keys WHERE INSTR(sealed_key, 'aaaaaaaa') > 0"), 0);
  const Result<Secret> full = run(keys_.reveal(kOwner, made->id));
  ASSERT_TRUE(full);
  EXPECT_EQ(full->reveal(), text);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log WHERE action = 'keys.reveal'"), 1);
}

TEST_F(ProviderKeysTest, ASealedKeyDoesNotOpenInAnotherRow) {
  const ProviderKeyId first = create(fresh(openai_key("proj", 'a')))->id;
  const ProviderKeyId second = create(fresh(openai_key("proj", 'b')))->id;
  ASSERT_TRUE(world_.store->writer().run_blocking<void>([&](store::Transaction& transaction) {
    return transaction.connection().run_script(
        "UPDATE provider_keys SET sealed_key = (SELECT sealed_key FROM provider_keys WHERE id = " +
        std::to_string(first.value) + ") WHERE id = " + std::to_string(second.value));
  }));
  EXPECT_EQ(run(keys_.reveal(kOwner, second)).error().reason, "seal_broken");
}

TEST_F(ProviderKeysTest, TheSameKeyIsNotStoredTwice) {
  ASSERT_TRUE(create(fresh(openai_key("proj", 'a'), "first")));
  const Result<KeyView> twin = create(fresh("'" + openai_key("proj", 'a') + "'", "second"));
  ASSERT_FALSE(twin);
  EXPECT_EQ(twin.error().reason, "duplicate_key");
  EXPECT_NE(twin.error().message.find("first"), std::string::npos);
  world_.reopen();
  ProviderKeys later{world_.core(), &endpoints_};
  ASSERT_TRUE(later.prepare());
  EXPECT_EQ(run(later.create(kOwner, fresh(openai_key("proj", 'a')), {})).error().reason, "duplicate_key");
}

TEST_F(ProviderKeysTest, EachMistakeHasItsOwnReasonAndChangesNothing) {
  const ProviderKeyId project = create(fresh(openai_key("proj", 'p')))->id;
  const ProviderKeyId admin = create(fresh(openai_key("admin", 'q')))->id;
  const std::int64_t before = world_.number("SELECT COUNT(*) FROM audit_log");
  const struct {
    const char* name;
    std::function<void(NewKey&)> spoil;
    const char* reason;
    const char* field;
  } cases[] = {
      {"empty key", [](NewKey& key) { key.full_key = Secret{}; }, "malformed_key", "full_key"},
      {"blank inside", [](NewKey& key) { key.full_key = Secret{"sk-proj-abc def"}; }, "malformed_key", "full_key"},
      {"no name", [](NewKey& key) { key.name = " "; }, "missing_name", "name"},
      {"long name", [](NewKey& key) { key.name = std::string(201, 'x'); }, "too_long", "name"},
      {"long notes", [](NewKey& key) { key.notes = std::string(10'001, 'x'); }, "too_long", "notes"},
      {"nobody's key", [](NewKey& key) { key.full_key = Secret{std::string(40, 'Z')}; }, "provider_unclear",
       "provider"},
      {"no such provider", [](NewKey& key) { key.full_key = Secret{std::string(40, 'Z')}, key.provider = "acme"; },
       "unknown_provider", "provider"},
      {"another's key", [](NewKey& key) { key.provider = "anthropic"; }, "wrong_provider", "provider"},
      {"another type", [](NewKey& key) { key.key_type = KeyType::admin; }, "wrong_key_type", "key_type"},
      {"no account", [](NewKey& key) { key.account_id = AccountId{99}; }, "unknown_account", "account_id"},
      {"no admin key", [](NewKey& key) { key.admin_key_id = ProviderKeyId{99}; }, "unknown_admin_key", "admin_key_id"},
      {"link to a project key", [&](NewKey& key) { key.admin_key_id = project; }, "not_an_admin_key", "admin_key_id"},
      {"link to another provider",
       [&](NewKey& key) {
         key.full_key = Secret{std::string(40, 'Z')};
         key.provider = "cohere";
         key.admin_key_id = admin;
       },
       "admin_key_of_other_provider", "admin_key_id"},
      {"an admin key linked",
       [&](NewKey& key) {
         key.full_key = Secret{openai_key("admin", 'r')};
         key.admin_key_id = admin;
       },
       "admin_key_not_linkable", "admin_key_id"},
      {"no URL", [](NewKey& key) { key.base_url = "ftp://example.com"; }, "malformed_base_url", "base_url"},
      {"in the clear", [](NewKey& key) { key.base_url = "http://example.com/v1"; }, "insecure_base_url", "base_url"},
      {"into the house", [](NewKey& key) { key.base_url = "https://192.168.1.1/v1"; }, "private_address", "base_url"},
      {"no address at all",
       [](NewKey& key) {
         key.full_key = Secret{std::string(40, 'Z')};
         key.provider = "openai_compatible";
       },
       "base_url_required", "base_url"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    NewKey key = fresh(openai_key("proj", 'z'));
    c.spoil(key);
    const Result<KeyView> made = create(std::move(key));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().reason, c.reason);
    EXPECT_EQ(made.error().field, c.field);
    EXPECT_EQ(made.error().message.find("zzzz"), std::string::npos);
  }
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM provider_keys"), 2);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log"), before);
}

TEST_F(ProviderKeysTest, ALinkByHandIsMadeAndTakenAway) {
  const ProviderKeyId admin = create(fresh(openai_key("admin", 'q')))->id;
  NewKey linked = fresh(openai_key("proj", 'a'));
  linked.admin_key_id = admin;
  const Result<KeyView> made = create(std::move(linked));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->admin_key_id, admin);
  EXPECT_EQ(made->linked_by, keys::LinkedBy::person);
  KeyPatch unlink;
  unlink.change_link = true;
  const Result<KeyView> changed = run(keys_.update(kOwner, made->id, std::move(unlink)));
  ASSERT_TRUE(changed);
  EXPECT_FALSE(changed->admin_key_id);
  EXPECT_EQ(changed->linked_by, keys::LinkedBy::person);
}

TEST_F(ProviderKeysTest, DeletingAnAdminKeyUnlinksItsKeys) {
  const ProviderKeyId admin = create(fresh(openai_key("admin", 'q')))->id;
  NewKey linked = fresh(openai_key("proj", 'a'));
  linked.admin_key_id = admin;
  const ProviderKeyId project = create(std::move(linked))->id;
  ASSERT_TRUE(run(keys_.remove(kOwner, admin)));
  EXPECT_FALSE(run(keys_.get(project))->admin_key_id);
  EXPECT_EQ(run(keys_.remove(kOwner, admin)).error().reason, "unknown_key");
}

TEST_F(ProviderKeysTest, ANewTextTakesTheOldOnesPlace) {
  const ProviderKeyId id = create(fresh(openai_key("proj", 'a')))->id;
  KeyPatch patch;
  patch.full_key = Secret{openai_key("proj", 'b')};
  const Result<KeyView> replaced = run(keys_.update(kOwner, id, std::move(patch)));
  ASSERT_TRUE(replaced) << replaced.error().message;
  EXPECT_EQ(replaced->masked_key, "sk-proj-...bbbb");
  EXPECT_EQ(run(keys_.reveal(kOwner, id))->reveal(), openai_key("proj", 'b'));
  EXPECT_TRUE(create(fresh(openai_key("proj", 'a'))));  // the old text is free again
  KeyPatch foreign;
  foreign.full_key = Secret{"sk-ant-api03-" + std::string(93, 'x') + "AA"};
  EXPECT_EQ(run(keys_.update(kOwner, id, std::move(foreign))).error().reason, "wrong_provider");
}

TEST_F(ProviderKeysTest, ATestIsKeptWithTheProvidersWordsAndOurs) {
  const ProviderKeyId id = create(fresh(openai_key("proj", 'a')))->id;
  http_.on("/models", reply(401, R"({"error":{"message":"Incorrect API key provided: sk-proj-****aaaa.",
                                     "type":"invalid_request_error","param":null,"code":"invalid_api_key"}})"));
  const Result<TestOutcome> outcome = run(keys_.test(kOwner, id));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->verdict, keys::Verdict::invalid);
  EXPECT_EQ(outcome->code, "key_rejected");
  EXPECT_FALSE(outcome->explanation.empty());
  EXPECT_FALSE(outcome->next_step.empty());
  const Result<KeyView> shown = run(keys_.get(id));
  EXPECT_EQ(shown->status, keys::KeyStatus::invalid);
  ASSERT_TRUE(shown->last_test);
  EXPECT_EQ(shown->last_test->provider_status, 401);
  const auto listed = run(keys_.list({}));
  EXPECT_EQ(listed->rows.front().last_test->code, "key_rejected");
}

TEST_F(ProviderKeysTest, TheHistoryOfTestsIsPagedAndBounded) {
  const ProviderKeyId id = create(fresh(openai_key("proj", 'a')))->id;
  http_.on("/models", reply(200, R"({"object":"list","data":[]})"));
  for (int i = 0; i < 55; ++i) ASSERT_TRUE(run(keys_.test(kOwner, id)));
  const auto page = run(keys_.tests(id, {}, 30));
  ASSERT_EQ(page->size(), 31U);
  const auto rest = run(keys_.tests(id, (*page)[29].number, 30));
  EXPECT_EQ(rest->size(), 20U);
  EXPECT_EQ(run(keys_.tests(ProviderKeyId{99}, {}, 30)).error().reason, "unknown_key");
}

TEST_F(ProviderKeysTest, AKeyThatIsNotStoredIsTestedAndNotKept) {
  http_.on("/models", reply(200, R"({"object":"list","data":[]})"));
  UnsavedKey unsaved;
  unsaved.full_key = Secret{openai_key("proj", 'a')};
  const Result<TestOutcome> outcome = run(keys_.test_unsaved(kOwner, std::move(unsaved)));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->verdict, keys::Verdict::valid);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM provider_keys"), 0);
}

TEST_F(ProviderKeysTest, TheQuotaThatATestTellsIsKept) {
  const ProviderKeyId id = create(fresh("BSA" + std::string(28, 'b')))->id;
  EXPECT_TRUE(run(keys_.readings(id))->empty());
  http_.on("/v1/web/search", reply(200, R"({"type":"search","web":{"results":[]}})",
                                   {{"X-RateLimit-Limit", "1, 15000"},
                                    {"X-RateLimit-Policy", "1;w=1, 15000;w=2592000"},
                                    {"X-RateLimit-Remaining", "0, 14000"},
                                    {"X-RateLimit-Reset", "1, 1419704"}}));
  ASSERT_TRUE(run(keys_.test(kOwner, id)));
  const auto readings = run(keys_.readings(id));
  ASSERT_TRUE(readings);
  const auto month = std::find_if(readings->begin(), readings->end(),
                                  [](const ReadingShown& reading) { return reading.name == "month_quota"; });
  ASSERT_NE(month, readings->end());
  EXPECT_EQ(month->remaining, 14'000);
  EXPECT_EQ(month->taken_at, testing::kStart);
  EXPECT_EQ(run(keys_.readings(ProviderKeyId{99})).error().reason, "unknown_key");
}

TEST_F(ProviderKeysTest, TheBudgetOfADeletedKeyGoesWithIt) {
  const ProviderKeyId id = create(fresh(openai_key("proj", 'a')))->id;
  ASSERT_TRUE(world_.store->writer().run_blocking<void>([&](store::Transaction& transaction) -> Result<void> {
    usage::Budget budget;
    budget.scope = usage::BudgetScope::key;
    budget.key_id = id;
    budget.amount = {Currency{}, 1'000'000'000};
    budget.created_at = budget.updated_at = world_.clock.now();
    const Result<BudgetId> made = store::BudgetStore::insert(transaction, budget);
    if (!made) return std::unexpected(made.error());
    return {};
  }));
  ASSERT_EQ(world_.number("SELECT COUNT(*) FROM budgets"), 1);
  ASSERT_TRUE(run(keys_.remove(kOwner, id)));
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM budgets"), 0);
}

TEST_F(ProviderKeysTest, ListsAreFiltered) {
  const ProviderKeyId project = create(fresh(openai_key("proj", 'a'), "Chat_one"))->id;
  ASSERT_TRUE(create(fresh("sk-ant-api03-" + std::string(93, 'x') + "AA", "claude")));
  const auto count = [this](KeyFilter filter) {
    const auto listed = run(keys_.list({.filter = std::move(filter)}));
    EXPECT_EQ(std::ssize(listed->rows), listed->count);
    EXPECT_EQ(listed->all_count, 2);
    return listed->count;
  };
  EXPECT_EQ(count({}), 2);
  EXPECT_EQ(count({.provider = "openai"}), 1);
  EXPECT_EQ(count({.account_id = AccountId{99}}), 0);
  EXPECT_EQ(count({.status = keys::KeyStatus::valid}), 0);
  EXPECT_EQ(count({.key_type = KeyType::project}), 1);
  EXPECT_EQ(count({.admin_key_id = project}), 0);
  EXPECT_EQ(count({.search = "CHAT_"}), 1);
  EXPECT_EQ(count({.search = "t%o"}), 0);
  EXPECT_EQ(count({.search = "DANA@"}), 2) << "the account's e-mail is searched, too";
  EXPECT_EQ(run(keys_.ids({.provider = "openai"})).value(), std::vector{project});
}

TEST_F(ProviderKeysTest, EveryOrderPagesRightWhereKeysAreAlikeAndWhatIsNotKnownComesLast) {
  http_.on("/models", reply(401, R"({"error":{"code":"invalid_api_key","message":"no"}})"));
  const ProviderKeyId first = create(fresh(openai_key("proj", 'a'), "beta"))->id;
  ASSERT_TRUE(create(fresh(openai_key("proj", 'b'), "Alpha")));
  ASSERT_TRUE(create(fresh("sk-ant-api03-" + std::string(93, 'x') + "AA", "beta")));
  ASSERT_TRUE(run(keys_.test(kOwner, first)));
  const auto walk = [this](std::optional<keys::KeySort> sort, bool descending) {
    KeyQuery query{.page = {.sort = sort, .descending = descending, .limit = 1}};
    std::string ids;
    for (int pages = 0; pages < 5; ++pages) {
      const auto page = run(keys_.list(query));
      EXPECT_TRUE(page);
      if (!page) break;
      for (const KeyView& key : page->rows) ids += std::to_string(key.id.value);
      if (!page->next) break;
      query.page.after = page->next;
    }
    return ids;
  };
  using enum keys::KeySort;
  EXPECT_EQ(walk({}, false), "123");
  EXPECT_EQ(walk(name, false), "213");
  EXPECT_EQ(walk(name, true), "132");
  EXPECT_EQ(walk(provider, false), "312");
  EXPECT_EQ(walk(account, true), "123");
  EXPECT_EQ(walk(status, true), "123") << "what was not tested has no status";
  EXPECT_EQ(walk(status, false), "123");
  EXPECT_EQ(walk(last_test, true), "123");
  EXPECT_EQ(walk(key_type, false), "123");
}

TEST_F(ProviderKeysTest, AKeyIsShownWithTheNamesOfItsAccountAndOfItsAdminKey) {
  const Result<KeyView> admin = create(fresh(openai_key("admin", 'a'), "org admin"));
  ASSERT_TRUE(admin) << admin.error().message;
  NewKey key = fresh(openai_key("proj", 'b'));
  key.admin_key_id = admin->id;
  const Result<KeyView> made = create(std::move(key));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->account_name, "dana@example.com") << "an account without a name is called by its e-mail";
  EXPECT_EQ(made->admin_key_name, "org admin");
  EXPECT_FALSE(admin->admin_key_name);
  ASSERT_TRUE(run(accounts_.update(kOwner, account_, {{}, "Dana", {}})));
  EXPECT_EQ(run(keys_.get(made->id))->account_name, "Dana");
}

TEST_F(ProviderKeysTest, AKeyIsTestedAndStoredInOneStepWhateverTheOutcome) {
  http_.on("/models", reply(401, R"({"error":{"code":"invalid_api_key","message":"no"}})"));
  const Result<TestedKey> made = run(keys_.create_tested(kOwner, fresh(openai_key("proj", 'a')), {}));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->test.code, "key_rejected");
  EXPECT_EQ(made->key.status, keys::KeyStatus::invalid);
  ASSERT_TRUE(made->key.last_test);
  EXPECT_EQ(made->key.last_test->code, "key_rejected");
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log WHERE action IN ('keys.create', 'keys.test')"), 2);
  const Result<TestedKey> twin = run(keys_.create_tested(kOwner, fresh(openai_key("proj", 'a')), {}));
  ASSERT_FALSE(twin);
  EXPECT_EQ(twin.error().reason, "duplicate_key");
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM key_tests"), 1);
}

TEST_F(ProviderKeysTest, WhatAPastedKeyIsForIsTold) {
  EXPECT_NE(keys_.recognise(Secret{openai_key("admin", 'a')})->explanation.find("admin key"), std::string::npos);
  EXPECT_NE(keys_.recognise(Secret{openai_key("proj", 'a')})->explanation.find("project key"), std::string::npos);
  EXPECT_NE(keys_.recognise(Secret{"abcdefghijklmnopqrstuvwx"})->explanation.find("choose"), std::string::npos);
}

TEST_F(ProviderKeysTest, AnAccountWithKeysGoesOnlyTogetherWithThem) {
  ASSERT_TRUE(create(fresh(openai_key("proj", 'a'))));
  EXPECT_EQ(run(accounts_.remove(kOwner, account_, false)).error().reason, "account_has_keys");
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM provider_keys"), 1);
  EXPECT_TRUE(run(accounts_.remove(kOwner, account_, true)));
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM provider_keys"), 0);
}

}  // namespace
}  // namespace keyledger::service
