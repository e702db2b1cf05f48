#include "api/query.h"

#include <gtest/gtest.h>

namespace keyledger::api {
namespace {

net::Request asking(std::string name, std::string value) {
  net::Request request;
  request.query.emplace_back(std::move(name), std::move(value));
  return request;
}

TEST(Ids, AreWholeNumbersAboveZero) {
  EXPECT_EQ(positive("1", "id"), 1);
  EXPECT_EQ(positive("9223372036854775807", "id"), 9'223'372'036'854'775'807);
  for (const char* bad : {"", "0", "-1", "+1", "1.0", " 1", "1 ", "x", "9223372036854775808"}) {
    SCOPED_TRACE(bad);
    const Result<std::int64_t> id = positive(bad, "account_id");
    ASSERT_FALSE(id);
    EXPECT_EQ(id.error().reason, "malformed_id");
    EXPECT_EQ(id.error().field, "account_id");
  }
}

TEST(Limits, Are1To500And50WhenAbsent) {
  EXPECT_EQ(page_limit(net::Request{}), 50);
  EXPECT_EQ(page_limit(asking("limit", "1")), 1);
  EXPECT_EQ(page_limit(asking("limit", "500")), 500);
  for (const char* bad : {"0", "501", "-5", "many", ""}) {
    EXPECT_EQ(page_limit(asking("limit", bad)).error().reason, "out_of_range") << bad;
  }
}

TEST(Cursors, GoOnInTheListThatMadeThem) {
  const std::string cursor = make_cursor("keys", 17);
  EXPECT_EQ(read_cursor(asking("cursor", cursor), "keys").value(), 17);
  EXPECT_EQ(read_cursor(net::Request{}, "keys").value(), std::nullopt);
  EXPECT_EQ(read_cursor(asking("cursor", cursor), "accounts").error().reason, "malformed_cursor");
  for (const char* bad : {"", "!!!", "a2V5czo", "MTc"}) {
    EXPECT_EQ(read_cursor(asking("cursor", bad), "keys").error().reason, "malformed_cursor") << bad;
  }
}

TEST(Texts, HaveAtMost200Bytes) {
  EXPECT_EQ(query_text(asking("q", std::string(200, 'x')), "q").value(), std::string(200, 'x'));
  EXPECT_EQ(query_text(asking("q", std::string(201, 'x')), "q").error().reason, "too_long");
}

TEST(Times, AreRfc3339) {
  EXPECT_EQ(query_instant(asking("from", "1970-01-01T00:00:01Z"), "from").value(), from_millis(1000));
  EXPECT_EQ(query_instant(asking("from", "yesterday"), "from").error().reason, "malformed_time");
}

}  // namespace
}  // namespace keyledger::api
