#include "api/door/refusals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/value.h"

namespace keyledger::api {
namespace {

using service::Verdict;

json::Value body_of(const net::Reply& reply) {
  Result<json::Value> value = json::parse(reply.body);
  EXPECT_TRUE(value) << reply.body;
  return value ? std::move(*value) : json::Value{};
}

TEST(CustomerProblems, SayTheSameToProgramsOfEitherKind) {
  const net::Reply reply =
      customer_problem(Error{Code::invalid_argument, "There is no field \"x\".", "unknown_field", "x"});
  EXPECT_EQ(reply.status, 400u);
  EXPECT_EQ(reply.headers.find("Content-Type"), "application/problem+json");
  EXPECT_TRUE(reply.body.starts_with(R"({"success":false,"error":"unknown_field","message":"There is no)"));
  const json::Value body = body_of(reply);
  EXPECT_EQ(body["code"].text(), "unknown_field");
  EXPECT_EQ(body["detail"].text(), body["message"].text());
  EXPECT_EQ(body["field"].text(), "x");
  EXPECT_EQ(body["status"].integer(), 400);
}

TEST(CustomerProblems, SayWhenToTryAgain) {
  const struct {
    const char* name;
    Error error;
    unsigned status;
    std::optional<std::string_view> after;
  } cases[] = {
      {"queue full", {Code::unavailable, "Too much at once.", "overloaded"}, 503, "1"},
      {"disk fails", {Code::unavailable, "The disk fails.", "io_error"}, 503, "1"},
      {"disk full", {Code::unavailable, "The disk is full.", "disk_full"}, 507, "30"},
      {"none free", {Code::not_found, "None is free.", "no_available_accounts", {}, "77"}, 404, "77"},
      {"none at all", {Code::not_found, "None is free.", "no_available_accounts"}, 404, std::nullopt},
      {"nothing like it", {Code::not_found, "There is none.", "unknown_account", {}, "77"}, 404, std::nullopt},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const net::Reply reply = customer_problem(c.error);
    EXPECT_EQ(reply.status, c.status);
    EXPECT_EQ(reply.headers.find("Retry-After"), c.after);
  }
}

TEST(InvalidKeys, GetOneAnswer) {
  const net::Reply first = invalid_key();
  const net::Reply second = invalid_key();
  EXPECT_EQ(first.status, 401u);
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(first.headers, second.headers);
  EXPECT_EQ(first.headers.find("WWW-Authenticate"), "Bearer realm=\"keyledger\"");
  EXPECT_EQ(body_of(first)["code"].text(), "invalid_api_key");
}

TEST(Refusals, HaveTheVerdictsWordAndItsStatus) {
  service::CallContext context;
  context.action = "rent";
  context.address = *IpAddress::parse("192.0.2.7");
  const struct {
    Verdict verdict;
    unsigned status;
    const char* code;
    const char* says;
  } cases[] = {
      {Verdict::key_revoked, 401, "key_revoked", "revoked"},
      {Verdict::key_expired, 401, "key_expired", "expired"},
      {Verdict::customer_suspended, 401, "customer_suspended", "suspended"},
      {Verdict::ip_not_allowed, 403, "ip_not_allowed", "192.0.2.7"},
      {Verdict::action_not_allowed, 403, "action_not_allowed", "rent"},
      {Verdict::limit_exceeded, 429, "limit_exceeded", "100 requests a day"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.code);
    service::Admitted admitted;
    admitted.verdict = c.verdict;
    admitted.standings[0] = {limits::Metric::requests,           limits::Window::day, 100, 100, 0,
                             admitted.at + std::chrono::hours{1}};
    admitted.standings_count = 1;
    const net::Reply reply = refusal(context, admitted);
    EXPECT_EQ(reply.status, c.status);
    EXPECT_EQ(refusal_status(c.verdict), c.status);
    const json::Value body = body_of(reply);
    EXPECT_EQ(body["error"].text(), c.code);
    EXPECT_THAT(std::string{*body["message"].text()}, testing::HasSubstr(c.says));
    EXPECT_EQ(reply.headers.count("WWW-Authenticate"), c.status == 401 ? 1u : 0u);
    EXPECT_EQ(reply.headers.find("Retry-After"),
              c.status == 429 ? std::optional<std::string_view>{"3600"} : std::nullopt);
    EXPECT_EQ(reply.headers.count("x-should-retry"), c.status == 429 ? 1u : 0u);
  }
}

TEST(Refusals, OfPlacesAtOnceSayWhatToDo) {
  service::Admitted admitted;
  admitted.verdict = Verdict::limit_exceeded;
  admitted.standings[0] = {limits::Metric::rentals, limits::Window::at_once, 2, 2, 0, std::nullopt};
  admitted.standings_count = 1;
  const net::Reply reply = refusal({}, admitted);
  EXPECT_THAT(reply.body, testing::HasSubstr("2 rentals at once; return one first"));
  EXPECT_EQ(reply.headers.find("x-should-retry"), "false");
}

TEST(SlowedDown, SaysForHowLong) {
  const net::Reply reply = slowed_down(std::chrono::seconds{8});
  EXPECT_EQ(reply.status, 429u);
  EXPECT_EQ(reply.headers.find("Retry-After"), "8");
  EXPECT_EQ(body_of(reply)["code"].text(), "too_many_unknown_keys");
}

}  // namespace
}  // namespace keyledger::api
