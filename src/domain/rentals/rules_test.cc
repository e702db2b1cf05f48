#include "domain/rentals/rules.h"

#include <gtest/gtest.h>

#include <map>

namespace keyledger::rentals {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr Instant kNow = from_millis(1'795'000'000'000);

Website website(std::string name, std::string url = "https://example.com", std::int64_t validity = 24) {
  Website made;
  made.name = std::move(name);
  made.url = std::move(url);
  made.validity_hours = validity;
  return made;
}

TEST(Websites, AreStoredTrimmedAndComparedWithoutCase) {
  const Result<Website> fine = check_website(website("  Example Shop ", " https://example.com/in?x=1 "));
  ASSERT_TRUE(fine) << fine.error().message;
  EXPECT_EQ(fine->name, "Example Shop");
  EXPECT_EQ(fine->url, "https://example.com/in?x=1");
  EXPECT_EQ(fold_name(" Example SHOP"), "example shop");
  EXPECT_TRUE(check_website(website("a", "")));  // an address is not needed
}

TEST(Websites, AreRefusedWithTheFieldThatIsWrong) {
  const struct {
    const char* name;
    Website given;
    const char* field;
    const char* reason;
  } cases[] = {
      {"no name", website(" "), "name", "missing_name"},
      {"a long name", website(std::string(201, 'n')), "name", "too_long"},
      {"a name of two lines", website("a\nb"), "name", "control_characters"},
      {"no scheme", website("a", "example.com"), "url", "malformed_url"},
      {"another scheme", website("a", "ftp://example.com"), "url", "malformed_url"},
      {"a script", website("a", "javascript:alert(1)"), "url", "malformed_url"},
      {"no host", website("a", "https://"), "url", "malformed_url"},
      {"only a port", website("a", "https://:443/"), "url", "malformed_url"},
      {"a user", website("a", "https://me:pass@example.com"), "url", "malformed_url"},
      {"a blank", website("a", "https://example.com/a b"), "url", "malformed_url"},
      {"a long address", website("a", "https://example.com/" + std::string(2'048, 'a')), "url", "too_long"},
      {"no time at all", website("a", "", 0), "validity_hours", "out_of_range"},
      {"over a year", website("a", "", 8'761), "validity_hours", "out_of_range"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Result<Website> refused = check_website(c.given);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, c.field);
    EXPECT_EQ(refused.error().reason, c.reason);
  }
  EXPECT_TRUE(check_website(website(std::string(200, 'n'), "", 1)));
  EXPECT_TRUE(check_website(website("a", "http://localhost:8080", 8'760)));
}

TEST(Accounts, NeedAUserNameAndMayHaveAnEmail) {
  EXPECT_TRUE(check_account({"ada", "", ""}));
  EXPECT_EQ(check_account({" ada ", " ada@example.com ", " a\n b "})->email, "ada@example.com");
  EXPECT_EQ(check_account({"", "", ""}).error().reason, "missing_username");
  EXPECT_EQ(check_account({std::string(255, 'u'), "", ""}).error().reason, "too_long");
  EXPECT_EQ(check_account({"ada", "nobody", ""}).error().reason, "malformed_email");
  EXPECT_EQ(check_account({"ada", "a@b@example.com", ""}).error().field, "email");
  EXPECT_EQ(check_account({"ada", "", std::string(10'001, 'n')}).error().field, "notes");
}

TEST(Passwords, HaveOneTo1024BytesAndNothingThatDoesNotShow) {
  EXPECT_TRUE(check_password(Secret{"p"}));
  EXPECT_TRUE(check_password(Secret{std::string(1'024, 'p')}));
  EXPECT_TRUE(check_password(Secret{"  blanks \"count\" "}));
  EXPECT_EQ(check_password(Secret{}).error().reason, "missing_password");
  EXPECT_EQ(check_password(Secret{std::string(1'025, 'p')}).error().reason, "too_long");
  EXPECT_EQ(check_password(Secret{"line\r"}).error().reason, "control_characters");
  EXPECT_EQ(check_password(Secret{"\xff"}).error().reason, "control_characters");
}

TEST(Reasons, AreNeeded) {
  EXPECT_EQ(*check_reason(" locked out "), "locked out");
  EXPECT_EQ(check_reason(" ").error().reason, "missing_reason");
  EXPECT_EQ(check_reason(std::string(501, 'r')).error().reason, "too_long");
}

TEST(Transitions, AreTheseAndNoOthers) {
  using enum AccountStatus;
  const std::map<std::pair<Act, AccountStatus>, AccountStatus> allowed{
      {{Act::rent, available}, rented},
      {{Act::end_to_pool, rented}, available},
      {{Act::end_to_rotation, rented}, needs_rotation},
      {{Act::put_aside, available}, exception},
      {{Act::put_aside, needs_rotation}, exception},
      {{Act::put_aside, exception}, exception},
      {{Act::take_aside, available}, exception},
      {{Act::take_aside, rented}, exception},
      {{Act::take_aside, needs_rotation}, exception},
      {{Act::take_aside, exception}, exception},
      {{Act::restore, exception}, available},
      {{Act::restore_to_rotation, exception}, needs_rotation},
      {{Act::set_password, available}, available},
      {{Act::set_password, rented}, rented},
      {{Act::set_password, needs_rotation}, available},
      {{Act::set_password, exception}, exception},
      {{Act::remove, available}, exception},
      {{Act::remove, needs_rotation}, exception},
      {{Act::remove, exception}, exception}};
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Act>>([&](auto act) {
    for (const AccountStatus from : {available, rented, needs_rotation, exception}) {
      SCOPED_TRACE(std::string{act.name} + " from " + boost::describe::enum_to_string(from, ""));
      const auto expected = allowed.find({act.value, from});
      const Result<AccountStatus> to = after(act.value, from);
      EXPECT_EQ(to.has_value(), expected != allowed.end());
      if (to && expected != allowed.end()) {
        EXPECT_EQ(*to, expected->second);
      } else if (!to) {
        EXPECT_EQ(to.error().code, Code::conflict);
      }
    }
  });
}

TEST(Transitions, ThatAreRefusedSayWhy) {
  EXPECT_EQ(after(Act::rent, AccountStatus::rented).error().reason, "account_not_free");
  EXPECT_EQ(after(Act::end_to_pool, AccountStatus::available).error().reason, "account_not_rented");
  EXPECT_EQ(after(Act::put_aside, AccountStatus::rented).error().reason, "account_rented");
  EXPECT_EQ(after(Act::remove, AccountStatus::rented).error().reason, "account_rented");
  EXPECT_EQ(after(Act::restore, AccountStatus::available).error().reason, "account_not_put_aside");
}

TEST(Remaining, MinutesAndSecondsAreRoundedUp) {
  EXPECT_EQ(remaining_minutes(kNow + hours{1}, kNow), 60);
  EXPECT_EQ(remaining_minutes(kNow + minutes{1} + milliseconds{1}, kNow), 2);
  EXPECT_EQ(remaining_minutes(kNow + milliseconds{1}, kNow), 1);
  EXPECT_EQ(remaining_minutes(kNow, kNow), 0);
  EXPECT_EQ(remaining_minutes(kNow - hours{1}, kNow), 0);
  EXPECT_EQ(seconds_until(kNow + milliseconds{1'001}, kNow), 2);
  EXPECT_EQ(seconds_until(kNow, kNow), 1);
}

TEST(Rotation, WaitsLongerAfterEachFailure) {
  EXPECT_EQ(rotation_back_off(1), minutes{1});
  EXPECT_EQ(rotation_back_off(2), minutes{2});
  EXPECT_EQ(rotation_back_off(9), minutes{256});
  EXPECT_EQ(rotation_back_off(10), minutes{360});
  EXPECT_EQ(rotation_back_off(1'000), minutes{360});
}

}  // namespace
}  // namespace keyledger::rentals
