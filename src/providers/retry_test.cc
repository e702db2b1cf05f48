#include "providers/retry.h"

#include <gtest/gtest.h>

#include "providers/testing_rows.h"

namespace keyledger::providers {
namespace {

using std::chrono::milliseconds;

TEST(RetryAfter, IsReadInEveryForm) {
  const Instant now = testing::at("2026-11-21T12:00:00Z");
  const struct {
    const char* name;
    const char* value;
    std::optional<milliseconds> want;
  } cases[] = {
      {"retry-after", "0", milliseconds{0}},
      {"retry-after", "7", milliseconds{7'000}},
      {"retry-after", "0.5", milliseconds{500}},
      {"retry-after", "-1", std::nullopt},
      {"retry-after", "soon", std::nullopt},
      {"retry-after", "", std::nullopt},
      {"retry-after", "nan", std::nullopt},
      {"retry-after", "1e300", std::nullopt},
      {"retry-after", "9000000000", milliseconds{31'622'400'000}},
      {"retry-after", "0.0001", milliseconds{1}},
      {"retry-after-ms", "0.5", milliseconds{1}},
      {"retry-after", "Sat, 21 Nov 2026 12:01:00 GMT", milliseconds{60'000}},
      {"retry-after", "Sat, 21 Nov 2026 11:00:00 GMT", milliseconds{0}},
      {"retry-after", "Sat, 31 Feb 2026 11:00:00 GMT", std::nullopt},
      {"retry-after", "Sat, 21 Nov 2026 xx:00:00 GMT", std::nullopt},
      {"retry-after", "Sat, 21 Now 2026 11:00:00 GMT", std::nullopt},
      {"retry-after-ms", "1500", milliseconds{1'500}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.value);
    net::Headers headers;
    headers.add(c.name, c.value);
    EXPECT_EQ(retry_after(headers, now), c.want);
  }
  EXPECT_EQ(retry_after(net::Headers{}, now), std::nullopt);
}

TEST(Backoff, GrowsToItsMaximumAndStaysAboveAHalf) {
  for (int attempt = 1; attempt < 40; ++attempt) {
    for (std::uint64_t dice = 0; dice < 50; ++dice) {
      const milliseconds full = std::min(milliseconds{8'000}, milliseconds{1'000} * (1 << std::min(attempt - 1, 10)));
      const milliseconds pause = backoff_pause(attempt, dice);
      EXPECT_LE(pause, full);
      EXPECT_GT(pause, full / 2 - milliseconds{1});
    }
  }
}

TEST(WorthRepeating, AsksStatusAndCodeTogether) {
  const struct {
    unsigned status;
    const char* code;
    bool want;
  } cases[] = {{429, "rate_limited", true},   {429, "insufficient_quota", false}, {429, "spend_limit_reached", false},
               {500, "provider_error", true}, {200, "malformed_answer", false},   {302, "unexpected_answer", false},
               {0, "unreachable_tls", false}, {0, "unreachable_dns", true}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.code);
    Answer answer;
    answer.status = c.status;
    EXPECT_FALSE(worth_repeating(answer, Repeat::safe));  // there is nothing to repeat without a finding
    answer.finding = keys::Finding{.code = c.code};
    EXPECT_EQ(worth_repeating(answer, Repeat::safe), c.want);
  }
}

}  // namespace
}  // namespace keyledger::providers
