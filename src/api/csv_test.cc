#include "api/csv.h"

#include <gtest/gtest.h>

#include "service/testing.h"

namespace keyledger::api {
namespace {

using service::testing::run;

using Rows = std::vector<std::vector<std::string>>;

/// Page by page; a page that is not there is an error.
net::Task<Result<CsvPage>> page_of(std::vector<CsvPage> pages, std::optional<std::string> cursor) {
  const std::size_t number = cursor ? static_cast<std::size_t>(std::stoi(*cursor)) : 0;
  if (number >= pages.size()) co_return fail(Code::unavailable, "No such page.", "io_error");
  co_return pages[number];
}

CsvPages paged(std::vector<CsvPage> pages) {
  return [pages = std::move(pages)](std::optional<std::string> cursor) { return page_of(pages, std::move(cursor)); };
}

/// All that the reader gets, or the reason why it is cut short.
std::string read(const net::Reply& reply) {
  std::string all;
  for (;;) {
    const Result<std::optional<std::string>> piece = run(reply.stream->next());
    if (!piece) return piece.error().reason;
    if (!*piece) return all;
    all += **piece;
  }
}

TEST(CsvReply, AllPagesFollowTheHeadings) {
  const auto reply = run(csv_reply("keys.csv", {"name", "note"},
                                   paged({{Rows{{"a", "=1"}}, "1"}, {Rows{}, "2"}, {Rows{{"b", "x,y"}}, {}}})));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200U);
  EXPECT_EQ(reply->headers.find("Content-Type"), "text/csv; charset=utf-8");
  EXPECT_EQ(reply->headers.find("Content-Disposition"), "attachment; filename=\"keys.csv\"");
  EXPECT_EQ(reply->stream->length(), std::nullopt);
  EXPECT_EQ(read(*reply), "name,note\r\na,'=1\r\nb,\"x,y\"\r\n");
}

TEST(CsvReply, AnEmptyTableHasItsHeadings) {
  const auto reply = run(csv_reply("keys.csv", {"name"}, paged({{}})));
  ASSERT_TRUE(reply);
  EXPECT_EQ(read(*reply), "name\r\n");
}

TEST(CsvReply, AFileNameIsHarmless) {
  const auto reply = run(csv_reply("usage_2026-10-23_Europe/Berlin\"\r\n.csv", {"name"}, paged({{}})));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->headers.find("Content-Disposition"),
            "attachment; filename=\"usage_2026-10-23_Europe-Berlin---.csv\"");
}

TEST(CsvReply, WhatFailsAtOnceIsTheHandlersError) {
  const auto reply = run(csv_reply("keys.csv", {"name"}, paged({})));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().reason, "io_error");
}

TEST(CsvReply, WhatFailsLaterCutsTheBodyShort) {
  const auto reply = run(csv_reply("keys.csv", {"name"}, paged({{Rows{{"a"}}, "1"}})));
  ASSERT_TRUE(reply);
  EXPECT_EQ(read(*reply), "io_error");
}

TEST(CsvReply, ACursorThatStandsStillCutsTheBodyShort) {
  const auto reply = run(csv_reply("keys.csv", {"name"}, paged({{Rows{{"a"}}, "1"}, {Rows{{"b"}}, "1"}})));
  ASSERT_TRUE(reply);
  EXPECT_EQ(read(*reply), "cursor_stands");
}

}  // namespace
}  // namespace keyledger::api
