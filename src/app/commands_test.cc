#include "app/commands.h"

#include <gtest/gtest.h>

#include "app/testing.h"

namespace keyledger::app {
namespace {

class Commands : public testing::CommandsTest {};

TEST_F(Commands, AListIsReadToItsEnd) {
  answer(200, R"({"data":[{"id":1,"email":"a@x"}],"next_cursor":"n/x"})");
  answer(200, R"({"data":[{"id":2,"email":"b@x"}],"next_cursor":null})");
  EXPECT_EQ(run({"accounts", "list", "--search", "a b&c"}), ExitCode::ok);
  ASSERT_EQ(asked_.size(), 2u);
  EXPECT_EQ(asked_[0].target, "/api/accounts?q=a%20b%26c&limit=500");
  EXPECT_EQ(asked_[1].target, "/api/accounts?q=a%20b%26c&limit=500&cursor=n%2Fx");
  EXPECT_NE(out_.str().find("b@x"), std::string::npos);
}

TEST_F(Commands, JsonIsTheAnswerAsItIs) {
  const std::string body = R"({"data":[{"id":1,  "odd": 1.50}],"next_cursor":null})";
  answer(200, body);
  EXPECT_EQ(run({"accounts", "list", "--json"}), ExitCode::ok);
  EXPECT_EQ(out_.str(), body + "\n");
  out_.str("");
  answer(200, R"({"data":[{"id":1}],"next_cursor":"n"})");
  answer(200, R"({"data":[{"id":2}],"next_cursor":null})");
  EXPECT_EQ(run({"accounts", "list", "--json"}), ExitCode::ok);
  EXPECT_EQ(out_.str(), "{\"data\":[{\"id\":1},{\"id\":2}],\"next_cursor\":null}\n");
}

TEST_F(Commands, AProblemIsToldWithItsCodeAndField) {
  answer(
      409,
      R"({"type":"/problems/duplicate_email","title":"Conflict","status":409,"detail":"It exists.","code":"duplicate_email","field":"email"})");
  EXPECT_EQ(run({"accounts", "create", "--email", "a@x"}), ExitCode::failed);
  EXPECT_EQ(err_.str(), "error: email: It exists. (duplicate_email)\n");
  EXPECT_EQ(asked_[0].body, R"({"email":"a@x"})");
}

TEST_F(Commands, ExitCodesFollowTheKindOfFailure) {
  const struct {
    unsigned status;
    ExitCode want;
  } cases[] = {{404, ExitCode::not_found},   {401, ExitCode::refused},     {403, ExitCode::refused},
               {503, ExitCode::unavailable}, {429, ExitCode::unavailable}, {500, ExitCode::failed}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.status);
    answer(c.status, R"({"detail":"No.","code":"x"})");
    EXPECT_EQ(run({"keys", "show", "7"}), c.want);
  }
  EXPECT_EQ(run({"keys", "show", "7"}), ExitCode::unavailable);  // nobody answers
  EXPECT_EQ(run({"keys", "show", "0"}), ExitCode::usage);
  EXPECT_EQ(run({"keys", "show", "seven"}), ExitCode::usage);
}

TEST_F(Commands, AKeyNeverComesFromTheCommandLine) {
  EXPECT_EQ(run({"keys", "add", "--name", "n", "--account", "1", "--full-key", "sk-visible"}), ExitCode::usage);
  EXPECT_TRUE(asked_.empty());
  EXPECT_NE(err_.str().find("seen by everybody"), std::string::npos);
  EXPECT_EQ(err_.str().find("sk-visible"), std::string::npos);
}

TEST_F(Commands, AKeyIsPipedInOrTyped) {
  const std::string made = R"({"id":1,"name":"n"})";
  in_.str("sk-piped\r\n");
  answer(201, made);
  EXPECT_EQ(run({"keys", "add", "--name", "n", "--account", "1"}), ExitCode::ok);
  EXPECT_EQ(asked_[0].body, R"({"name":"n","account_id":1,"full_key":"sk-piped"})");
  terminal_ = true;
  answer(201, made);
  EXPECT_EQ(run({"keys", "add", "--name", "n", "--account", "1", "--admin-key", "2"}), ExitCode::ok);
  EXPECT_EQ(asked_[1].body, R"({"name":"n","account_id":1,"admin_key_id":2,"full_key":"typed-key"})");
  terminal_ = false;
  in_.clear();
  in_.str("");
  EXPECT_EQ(run({"keys", "add", "--name", "n", "--account", "1"}), ExitCode::usage);
  EXPECT_EQ(run({"keys", "add", "--name", "n", "--account", "1", "--key-file", "/does/not/exist"}),
            ExitCode::not_found);
}

TEST_F(Commands, ATestThatSaysNoIsExitCodeFive) {
  const struct {
    const char* verdict;
    ExitCode want;
  } cases[] = {{"valid", ExitCode::ok},
               {"valid_but_restricted", ExitCode::ok},
               {"invalid", ExitCode::bad_news},
               {"unreachable", ExitCode::unavailable},
               {"rate_limited", ExitCode::unavailable}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.verdict);
    answer(200, R"({"id":3,"name":"n"})");
    answer(200, fmt::format(R"({{"verdict":"{}","code":"x"}})", c.verdict));
    EXPECT_EQ(run({"keys", "test", "3"}), c.want);
    EXPECT_EQ(asked_.back().target, "/api/keys/3/test");
  }
  EXPECT_EQ(run({"keys", "test"}), ExitCode::usage);
  EXPECT_EQ(run({"keys", "test", "1", "--all"}), ExitCode::usage);
}

TEST_F(Commands, TheWorstOfSeveralTestsDecides) {
  answer(200, R"({"data":[{"id":1,"name":"a"},{"id":2,"name":"b"}],"next_cursor":null})");
  answer(200, R"({"verdict":"unreachable","code":"timeout"})");
  answer(200, R"({"verdict":"invalid","code":"key_rejected"})");
  EXPECT_EQ(run({"keys", "test", "--all"}), ExitCode::bad_news);
  EXPECT_NE(out_.str().find("key_rejected"), std::string::npos);
  EXPECT_NE(err_.str().find("Testing 2 of 2: b"), std::string::npos);
}

TEST_F(Commands, LinkingNeedsAKeyOrNone) {
  EXPECT_EQ(run({"keys", "link", "3"}), ExitCode::usage);
  EXPECT_EQ(run({"keys", "link", "3", "4", "--none"}), ExitCode::usage);
  answer(200, R"({"id":3})");
  EXPECT_EQ(run({"keys", "link", "3", "4"}), ExitCode::ok);
  EXPECT_EQ(asked_.back().body, R"({"admin_key_id":4})");
  answer(200, R"({"id":3})");
  EXPECT_EQ(run({"keys", "link", "3", "--none"}), ExitCode::ok);
  EXPECT_EQ(asked_.back().body, R"({"admin_key_id":null})");
}

TEST_F(Commands, RevealPrintsTheKeyAndNothingElse) {
  answer(200, R"({"id":3,"full_key":"sk-secret"})");
  EXPECT_EQ(run({"keys", "show", "3", "--reveal"}), ExitCode::ok);
  EXPECT_EQ(out_.str(), "sk-secret\n");
  EXPECT_EQ(asked_.back().target, "/api/keys/3/full");
}

TEST_F(Commands, ARefreshIsFollowedToItsEnd) {
  answer(202, R"({"running":true,"sources":[{"provider":"openai","state":"running"}]})");
  answer(200, R"({"running":true,"sources":[{"provider":"openai","state":"running"}]})");
  answer(200, R"({"running":false,"sources":[]})");
  answer(200, R"({"from":"2026-10-23","to":"2026-11-21","days":30,"totals":{"cost":[],"requests":null},"keys":[]})");
  EXPECT_EQ(run({"usage", "--days", "30", "--refresh"}), ExitCode::ok);
  EXPECT_EQ(pauses_, 2);
  EXPECT_EQ(asked_.back().target, "/api/usage?days=30");
  EXPECT_NE(out_.str().find("2026-10-23 to 2026-11-21 (30 days): –, – requests"), std::string::npos) << out_.str();
}

TEST_F(Commands, ATokenIsPrintedAloneSoThatItCanBePiped) {
  answer(201, R"({"id":1,"token":"kla_x"})");
  EXPECT_EQ(run({"tokens", "create", "--name", "n", "--scopes", "read,verify"}), ExitCode::ok);
  EXPECT_EQ(out_.str(), "kla_x\n");
  EXPECT_EQ(asked_.back().body, R"({"name":"n","scopes":["read","verify"]})");
}

TEST_F(Commands, ABrokenAuditLogIsExitCodeFive) {
  answer(200, R"({"whole":false,"lines":3,"broken_at":4,"what":"changed"})");
  EXPECT_EQ(run({"audit", "verify"}), ExitCode::bad_news);
  answer(200, R"({"whole":true,"lines":3,"broken_at":null,"what":null})");
  EXPECT_EQ(run({"audit", "verify"}), ExitCode::ok);
}

TEST_F(Commands, ResealingIsFollowedToItsEnd) {
  settings_.given.insert("new-master-key-file");
  answer(202, R"({"state":"running","resealed":0,"total":2})");
  answer(200, R"({"state":"finished","resealed":2,"total":2,"explanation":"Done."})");
  EXPECT_EQ(run({"rekey"}), ExitCode::ok);
  answer(202, R"({"state":"failed","resealed":1,"total":2,"explanation":"No."})");
  EXPECT_EQ(run({"rekey"}), ExitCode::failed);
}

TEST_F(Commands, WhatIsNoKeyledgerIsNoticed) {
  answer(200, "<html>hello</html>");
  EXPECT_EQ(run({"accounts", "list"}), ExitCode::unavailable);
  EXPECT_NE(err_.str().find("malformed_response"), std::string::npos);
}

}  // namespace
}  // namespace keyledger::app
