#include "domain/ledger/call.h"

#include <gtest/gtest.h>

namespace keyledger::ledger {
namespace {

TEST(Call, OnlySuccessAndErrorWereAdmitted) {
  int count = 0;
  for (int number = 0; number <= static_cast<int>(Status::action_not_allowed); ++number) {
    count += admitted(static_cast<Status>(number)) ? 1 : 0;
  }
  EXPECT_EQ(count, 2);
  EXPECT_TRUE(admitted(Status::success));
  EXPECT_TRUE(admitted(Status::error));
}

TEST(Call, WordsAreCutAtACharacter) {
  const std::string full(kActionBytesMax, 'a');
  const std::string fits_before = full.substr(1) + "ü";  // one byte too long: the letter goes as a whole
  const std::string fits = full.substr(2) + "ü";
  const std::string three = full.substr(2) + "世";
  const std::string broken = full.substr(1) + "\xbf\xbf\xbf\xbf\xbf\xbf";  // continuations of nothing
  const struct {
    const char* name;
    std::string_view word;
    std::size_t want;
  } cases[] = {
      {"none", "", 0},
      {"just fits", full, kActionBytesMax},
      {"ends in a letter of two bytes", fits, kActionBytesMax},
      {"the letter of two bytes is over", fits_before, kActionBytesMax - 1},
      {"the letter of three bytes is over", three, kActionBytesMax - 2},
      {"no text at all", broken, kActionBytesMax},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Call call = fitting({.action = c.word});
    EXPECT_EQ(call.action.size(), c.want);
    EXPECT_TRUE(c.word.starts_with(call.action));
  }
}

TEST(Call, EachWordHasItsOwnMaximum) {
  const std::string text(1'000, 'x');
  const Call call = fitting({.action = text, .resource = text, .user_agent = text});
  EXPECT_EQ(call.action.size(), kActionBytesMax);
  EXPECT_EQ(call.resource.size(), kResourceBytesMax);
  EXPECT_EQ(call.user_agent.size(), kUserAgentBytesMax);
}

TEST(Call, AnOwnedCallShowsItsOwnWords) {
  const OwnedCall owned{.call = {.customer_key_id = {5}}, .action = "rent", .resource = "res", .user_agent = "curl"};
  const OwnedCall moved = owned;
  const Call call = moved.view();
  EXPECT_EQ(call.customer_key_id.value, 5);
  EXPECT_EQ(call.action, "rent");
  EXPECT_EQ(call.resource, "res");
  EXPECT_EQ(call.user_agent, "curl");
  EXPECT_EQ(call.action.data(), moved.action.data());
}

}  // namespace
}  // namespace keyledger::ledger
