#include "api/activity/cursor.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"

namespace keyledger::api {
namespace {

using service::ActivityCursor;

Result<std::optional<ActivityCursor>> read(const std::string& cursor) {
  net::Request request;
  request.query.emplace_back("cursor", cursor);
  return read_activity_cursor(request);
}

std::string encoded(std::string_view text) {
  return crypto::to_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

TEST(ActivityCursorText, ComesBackAsItWentOut) {
  const ActivityCursor cursor{
      .before = UsageEventId{1'200},
      .heads = {{CustomerKeyId{7}, UsageEventId{1'190}}, {CustomerKeyId{9}, UsageEventId{812}}}};
  const auto back = read(write_activity_cursor(cursor));
  ASSERT_TRUE(back);
  ASSERT_TRUE(*back);
  EXPECT_EQ((*back)->before, cursor.before);
  ASSERT_EQ((*back)->heads.size(), 2U);
  EXPECT_EQ((*back)->heads[1].key, CustomerKeyId{9});
  EXPECT_EQ((*back)->heads[1].event, UsageEventId{812});
}

TEST(ActivityCursorText, IsAbsentWhereNoneIsGiven) {
  const auto none = read_activity_cursor(net::Request{});
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
}

TEST(ActivityCursorText, WhatNobodyHandedOutIsRefused) {
  std::string too_many = "activity:9";
  for (int key = 1; key <= 65; ++key) too_many += ";" + std::to_string(key) + "=1";
  for (const std::string& text :
       {std::string{}, std::string{"!"}, encoded("audit:7"), encoded("activity:"), encoded("activity:x"),
        encoded("activity:0"), encoded("activity:7;"), encoded("activity:7;1"), encoded("activity:7;1="),
        encoded("activity:7;1=2x"), encoded("activity:99999999999999999999"), encoded(too_many)}) {
    SCOPED_TRACE(text);
    const auto cursor = read(text);
    ASSERT_FALSE(cursor);
    EXPECT_EQ(cursor.error().reason, "malformed_cursor");
    EXPECT_EQ(cursor.error().field, "cursor");
  }
}

}  // namespace
}  // namespace keyledger::api
