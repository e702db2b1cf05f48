#include "app/doctor/checks.h"

#include <gtest/gtest.h>

namespace keyledger::app {
namespace {

constexpr Instant kNow = Instant{Day{std::chrono::year{2026} / 11 / 21}};

FolderFacts good_folder() {
  return {.path = "/data", .exists = true, .directory = true, .owned = true, .mode = 0700, .free_bytes = kFreeWarn};
}

TEST(Doctor, TheFolderIsForItsOwnerAloneAndHasRoom) {
  const auto state = [](auto change) {
    FolderFacts facts = good_folder();
    change(facts);
    return judge_folder(facts).state;
  };
  EXPECT_EQ(state([](FolderFacts&) {}), CheckState::fine);
  EXPECT_EQ(state([](FolderFacts& facts) { facts.exists = false; }), CheckState::warn);
  EXPECT_EQ(state([](FolderFacts& facts) { facts.directory = false; }), CheckState::fail);
  EXPECT_EQ(state([](FolderFacts& facts) { facts.owned = false; }), CheckState::fail);
  EXPECT_EQ(state([](FolderFacts& facts) { facts.mode = 0710; }), CheckState::fail);
  EXPECT_EQ(state([](FolderFacts& facts) { facts.free_bytes = kFreeWarn - 1; }), CheckState::warn);
  EXPECT_EQ(state([](FolderFacts& facts) { facts.free_bytes = kFreeFail; }), CheckState::warn);
  EXPECT_EQ(state([](FolderFacts& facts) { facts.free_bytes = kFreeFail - 1; }), CheckState::fail);
  EXPECT_EQ(state([](FolderFacts& facts) { facts.free_bytes.reset(); }), CheckState::fine);
}

TEST(Doctor, AMissingKeyIsFineOnlyBeforeTheFirstStart) {
  EXPECT_EQ(judge_key({.where = "f", .fresh = true}).state, CheckState::warn);
  EXPECT_EQ(judge_key({.where = "f"}).state, CheckState::fine);
  EXPECT_EQ(judge_key({.where = "f", .outcome = fail(Code::not_found, "gone")}).state, CheckState::fail);
}

TEST(Doctor, TheDatabaseIsWholeAndOfAKnownVersion) {
  const DatabaseFacts good{
      .path = "/data/keyledger.db", .exists = true, .quick_check = "ok", .version = 3, .program_version = 3};
  EXPECT_EQ(judge_database(good).state, CheckState::fine);
  DatabaseFacts facts = good;
  facts.version = 4;
  EXPECT_EQ(judge_database(facts).state, CheckState::fail);
  facts.version = 2;
  EXPECT_EQ(judge_database(facts).state, CheckState::warn);
  facts = good;
  facts.quick_check = "row 3 missing from index";
  EXPECT_EQ(judge_database(facts).state, CheckState::fail);
  EXPECT_NE(judge_database(facts).found.find("row 3"), std::string::npos);
  facts = good;
  facts.opened = fail(Code::unavailable, "cannot be opened");
  EXPECT_EQ(judge_database(facts).state, CheckState::fail);
  facts = good;
  facts.exists = false;
  EXPECT_EQ(judge_database(facts).state, CheckState::warn);
}

TEST(Doctor, TheClockDoesNotRunBehindTheFiles) {
  EXPECT_EQ(judge_clock({kNow, {}}).state, CheckState::fine);
  EXPECT_EQ(judge_clock({kNow, kNow + std::chrono::minutes{2}}).state, CheckState::fine);
  EXPECT_EQ(judge_clock({kNow, kNow + std::chrono::minutes{3}}).state, CheckState::fail);
  EXPECT_EQ(judge_clock({Instant{}, {}}).state, CheckState::fail);
}

TEST(Doctor, ALockWithoutAnAnswerIsSuspicious) {
  EXPECT_EQ(judge_server({.answers = true}).state, CheckState::fine);
  EXPECT_EQ(judge_server({.locked = true}).state, CheckState::fail);
  EXPECT_EQ(judge_server({.listen = "127.0.0.1:5000"}).state, CheckState::warn);
}

TEST(Doctor, AnyAnswerOfAProviderProvesTheWayThere) {
  EXPECT_EQ(judge_reach({"openai", "https://x", 404U}).state, CheckState::fine);
  const struct {
    const char* reason;
    const char* advice;
  } cases[] = {{"dns_failed", "name servers"},
               {"connection_refused", "firewall"},
               {"tls_failed", "--ca-file"},
               {"timeout", "try again"},
               {"private_address", "--allow-private-addresses"},
               {"malformed_base_url", "base URL"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.reason);
    const Check check = judge_reach({"openai", "https://x", fail(Code::unavailable, "It failed.", c.reason)});
    EXPECT_EQ(check.state, CheckState::fail);
    EXPECT_NE(check.advice.find(c.advice), std::string::npos) << check.advice;
  }
}

TEST(Doctor, OnlyAFailureFails) {
  EXPECT_FALSE(any_failed({{.state = CheckState::warn}, {.state = CheckState::fine}}));
  EXPECT_TRUE(any_failed({{.state = CheckState::fine}, {.state = CheckState::fail}}));
}

}  // namespace
}  // namespace keyledger::app
