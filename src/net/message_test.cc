#include "net/message.h"

#include <gtest/gtest.h>

namespace keyledger::net {
namespace {

TEST(Method, IsReadBackAsWrittenAndOnlyThen) {
  for (const Method method :
       {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::delete_, Method::options}) {
    EXPECT_EQ(parse_method(to_string(method)), method);
  }
  for (const char* text : {"", "get", "TRACE", "CONNECT", "GETT", "GE"}) EXPECT_EQ(parse_method(text), std::nullopt);
}

TEST(Headers, AreFoundWithoutRegardToCase) {
  Headers headers;
  headers.add("Content-Type", "text/plain");
  headers.add("X-One", "1");
  headers.add("x-one", "2");
  EXPECT_EQ(headers.find("content-TYPE"), "text/plain");
  EXPECT_EQ(headers.find("X-ONE"), "1");
  EXPECT_EQ(headers.count("X-One"), 2U);
  EXPECT_EQ(headers.find("X-Two"), std::nullopt);
  headers.set("X-ONE", "3");
  EXPECT_EQ(headers.count("X-One"), 1U);
  EXPECT_EQ(headers.find("x-one"), "3");
}

TEST(Headers, KeepTheirOrderAndEmptyValues) {
  Headers headers;
  headers.reserve(1, 1);
  headers.add("A", "");
  headers.add("Longer-Than-Any-Small-String", "and so is its value, by far");
  headers.set("B", "2");
  const std::vector<HeaderField> fields(headers.fields().begin(), headers.fields().end());
  const std::vector<HeaderField> expected{
      {"A", ""}, {"Longer-Than-Any-Small-String", "and so is its value, by far"}, {"B", "2"}};
  EXPECT_EQ(fields, expected);
}

TEST(Headers, MayBeMovedWithoutHarmToWhatWasFound) {
  Headers headers;
  headers.add("A", "b");  // short enough to lie inside a string
  const std::optional<std::string_view> found = headers.find("a");
  const Headers moved = std::move(headers);
  EXPECT_EQ(found, "b");
  EXPECT_EQ(found->data(), moved.find("a")->data());
}

TEST(Request, GivesTheFirstValueOfAName) {
  Request request;
  request.query = {{"a", "1"}, {"a", "2"}, {"b", ""}};
  request.parameters = {{"id", "7"}};
  EXPECT_EQ(request.query_value("a"), "1");
  EXPECT_EQ(request.query_value("b"), "");
  EXPECT_EQ(request.query_value("c"), std::nullopt);
  EXPECT_EQ(request.parameter("id"), "7");
  EXPECT_EQ(request.parameter("name"), std::nullopt);
}

TEST(ProblemReply, IsProblemJson) {
  const Reply reply = problem_reply({404, "not_found", "No such key.", "id"});
  EXPECT_EQ(reply.status, 404U);
  EXPECT_EQ(reply.headers.find("content-type"), "application/problem+json");
  EXPECT_EQ(reply.body, R"({"type":"/problems/not_found","title":"Not Found","status":404,"detail":"No such key.",)"
                        R"("code":"not_found","field":"id"})");
}

TEST(ProblemReply, EscapesWhatWouldBreakTheDocument) {
  const Reply reply = problem_reply({400, "bad", "a \"b\" \\ c\n\x01 \xc3\xa4", {}});
  EXPECT_NE(reply.body.find(R"(a \"b\" \\ c\u000a\u0001 ä)"), std::string::npos) << reply.body;
  EXPECT_EQ(reply.body.find("field"), std::string::npos);
  const Reply broken = problem_reply({400, "bad", "a \xff b", {}});
  EXPECT_NE(broken.body.find("a ? b"), std::string::npos) << broken.body;
}

}  // namespace
}  // namespace keyledger::net
