#include <gmock/gmock.h>

#include "api/door/testing.h"

namespace keyledger::api {
namespace {

using testing::CustomersDoor;
using ::testing::HasSubstr;
using testing::RentalWorld;
using ::testing::StartsWith;

TEST_F(CustomersDoor, AnswersAMissingKeyAndAnUnknownOneAlikeAndWritesNothing) {
  const net::Reply missing = answer(request(net::Method::get, "/api/accounts/available", 0));
  net::Request unknown = request(net::Method::get, "/api/accounts/available", 0);
  unknown.headers.add("X-API-Key", "urt_nobody");
  const net::Reply other = answer(std::move(unknown));
  EXPECT_EQ(missing.status, 401u);
  EXPECT_EQ(missing.body, other.body);
  EXPECT_EQ(missing.headers, other.headers);
  EXPECT_EQ(events(), 0);
}

TEST_F(CustomersDoor, RefusesTwoKeysThatDifferAndWritesNothing) {
  net::Request two = request(net::Method::get, "/api/accounts/available");
  two.headers.add("Authorization", "Bearer " + RentalWorld::key_text(2));
  const net::Reply reply = answer(std::move(two));
  EXPECT_EQ(reply.status, 400u);
  EXPECT_EQ(code_of(reply), "conflicting_keys");
  EXPECT_EQ(events(), 0);
}

TEST_F(CustomersDoor, SlowsWhoSendsManyUnknownKeysButNotWhoHasAGoodOne) {
  net::Reply reply;
  for (int i = 0; i < 40 && reply.status != 429; ++i) {
    reply = answer(request(net::Method::get, "/api/accounts/available", 0));
  }
  EXPECT_EQ(reply.status, 429u);
  EXPECT_EQ(code_of(reply), "too_many_unknown_keys");
  EXPECT_TRUE(reply.headers.find("Retry-After"));
  EXPECT_EQ(answer(request(net::Method::get, "/api/accounts/available")).status, 200u);
}

TEST_F(CustomersDoor, MakesEveryCallOfAKnownKeyOneEvent) {
  EXPECT_EQ(answer(request(net::Method::get, "/api/accounts/available")).status, 200u);
  EXPECT_EQ(events("word = 'list' AND status = 0 AND http_status = 200"), 1);
  net::Request bad = request(net::Method::get, "/api/accounts/available");
  bad.query.emplace_back("colour", "red");
  EXPECT_EQ(answer(std::move(bad)).status, 400u);
  EXPECT_EQ(events("word = 'list' AND status = 1 AND http_status = 400"), 1);
  EXPECT_EQ(answer(request(net::Method::get, "/api/accounts/status/9")).status, 404u);
  EXPECT_EQ(events("word = 'check' AND status = 1 AND http_status = 404"), 1);
  EXPECT_EQ(events(), 3);
}

TEST_F(CustomersDoor, NamesTheFirstCheckThatFailsAndWritesIt) {
  const struct {
    std::function<void(service::KeyRecord&)> change;
    unsigned status;
    const char* code;
    int stored;
  } cases[] = {
      {[](auto& key) { key.revoked = true; }, 401, "key_revoked", 3},
      {[this](auto& key) { key.expires_at = world_.world.clock.now(); }, 401, "key_expired", 4},
      {[](auto& key) { key.allowed_ips.push_back(*IpNetwork::parse("10.0.0.0/8")); }, 403, "ip_not_allowed", 6},
      {[](auto& key) { key.allowed_actions.emplace_back("rent"); }, 403, "action_not_allowed", 7},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.code);
    allow(c.change);
    const net::Reply reply = answer(request(net::Method::get, "/api/accounts/available"));
    EXPECT_EQ(reply.status, c.status);
    EXPECT_EQ(code_of(reply), c.code);
    EXPECT_EQ(events(fmt::format("status = {} AND http_status = {}", c.stored, c.status)), 1);
  }
}

TEST_F(CustomersDoor, SaysInHeadersHowTheLimitsStand) {
  allow([](auto& key) { key.limits = {{limits::Metric::requests, limits::Window::day, 2}}; });
  const net::Reply first = answer(request(net::Method::get, "/api/accounts/available"));
  EXPECT_EQ(first.headers.find("RateLimit-Policy"), "\"requests_per_day\";q=2;w=86400");
  EXPECT_EQ(first.headers.find("X-RateLimit-Remaining"), "1");
  EXPECT_EQ(answer(request(net::Method::get, "/api/accounts/status/9")).headers.find("X-RateLimit-Remaining"), "0");
  const net::Reply refused = answer(request(net::Method::get, "/api/accounts/available"));
  EXPECT_EQ(refused.status, 429u);
  EXPECT_EQ(code_of(refused), "limit_exceeded");
  EXPECT_EQ(refused.headers.find("X-RateLimit-Remaining"), "0");
  EXPECT_EQ(refused.headers.find("x-should-retry"), "false");
  EXPECT_TRUE(refused.headers.find("Retry-After"));
  EXPECT_EQ(events("status = 2 AND http_status = 429"), 1);
  EXPECT_EQ(used(limits::Metric::requests), 2);
}

TEST_F(CustomersDoor, RentsChecksAndReturns) {
  (void)world_.website("site");
  const RentalAccountId account = world_.account("site", "dana");
  const net::Reply rented =
      answer(posting("/api/accounts/rent", R"({"website":"site","customer_info":[1.50,{"a":null}]})"));
  ASSERT_EQ(rented.status, 200u) << rented.body;
  EXPECT_THAT(rented.body, StartsWith(R"({"success":true,"account":{"id":)"));
  EXPECT_THAT(rented.body, HasSubstr(R"("password":"secret of dana")"));
  EXPECT_EQ(world_.number("SELECT customer_info = '[1.50,{\"a\":null}]' FROM rentals"), 1) << "kept as it was written";
  const std::string id = std::to_string(account.value);
  EXPECT_THAT(answer(request(net::Method::get, "/api/accounts/status/" + id)).body, HasSubstr(R"("status":"rented")"));
  EXPECT_EQ(answer(request(net::Method::get, "/api/accounts/status/" + id, 2)).status, 200u) << "of the same customer";
  const net::Reply strange = answer(request(net::Method::get, "/api/accounts/status/" + id, 3));
  EXPECT_EQ(strange.status, 404u);
  EXPECT_EQ(code_of(strange), code_of(answer(request(net::Method::get, "/api/accounts/status/777", 3))));
  EXPECT_EQ(answer(posting("/api/accounts/return/" + id, "", 3)).status, 404u);
  EXPECT_EQ(answer(posting("/api/accounts/return/" + id, "")).status, 200u);
  EXPECT_EQ(answer(posting("/api/accounts/return/" + id, "")).status, 409u);
  EXPECT_EQ(events("word = 'rent' AND status = 0 AND rental_account_id > 0 AND website_id > 0"), 1);
  EXPECT_EQ(events("word = 'return' AND status = 0"), 1);
  EXPECT_EQ(events("word = 'return' AND status = 1"), 2);
}

TEST_F(CustomersDoor, GivesAPlaceBackWhereNothingWasRented) {
  allow([](auto& key) {
    key.limits = {{limits::Metric::requests, limits::Window::day, 9},
                  {limits::Metric::rentals, limits::Window::day, 1}};
  });
  const struct {
    const char* body;
    unsigned status;
    const char* code;
  } cases[] = {
      {"", 400, "malformed_json"},
      {"[]", 400, "wrong_type"},
      {"{}", 400, "missing_field"},
      {R"({"website":7})", 400, "wrong_type"},
      {R"({"website":"site","colour":1})", 400, "unknown_field"},
      {R"({"website":"nowhere"})", 404, "unknown_website"},
      {R"({"website":"empty"})", 404, "no_available_accounts"},
  };
  (void)world_.website("empty");
  int calls = 0;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    const net::Reply reply = answer(posting("/api/accounts/rent", c.body));
    EXPECT_EQ(reply.status, c.status);
    EXPECT_EQ(code_of(reply), c.code);
    EXPECT_EQ(used(limits::Metric::requests), ++calls);
    EXPECT_EQ(used(limits::Metric::rentals), 0);
    EXPECT_THAT(std::string{reply.headers.find("RateLimit").value_or("")}, HasSubstr("\"rentals_per_day\";r=1"));
  }
  EXPECT_EQ(events("word = 'rent' AND status = 1"), calls);
}

TEST_F(CustomersDoor, RefusesCustomerInfoOverFourKibibytes) {
  const auto rent = [this](std::size_t letters) {
    return answer(
        posting("/api/accounts/rent", R"({"website":"nowhere","customer_info":")" + std::string(letters, 'a') + "\"}"));
  };
  EXPECT_EQ(code_of(rent(4'094)), "unknown_website");
  const net::Reply over = rent(4'095);
  EXPECT_EQ(code_of(over), "too_long");
  EXPECT_THAT(over.body, HasSubstr(R"("field":"customer_info")"));
}

TEST_F(CustomersDoor, RepeatsTheFirstAnswerUnderOneIdempotencyKey) {
  allow([](auto& key) {
    key.limits = {{limits::Metric::rentals, limits::Window::at_once, 1},
                  {limits::Metric::requests, limits::Window::day, 1}};
  });
  (void)world_.website("site");
  (void)world_.account("site", "dana");
  (void)world_.account("site", "erin");
  const auto rent = [this](std::string once, std::string body) {
    net::Request asked = posting("/api/accounts/rent", std::move(body));
    asked.headers.add("Idempotency-Key", std::move(once));
    return answer(std::move(asked));
  };
  const net::Reply first = rent("one", R"({"website":"site"})");
  ASSERT_EQ(first.status, 200u) << first.body;
  const net::Reply again = rent("one", R"({"website":"site"})");
  EXPECT_EQ(again.status, 200u) << "though no request and no place is left";
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.headers.find("Idempotent-Replayed"), "true");
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM rentals"), 1);
  EXPECT_EQ(events("word = 'rent'"), 1);
  EXPECT_EQ(events("word = 'repeat' AND units = 0"), 1);
  EXPECT_EQ(used(limits::Metric::requests), 1);
  EXPECT_EQ(rent("two", R"({"website":"site"})").status, 429u);
  allow([](auto& key) { key.revoked = true; });
  EXPECT_EQ(code_of(rent("one", R"({"website":"site"})")), "key_revoked");
}

TEST_F(CustomersDoor, RefusesAnIdempotencyKeyThatCannotBeTaken) {
  net::Request malformed = posting("/api/accounts/rent", R"({"website":"site"})");
  malformed.headers.add("Idempotency-Key", "has blanks");
  EXPECT_EQ(code_of(answer(std::move(malformed))), "malformed_idempotency_key");
  (void)world_.website("site");
  (void)world_.account("site", "dana");
  for (const auto& [body, status] : {std::pair{R"({"website":"site"})", 200u}, {R"({"website":"other"})", 422u}}) {
    net::Request asked = posting("/api/accounts/rent", body);
    asked.headers.add("Idempotency-Key", "one");
    EXPECT_EQ(answer(std::move(asked)).status, status);
  }
  EXPECT_EQ(events("word = 'rent' AND status = 1"), 2);
}

TEST_F(CustomersDoor, AsksForJson) {
  net::Request form = request(net::Method::post, "/api/accounts/rent");
  form.headers.add("Content-Type", "application/x-www-form-urlencoded");
  form.body = "website=site";
  const net::Reply reply = answer(std::move(form));
  EXPECT_EQ(reply.status, 415u);
  EXPECT_THAT(reply.body, StartsWith(R"({"success":false,"error":"unsupported_media_type")"));
  EXPECT_EQ(events("http_status = 415"), 1);
}

}  // namespace
}  // namespace keyledger::api
