#include "api/door/rate_limit.h"

#include <gtest/gtest.h>

#include "service/admission/waiting.h"

namespace keyledger::api {
namespace {

using limits::LimitStanding;
using limits::Metric;
using limits::Window;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kNow = from_millis(1'795'000'000'500);

LimitStanding standing(Metric metric, Window window, std::int64_t amount, std::int64_t used,
                       std::optional<milliseconds> resets_in) {
  LimitStanding made{metric, window, amount, used, amount - used, std::nullopt};
  if (resets_in) made.resets_at = kNow + *resets_in;
  return made;
}

net::Headers headers_of(const std::vector<LimitStanding>& standings) {
  net::Headers headers;
  add_rate_limits(headers, standings, kNow);
  return headers;
}

TEST(RateLimitHeaders, AreListsOfStringsWithParameters) {
  const net::Headers headers = headers_of({
      standing(Metric::requests, Window::minute, 10, 1, seconds{6}),
      standing(Metric::requests, Window::day, 100, 3, milliseconds{1'200'001}),
      standing(Metric::requests, Window::month, 2'000, 3, seconds{864'000}),
      standing(Metric::rentals, Window::day, 5, 5, milliseconds{1}),
      standing(Metric::rentals, Window::at_once, 2, 0, std::nullopt),
  });
  EXPECT_EQ(headers.find("RateLimit-Policy"),
            "\"requests_per_minute\";q=10;w=60, \"requests_per_day\";q=100;w=86400, "
            "\"requests_per_month\";q=2000;w=2678400, \"rentals_per_day\";q=5;qu=\"rentals\";w=86400, "
            "\"rentals_at_once\";q=2;qu=\"rentals\"");
  EXPECT_EQ(
      headers.find("RateLimit"),
      "\"requests_per_minute\";r=9;t=6, \"requests_per_day\";r=97;t=1201, \"requests_per_month\";r=1997;t=864000, "
      "\"rentals_per_day\";r=0;t=1, \"rentals_at_once\";r=2");
  EXPECT_EQ(headers.find("X-RateLimit-Limit"), "100");
  EXPECT_EQ(headers.find("X-RateLimit-Remaining"), "97");
  EXPECT_EQ(headers.find("X-RateLimit-Reset"), "1795001201") << "a moment after, never before";
}

TEST(RateLimitHeaders, TellTheTightestLimitOfRequestsWhereNoneIsDaily) {
  const net::Headers headers = headers_of({
      standing(Metric::rentals, Window::day, 5, 5, seconds{7}),
      standing(Metric::requests, Window::hour, 100, 40, seconds{7}),
      standing(Metric::requests, Window::month, 1'000, 990, seconds{1'000}),
  });
  EXPECT_EQ(headers.find("X-RateLimit-Limit"), "1000");
  EXPECT_EQ(headers.find("X-RateLimit-Remaining"), "10");
}

TEST(RateLimitHeaders, AreLeftOutForWhatIsUnlimited) {
  EXPECT_TRUE(headers_of({}).fields().empty());
  const net::Headers headers = headers_of({standing(Metric::rentals, Window::at_once, 2, 1, std::nullopt)});
  EXPECT_TRUE(headers.find("RateLimit"));
  EXPECT_FALSE(headers.find("X-RateLimit-Limit")) << "requests are unlimited";
}

TEST(RateLimitHeaders, NeverGoBelowZero) {
  // A limit that was lowered below what is used already.
  const net::Headers headers = headers_of({standing(Metric::requests, Window::day, 10, 50, seconds{-5})});
  EXPECT_EQ(headers.find("RateLimit"), "\"requests_per_day\";r=0;t=0");
  EXPECT_EQ(headers.find("X-RateLimit-Remaining"), "0");
}

TEST(RetryAfter, SaysWhetherATryWithinAMinuteCanHelp) {
  const struct {
    std::optional<seconds> wait;
    const char* after;
    bool pointless;
  } cases[] = {
      {seconds{1}, "1", false}, {seconds{60}, "60", false}, {seconds{61}, "61", true}, {std::nullopt, "60", true}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.after);
    net::Headers headers;
    add_retry(headers, c.wait);
    EXPECT_EQ(headers.find("Retry-After"), c.after);
    EXPECT_EQ(headers.find("x-should-retry"), c.pointless ? std::optional<std::string_view>{"false"} : std::nullopt);
  }
}

TEST(Waiting, IsForTheLimitThatRefused) {
  service::Admitted admitted;
  admitted.at = kNow;
  admitted.standings[0] = standing(Metric::requests, Window::minute, 10, 1, seconds{6});
  admitted.standings[1] = standing(Metric::requests, Window::day, 10, 10, milliseconds{3'000'001});
  admitted.standings[2] = standing(Metric::rentals, Window::at_once, 1, 1, std::nullopt);
  admitted.standings_count = 3;
  admitted.verdict = service::Verdict::valid;
  EXPECT_FALSE(service::wait_of(admitted));
  admitted.verdict = service::Verdict::limit_exceeded;
  admitted.exceeded = 1;
  EXPECT_EQ(service::wait_of(admitted), seconds{3'001});
  admitted.exceeded = 2;
  EXPECT_FALSE(service::wait_of(admitted)) << "nobody knows when a rental ends";
  admitted.standings[1].resets_at = kNow;
  admitted.exceeded = 1;
  EXPECT_EQ(service::wait_of(admitted), seconds{1});
}

}  // namespace
}  // namespace keyledger::api
