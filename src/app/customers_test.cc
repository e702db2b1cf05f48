#include <gtest/gtest.h>

#include "app/testing.h"

namespace keyledger::app {
namespace {

class CustomerCommands : public testing::CommandsTest {};

TEST_F(CustomerCommands, AKeyIsMadeFromItsFlagsAndItsMessagePrinted) {
  answer(201, R"({"id":7,"key":"urt_x","message":"Here is your key.\n"})");
  EXPECT_EQ(run({"customer-keys",  "create",
                 "--name",         "Works",
                 "--email",        "a@x.example",
                 "--rate-limit",   "007",
                 "--limit",        "rentals/day=5",
                 "--limit",        "rentals/at_once=2",
                 "--expires-at",   "2027-01-01T00:00:00Z",
                 "--allow-ip",     "10.0.0.0/8",
                 "--allow-action", "rent",
                 "--allow-action", "stats",
                 "--customer",     "3"}),
            ExitCode::ok);
  EXPECT_EQ(asked_[0].target, "/api/customer-keys");
  EXPECT_EQ(
      asked_[0].body,
      R"({"name":"Works","email":"a@x.example","expires_at":"2027-01-01T00:00:00Z","customer_id":3,"rate_limit":7,"limits":[{"metric":"rentals","window":"day","amount":5},{"metric":"rentals","window":"at_once","amount":2}],"allowed_ips":["10.0.0.0/8"],"allowed_actions":["rent","stats"]})");
  EXPECT_EQ(out_.str(), "Here is your key.\n");
  EXPECT_NE(err_.str().find("Key 7 is made."), std::string::npos);
}

TEST_F(CustomerCommands, WhatIsWrongOnTheCommandLineIsNotSent) {
  const std::vector<std::vector<std::string>> cases{
      {"customer-keys", "create"},
      {"customer-keys", "create", "--name", "n", "--rate-limit", "many"},
      {"customer-keys", "create", "--name", "n", "--rate-limit=-1"},
      {"customer-keys", "create", "--name", "n", "--rate-limit", "9223372036854775808"},
      {"customer-keys", "create", "--name", "n", "--limit", "rentals"},
      {"customer-keys", "create", "--name", "n", "--limit", "rentals=5"},
      {"customer-keys", "create", "--name", "n", "--limit", "rentals=5/day"},
      {"customer-keys", "create", "--name", "n", "--limit", "rentals/day="},
      {"customer-keys", "create", "--name", "n", "--limit", "rentals/day=1.5"},
      {"customer-keys", "update", "7", "--allow-ip", "10.0.0.0/8", "--any-ip"},
      {"customer-keys", "update", "7", "--expires-at", "x", "--no-expiry"},
      {"customer-keys", "rotate", "7", "--grace", "soon"},
      {"customer-keys", "revoke", "seven"},
      {"customer-keys", "list", "--status", "dead"},
      {"customers", "update", "7", "--suspend", "--resume"},
      {"customers", "create"},
  };
  for (const auto& words : cases) {
    SCOPED_TRACE(words.back());
    EXPECT_EQ(run(words), ExitCode::usage);
  }
  EXPECT_TRUE(asked_.empty());
}

TEST_F(CustomerCommands, AChangeSendsWhatWasSaidAndNothingElse) {
  const struct {
    std::vector<std::string> more;
    const char* body;
  } cases[] = {
      {{"--name", "n"}, R"({"name":"n"})"},
      {{"--no-expiry", "--any-ip", "--any-action"}, R"({"expires_at":null,"allowed_ips":[],"allowed_actions":[]})"},
      {{"--rate-limit", "0"}, R"({"rate_limit":0})"},
      {{"--limit", "requests/minute=10"}, R"({"limits":[{"metric":"requests","window":"minute","amount":10}]})"},
  };
  for (const auto& c : cases) {
    answer(200, R"({"id":7})");
    std::vector<std::string> words{"customer-keys", "update", "7"};
    words.insert(words.end(), c.more.begin(), c.more.end());
    EXPECT_EQ(run(words), ExitCode::ok);
    EXPECT_EQ(asked_.back().body, c.body);
  }
  answer(200, R"({"id":7})");
  EXPECT_EQ(run({"customers", "update", "7", "--suspend", "--zone", "Europe/Berlin"}), ExitCode::ok);
  EXPECT_EQ(asked_.back().body, R"({"timezone":"Europe/Berlin","suspended":true})");
}

TEST_F(CustomerCommands, EachAsksItsRoute) {
  const struct {
    std::vector<std::string> words;
    net::Method method;
    const char *target, *body;
  } cases[] = {
      {{"customers", "list", "--search", "x y"}, net::Method::get, "/api/customers?q=x%20y&limit=500", ""},
      {{"customers", "show", "3"}, net::Method::get, "/api/customers/3", ""},
      {{"customers", "delete", "3"}, net::Method::delete_, "/api/customers/3", ""},
      {{"customer-keys", "list", "--customer", "3", "--status", "active"},
       net::Method::get,
       "/api/customer-keys?customer_id=3&status=active&limit=500",
       ""},
      {{"customer-keys", "show", "7"}, net::Method::get, "/api/customer-keys/7", ""},
      {{"customer-keys", "revoke", "7"}, net::Method::post, "/api/customer-keys/7/revoke", ""},
      {{"customer-keys", "rotate", "7"}, net::Method::post, "/api/customer-keys/7/rotate", "{}"},
      {{"customer-keys", "rotate", "7", "--grace", "2h"},
       net::Method::post,
       "/api/customer-keys/7/rotate",
       R"({"grace_seconds":7200})"},
      {{"customer-keys", "stats", "7", "--days", "3"}, net::Method::get, "/api/customer-keys/7/stats?days=3", ""},
      {{"customer-keys", "activity", "7", "--rows", "5"},
       net::Method::get,
       "/api/customer-keys/7/activity?limit=5",
       ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.target);
    answer(200, R"({"id":7,"data":[],"next_cursor":null})");
    EXPECT_EQ(run(c.words), ExitCode::ok) << err_.str();
    EXPECT_EQ(asked_.back().method, c.method);
    EXPECT_EQ(asked_.back().target, c.target);
    EXPECT_EQ(asked_.back().body, c.body);
  }
}

TEST_F(CustomerCommands, AKeyIsShownWithWhereItsLimitsStand) {
  answer(200, R"({"id":7,"name":"Works","rate_limit":100,"allowed_ips":["10.0.0.0/8"],"standings":[
    {"metric":"requests","window":"day","amount":100,"used":1,"remaining":99,"resets_at":"2026-11-22T00:00:00Z"}]})");
  EXPECT_EQ(run({"customer-keys", "show", "7"}), ExitCode::ok);
  EXPECT_NE(out_.str().find("10.0.0.0/8"), std::string::npos);
  EXPECT_NE(out_.str().find("2026-11-22 00:00"), std::string::npos);
}

constexpr const char* kKey = R"({"id":7,"name":"Works","hint":"urt_74O0...rwFY","status":"active"})";

class Manage : public testing::CommandsTest {
 protected:
  /// Runs the menu on this input; answers what it printed.
  std::string menu(const std::string& input) {
    in_.clear();
    in_.str(input);
    out_.str("");
    EXPECT_EQ(run({"manage"}), ExitCode::ok);
    return out_.str();
  }
  static std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
    return found;
  }
};

TEST_F(Manage, EndsByExitAndByTheEndOfTheInput) {
  for (const char* input : {"7\n", "7", ""}) {
    const std::string said = menu(input);
    EXPECT_EQ(count(said, "Create new API key"), 1U);
    for (const char* entry : {"List all API keys", "View API key details", "Revoke API key", "View usage statistics",
                              "View recent activity", "Exit"}) {
      EXPECT_EQ(count(said, entry), 1U) << entry;
    }
  }
  EXPECT_TRUE(asked_.empty());
}

TEST_F(Manage, MakesAKeyAndPrintsItOnce) {
  answer(201, R"({"id":7,"key":"urt_secret","message":"API_KEY='urt_secret'\n"})");
  const std::string said = menu("1\nWorks\nada@example.com\n\n\n7\n");
  EXPECT_EQ(asked_[0].body, R"({"name":"Works","email":"ada@example.com","rate_limit":100,"notes":""})");
  EXPECT_EQ(count(said, "urt_secret"), 1U);
  EXPECT_NE(said.find("Key 7 is made."), std::string::npos);
}

TEST_F(Manage, AsksAgainForWhatIsWrong) {
  answer(201, R"({"id":7,"message":"m"})");
  const std::string said = menu("1\n\nWorks\nnobody\nada@example.com\n-1\n9223372036854775808\n5\nn\n");
  EXPECT_EQ(asked_[0].body, R"({"name":"Works","email":"ada@example.com","rate_limit":5,"notes":"n"})");
  EXPECT_NE(said.find("Give it a name."), std::string::npos);
  EXPECT_NE(said.find("An e-mail address looks like"), std::string::npos);
  EXPECT_EQ(count(said, "Type a whole number from 0"), 2U);
}

TEST_F(Manage, GoesBackToTheMenuAfterThreeTries) {
  const std::string said = menu("5\nx\n0\n367\n9\nx\n\n7\n");
  EXPECT_EQ(count(said, "Type a whole number from 1 to 366."), 3U);
  EXPECT_EQ(count(said, "There is no such entry"), 3U);
  EXPECT_EQ(count(said, "Back to the menu."), 2U);
  EXPECT_TRUE(asked_.empty());
}

TEST_F(Manage, NothingIsMadeWhereTheInputEndsTooEarly) {
  const std::string said = menu("1\nWorks\nada@example.com\n");
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(count(said, "Back to the menu."), 0U);
}

TEST_F(Manage, ShowsAKeyWithItsSumsAndCalls) {
  answer(404, R"({"detail":"There is no customer key 9.","code":"unknown_customer_key"})");
  answer(200, kKey);
  answer(200, R"({"total_requests":1204,"rentals":3,"returns":2,"unique_accounts":1,"success_rate":"98.5"})");
  answer(200, R"({"data":[{"at":"2026-11-21T20:14:05Z","action":"rent","status":"success"}],"next_cursor":null})");
  const std::string said = menu("3\n9\n7\n");
  EXPECT_EQ(asked_[2].target, "/api/customer-keys/7/stats?days=30");
  EXPECT_EQ(asked_[3].target, "/api/customer-keys/7/activity?limit=10");
  for (const char* part : {"There is no customer key 9.", "urt_74O0...rwFY", "1,204", "98.5", "2026-11-21 20:14"}) {
    EXPECT_NE(said.find(part), std::string::npos) << part;
  }
}

TEST_F(Manage, RevokesAfterAYesAlone) {
  answer(200, kKey);
  EXPECT_NE(menu("4\n7\nno\n7\n").find("Nothing was changed."), std::string::npos);
  EXPECT_EQ(asked_.size(), 1U);
  answer(200, kKey);
  EXPECT_EQ(count(menu("4\n7\nmaybe\nsure\n\n7\n"), "Type yes or no."), 3U);
  EXPECT_EQ(asked_.size(), 2U);
  answer(200, kKey);
  answer(200, kKey);
  EXPECT_NE(menu("4\n7\nYes\n7\n").find("Key 7 is revoked."), std::string::npos);
  EXPECT_EQ(asked_[3].target, "/api/customer-keys/7/revoke");
  answer(200, R"({"id":7,"name":"Works","status":"revoked"})");
  EXPECT_NE(menu("4\n7\n7\n").find("is revoked already"), std::string::npos);
  EXPECT_EQ(asked_.size(), 5U);
}

TEST_F(Manage, ShowsSumsOfSomeDaysAndTwentyLines) {
  answer(200, R"({"total_requests":1204,"period_days":30})");
  EXPECT_NE(menu("5\n\n7\n").find("1,204"), std::string::npos);
  EXPECT_EQ(asked_[0].target, "/api/stats?days=30");
  answer(200, R"({"data":[],"next_cursor":null})");
  EXPECT_NE(menu("6\n").find("Nothing was called yet."), std::string::npos);
  EXPECT_EQ(asked_[1].target, "/api/activity?limit=20");
}

TEST_F(Manage, TellsWhatFailedAndGoesOn) {
  answer(503, R"({"detail":"The disk is full.","code":"disk_full"})");
  answer(200, R"({"data":[],"next_cursor":null})");
  EXPECT_NE(menu("2\n2\n7\n").find("There are no keys yet."), std::string::npos);
  EXPECT_NE(err_.str().find("The disk is full."), std::string::npos);
}

TEST_F(Manage, CutsALineThatIsTooLong) {
  const std::string said = menu("1\n" + std::string(1 << 20, 'n') + "\n7\n");
  EXPECT_NE(said.find("at most 200 characters"), std::string::npos);
}

}  // namespace
}  // namespace keyledger::app
