#include "domain/customers/message.h"

#include <gtest/gtest.h>

namespace keyledger::customers {
namespace {

constexpr Instant kNow = from_millis(1'795'000'000'000);

TEST(Message, TellsAllThatACustomerNeeds) {
  const Secret key{std::string{"urt_secret"}};
  const std::string message = message_for(key, {.base_url = "https://keys.example.com",
                                                .limits = {"100 requests a day", "2 rentals at once"},
                                                .expires_at = kNow,
                                                .allowed_ips = {"10.0.0.0/8"},
                                                .allowed_actions = {"rent", "stats"},
                                                .previous_valid_until = kNow});
  EXPECT_EQ(message, R"(Here is your API key. It is shown this once only: keep it in a safe place.

    API_KEY='urt_secret'

Base URL:     https://keys.example.com
Guide:        https://keys.example.com/docs
Limits:       100 requests a day, 2 rentals at once
Valid until:  2026-11-18T11:06:40Z
Only from:    10.0.0.0/8
Only for:     rent, stats
Old key:      works until 2026-11-18T11:06:40Z

Send the key with every request, in the header X-API-Key. A first call, which tells what is left of your limit:

    curl -H "X-API-Key: $API_KEY" https://keys.example.com/api/stats/me
)");
}

TEST(Message, LeavesOutWhatDoesNotHold) {
  const std::string message = message_for(Secret{std::string{"urt_secret"}}, {.base_url = "http://127.0.0.1:5000"});
  EXPECT_NE(message.find("Limits:       none\n"), std::string::npos);
  for (const char* absent : {"Valid until", "Only", "Old key"}) EXPECT_EQ(message.find(absent), std::string::npos);
}

TEST(Message, ProposesNoCallThatTheKeyMayNotMake) {
  const std::string message =
      message_for(Secret{std::string{"urt_secret"}}, {.base_url = "http://x", .allowed_actions = {"rent"}});
  EXPECT_EQ(message.find("curl"), std::string::npos);
}

}  // namespace
}  // namespace keyledger::customers
