#include <gmock/gmock.h>

#include "api/door/testing.h"

namespace keyledger::api {
namespace {

class ForwardAuth : public testing::CustomersDoor {
 protected:
  net::Reply ask(net::Request asked) { return answer(std::move(asked)); }
  static net::Request asking(std::int64_t key = 1) { return request(net::Method::get, "/api/forward-auth", key); }
};

TEST_F(ForwardAuth, SaysWhoCalls) {
  net::Request asked = asking(3);
  asked.headers.add("X-Original-Method", "POST");
  asked.headers.add("X-Original-URI", "/things/7?token=secret");
  const net::Reply reply = ask(std::move(asked));
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.body, "");
  EXPECT_EQ(reply.headers.find("X-Keyledger-Key-Id"), "3");
  EXPECT_EQ(reply.headers.find("X-Keyledger-Customer-Id"), "2");
  EXPECT_EQ(events("word = 'forward_auth' AND http_status = 200"), 1);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_events e JOIN ledger_words w ON w.id = e.resource_id "
                          "WHERE word = 'POST /things/7'"),
            1);
}

TEST_F(ForwardAuth, RefusesInTheWayThatTheProxyUnderstands) {
  allow([](auto& key) { key.limits = {{limits::Metric::requests, limits::Window::day, 1}}; });
  EXPECT_EQ(
      ask(asking()).headers.find("RateLimit"),
      "\"requests_per_day\";r=0;t=" +
          std::to_string(std::chrono::ceil<std::chrono::seconds>(
                             *world_.desk->keys.standings(CustomerKeyId{1})[0].resets_at - world_.world.clock.now())
                             .count()));
  const net::Reply plain = ask(asking());
  EXPECT_EQ(plain.status, 429u);
  EXPECT_EQ(plain.headers.find("X-Keyledger-Code"), "limit_exceeded");
  net::Request wished = asking();
  wished.query.emplace_back("limit_status", "403");
  const net::Reply told = ask(std::move(wished));
  EXPECT_EQ(told.status, 403u);
  EXPECT_EQ(told.headers.find("X-Keyledger-Code"), "limit_exceeded");
  EXPECT_TRUE(told.headers.find("Retry-After"));
  EXPECT_EQ(events("http_status = 429"), 2) << "the event has the truth";
  EXPECT_EQ(ask(asking(0)).headers.find("X-Keyledger-Code"), "invalid_api_key");
  net::Request two = asking();
  two.headers.add("Authorization", "Bearer other");
  EXPECT_EQ(ask(std::move(two)).status, 401u) << "the proxy's caller is wrong, not the proxy";
}

TEST_F(ForwardAuth, ChecksWhatTheProxyWishes) {
  for (const auto& [name, value, code] : {std::tuple{"limit_status", "500", "unknown_value"},
                                          {"action", "Not An Action", "malformed_action"},
                                          {"action", "", "malformed_action"},
                                          {"colour", "red", "unknown_parameter"}}) {
    SCOPED_TRACE(value);
    net::Request asked = asking();
    asked.query.emplace_back(name, value);
    const net::Reply reply = ask(std::move(asked));
    EXPECT_EQ(reply.status, 400u);
    EXPECT_EQ(code_of(reply), code);
  }
  net::Request named = asking();
  named.query.emplace_back("action", "download");
  EXPECT_EQ(ask(std::move(named)).status, 200u);
  EXPECT_EQ(events("word = 'download'"), 1);
}

}  // namespace
}  // namespace keyledger::api
