#include "app/rotation_caller.h"

#include <gtest/gtest.h>

namespace keyledger::app {
namespace {

const service::RotationOrder kOrder{
    "rotate_3_1_5", from_millis(1'795'000'000'000), RentalAccountId{3}, "Example", "ada", "ada@example.com"};

TEST(RotationCaller, ACommandIsTakenApartAtBlanks) {
  EXPECT_EQ(words_of_command("  /opt/rotate  --site\tx "), (std::vector<std::string>{"/opt/rotate", "--site", "x"}));
  EXPECT_TRUE(words_of_command(" ").empty());
}

TEST(RotationCaller, TheMessageNamesTheAccountAndNeverAPassword) {
  EXPECT_EQ(rotation_message(kOrder, "https://keys.example.com"),
            R"({"type":"account.rotate","timestamp":"2026-11-18T11:06:40Z","data":{"account_id":3,"website":"Example",)"
            R"("username":"ada","email":"ada@example.com",)"
            R"("callback":"https://keys.example.com/api/rental-accounts/3/password"}})");
  EXPECT_EQ(rotation_message(kOrder, "").find("callback"), std::string::npos);
}

TEST(RotationCaller, ACommandGetsThePasswordOnItsInput) {
  EXPECT_EQ(
      rotation_input(kOrder, Secret{"old \"one\""}).reveal(),
      R"({"account_id":3,"website":"Example","username":"ada","email":"ada@example.com","password":"old \"one\""})"
      "\n");
}

Result<std::optional<Secret>> answer(unsigned status, std::string body) {
  return read_rotation_answer(status, body);
}

TEST(RotationCaller, AReceiverAnswersNowOrLater) {
  EXPECT_EQ((**answer(200, R"({"password":"new","more":1})")).reveal(), "new");
  EXPECT_FALSE(answer(202, "anything")->has_value());
  EXPECT_EQ(answer(500, "").error().message, "The webhook answered 500.");
  for (const char* body : {"", "new", "[]", "{}", R"({"password":7})"}) {
    EXPECT_EQ(answer(200, body).error().reason, "malformed_response") << body;
  }
}

}  // namespace
}  // namespace keyledger::app
