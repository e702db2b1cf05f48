#include "domain/keys/account.h"

#include <gtest/gtest.h>

namespace keyledger::keys {
namespace {

TEST(Account, OnlyTheEmailHasToBeThere) {
  const Result<AccountFields> fields = check_account({" ada@example.com ", "", ""});
  ASSERT_TRUE(fields);
  EXPECT_EQ(*fields, (AccountFields{"ada@example.com", "", ""}));
}

TEST(Account, TellsTheFirstFieldThatIsWrong) {
  const std::string long_text(201, 'x');
  const struct {
    AccountFields given;
    const char* field;
    const char* reason;
  } cases[] = {
      {{"ada", long_text, long_text}, "email", "malformed_email"},
      {{"ada@example.com", long_text, long_text}, "name", "too_long"},
      {{"ada@example.com", "a\nb", ""}, "name", "control_characters"},
      {{"ada@example.com", "Ada", long_text}, "organization_name", "too_long"},
  };
  for (const auto& c : cases) {
    const Result<AccountFields> fields = check_account(c.given);
    ASSERT_FALSE(fields);
    EXPECT_EQ(fields.error().field, c.field);
    EXPECT_EQ(fields.error().reason, c.reason);
  }
}

}  // namespace
}  // namespace keyledger::keys
