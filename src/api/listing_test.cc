#include "api/listing.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"

namespace keyledger::api {
namespace {

BOOST_DEFINE_ENUM_CLASS(Way, name, calls)

net::Request asked(std::vector<std::pair<std::string, std::string>> query) {
  net::Request request;
  request.query = std::move(query);
  return request;
}

Result<ListPage<Way>> page(std::vector<std::pair<std::string, std::string>> query, ById by_id = ById::oldest_first) {
  return query_page<Way>(asked(std::move(query)), "things", {Way::name}, by_id);
}

TEST(ListQuery, FiguresBeginWithTheLargestAndWordsWithTheFirst) {
  EXPECT_FALSE(page({})->sort);
  EXPECT_FALSE(page({})->descending);
  EXPECT_TRUE(page({}, ById::newest_first)->descending);
  EXPECT_FALSE(page({{"sort", "name"}}, ById::newest_first)->descending);
  EXPECT_TRUE(page({{"sort", "calls"}})->descending);
  EXPECT_FALSE(page({{"sort", "calls"}, {"order", "asc"}})->descending);
  EXPECT_TRUE(page({{"order", "desc"}})->descending);
}

TEST(ListQuery, OtherWordsAreRefused) {
  EXPECT_EQ(page({{"sort", "colour"}}).error().field, "sort");
  EXPECT_EQ(page({{"order", "up"}}).error().field, "order");
  EXPECT_EQ(page({{"order", "up"}}).error().reason, "unknown_value");
  EXPECT_EQ(page({{"limit", "501"}}).error().reason, "out_of_range");
}

TEST(ListCursor, ComesBackAsItWentOut) {
  for (const ListPlace& place : {ListPlace{.id = 7}, ListPlace{.id = 7, .number = -5},
                                 ListPlace{.id = 7, .text = "a=b~c/"}, ListPlace{.id = 7, .text = ""}}) {
    const std::string cursor = write_place(asked({{"q", "x"}, {"limit", "2"}}), "things", place);
    const auto back = read_place(asked({{"cursor", cursor}, {"q", "x"}, {"limit", "9"}}), "things");
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, place);
  }
}

TEST(ListCursor, IsOfOneListOneOrderAndOneSetOfFilters) {
  const std::string cursor = write_place(asked({{"sort", "name"}}), "things", {.id = 7});
  EXPECT_TRUE(read_place(asked({{"sort", "name"}, {"cursor", cursor}}), "things"));
  for (const net::Request& request :
       {asked({{"cursor", cursor}}), asked({{"sort", "calls"}, {"cursor", cursor}}),
        asked({{"sort", "name"}, {"order", "desc"}, {"cursor", cursor}}),
        asked({{"sort", "name"}, {"q", "x"}, {"cursor", cursor}}), asked({{"sort", "name"}, {"cursor", cursor + "A"}}),
        asked({{"sort", "name"}, {"cursor", "made-up"}})}) {
    EXPECT_EQ(read_place(request, "things").error().reason, "malformed_cursor");
  }
  EXPECT_FALSE(read_place(asked({{"sort", "name"}, {"cursor", cursor}}), "others"));
}

TEST(ListCursor, WhatNobodyHandedOutIsNoPlace) {
  for (const std::string_view text : {"", "x", "0", "-1", "7=", "7=x", "7=1x", "7;", "99999999999999999999"}) {
    EXPECT_FALSE(parse_place(text)) << text;
  }
  EXPECT_EQ(parse_place("7"), ListPlace{.id = 7});
}

}  // namespace
}  // namespace keyledger::api
