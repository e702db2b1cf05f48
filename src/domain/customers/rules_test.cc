#include "domain/customers/rules.h"

#include <gtest/gtest.h>

namespace keyledger::customers {
namespace {

constexpr Instant kNow = from_millis(1'795'000'000'000);
constexpr std::chrono::milliseconds kTick{1};

TEST(CustomerEmail, MayBeLeftOutButNotWrong) {
  EXPECT_EQ(check_optional_email("").value_or("?"), "");
  EXPECT_EQ(check_optional_email(" \t ").value_or("?"), "");
  EXPECT_EQ(check_optional_email(" ada@example.com ").value_or("?"), "ada@example.com");
  EXPECT_EQ(check_optional_email("ada").error().reason, "malformed_email");
}

TEST(AllowedIps, AreNetworksEachOnce) {
  const Result<std::vector<IpNetwork>> networks =
      check_allowed_ips({"10.0.0.0/8", "2001:db8::/32", "192.0.2.7", "10.0.0.0/8"});
  ASSERT_TRUE(networks) << networks.error().message;
  ASSERT_EQ(networks->size(), 3U);
  EXPECT_EQ((*networks)[0].text(), "10.0.0.0/8");
  EXPECT_EQ((*networks)[2].text(), "192.0.2.7");
  EXPECT_TRUE(check_allowed_ips({}));
  for (const char* wrong : {"", "10.0.0.0/33", "10.0.0.1/8", "example.com", "10.0.0.0/", "fe80::1%eth0"}) {
    const Result<std::vector<IpNetwork>> refused = check_allowed_ips({"10.0.0.0/8", wrong});
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().reason, "malformed_cidr") << wrong;
    EXPECT_EQ(refused.error().field, "allowed_ips[1]") << wrong;
  }
  EXPECT_TRUE(check_allowed_ips(std::vector<std::string>(kAllowedMax, "10.0.0.1")));
  EXPECT_EQ(check_allowed_ips(std::vector<std::string>(kAllowedMax + 1, "10.0.0.1")).error().reason, "too_many");
}

TEST(AllowedActions, AreWordsEachOnce) {
  const std::string longest(kActionBytesMax, 'a');
  EXPECT_EQ(check_allowed_actions({"rent", "chat.completions", "a:b_c-9", "rent", longest}),
            (std::vector<std::string>{"rent", "chat.completions", "a:b_c-9", longest}));
  for (const std::string& wrong : {std::string{}, std::string{"Rent"}, std::string{"a b"}, std::string{"a/b"},
                                   std::string{"\xc3\xa9"}, longest + "a"}) {
    const Result<std::vector<std::string>> refused = check_allowed_actions({"rent", wrong});
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().reason, "malformed_action") << wrong;
    EXPECT_EQ(refused.error().field, "allowed_actions[1]") << wrong;
  }
  EXPECT_EQ(check_allowed_actions(std::vector<std::string>(kAllowedMax + 1, "rent")).error().field, "allowed_actions");
}

TEST(Metadata, HasFourKilobytes) {
  EXPECT_TRUE(check_metadata(""));
  EXPECT_TRUE(check_metadata(std::string(kMetadataBytesMax, ' ')));
  const Result<void> refused = check_metadata(std::string(kMetadataBytesMax + 1, ' '));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "too_long");
  EXPECT_EQ(refused.error().field, "metadata");
}

TEST(Expiry, LiesAhead) {
  EXPECT_TRUE(check_expiry(std::nullopt, kNow));
  EXPECT_TRUE(check_expiry(kNow + kTick, kNow));
  for (const Instant past : {kNow, kNow - kTick}) {
    const Result<void> refused = check_expiry(past, kNow);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "expires_in_past");
    EXPECT_EQ(refused.error().field, "expires_at");
  }
}

TEST(Status, RevokedWinsOverExpired) {
  const struct {
    const char* name;
    std::optional<Instant> revoked_at, expires_at;
    KeyStatus want;
  } cases[] = {
      {"without an end", {}, {}, KeyStatus::active},
      {"still a moment", {}, kNow + kTick, KeyStatus::active},
      {"at this very instant", {}, kNow, KeyStatus::expired},
      {"long over", {}, kNow - kTick, KeyStatus::expired},
      {"revoked", kNow - kTick, {}, KeyStatus::revoked},
      {"revoked and expired", kNow, kNow - kTick, KeyStatus::revoked},
  };
  for (const auto& c : cases) EXPECT_EQ(status_of(c.revoked_at, c.expires_at, kNow), c.want) << c.name;
}

TEST(Rotation, LetsTheNewestTextLiveOnAndNoOlderOne) {
  const std::chrono::hours grace{1};
  EXPECT_EQ(valid_until_after_rotation(std::nullopt, kNow, grace), kNow + grace);
  EXPECT_EQ(valid_until_after_rotation(std::nullopt, kNow, {}), kNow);
  EXPECT_EQ(valid_until_after_rotation(kNow + grace, kNow, grace), kNow);  // in its own grace
  EXPECT_EQ(valid_until_after_rotation(kNow - std::chrono::hours{5}, kNow, grace), kNow - std::chrono::hours{5});
}

TEST(Rotation, HasThirtyDaysOfGraceAtMost) {
  EXPECT_TRUE(check_grace({}));
  EXPECT_TRUE(check_grace(kGraceMax));
  for (const std::chrono::seconds wrong : {std::chrono::seconds{-1}, kGraceMax + std::chrono::seconds{1}}) {
    const Result<void> refused = check_grace(wrong);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "out_of_range");
    EXPECT_EQ(refused.error().field, "grace_seconds");
  }
}

}  // namespace
}  // namespace keyledger::customers
