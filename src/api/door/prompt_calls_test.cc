// What is answered promptly is answered as the routes' handlers would, and what they have to look at is left to them.
#include "api/door/prompt_calls.h"

#include <algorithm>
#include <boost/asio/bind_executor.hpp>
#include <map>

#include "api/door/testing.h"
#include "net/router.h"

namespace keyledger::api {
namespace {

using net::HeaderField;

class PromptCalls : public testing::CustomersDoor {
 protected:
  PromptCalls() {
    world_.website("Pool");
    for (const char* name : {"ada", "grace", "mary"}) world_.account("Pool", name);
    allow([](service::KeyRecord& record) { record.limits = {{limits::Metric::requests, limits::Window::day, 1'000}}; });
  }

  /// The answer to a prompt call; nothing where it is left to the handler.
  std::optional<net::Reply> prompt(const std::string& path, const std::string& query,
                                   std::vector<HeaderField> headers) {
    auto& call = calls_[path];
    if (!call) call = router_->prompt(path)->prompt();
    runtime::Waiter* const waiter = call->begin({query, headers, &peer_});
    if (waiter == nullptr) return std::nullopt;
    boost::asio::io_context context{1};
    std::string text;
    net::PromptAnswer answer(text, {});
    waiter->then(boost::asio::bind_executor(context.get_executor(), [&] { call->answer(answer); }));
    context.run();
    return read(text);
  }
  /// The reply that an answer's bytes are, without what the server adds to each.
  static net::Reply read(const std::string& text) {
    net::Reply reply;
    reply.status = static_cast<unsigned>(std::stoi(text.substr(9, 3)));
    const std::size_t end = text.find("\r\n\r\n");
    std::size_t at = text.find("\r\n", text.find("Date: ")) + 2;
    for (; at < end && text.compare(at, 22, "X-Content-Type-Options") != 0; at = text.find("\r\n", at) + 2) {
      const std::size_t colon = text.find(": ", at);
      reply.headers.add(text.substr(at, colon - at), text.substr(colon + 2, text.find("\r\n", at) - colon - 2));
    }
    reply.body = text.substr(end + 4);
    return reply;
  }
  static HeaderField key(std::int64_t number = 1) {
    static std::vector<std::string> texts;
    texts.reserve(100);
    return {"X-API-Key", texts.emplace_back(testing::RentalWorld::key_text(number))};
  }
  /// The ordinary answer to the same.
  net::Reply by_handler(const std::string& path, const std::string& query, const std::vector<HeaderField>& headers) {
    net::Request asked = request(net::Method::get, path, 0);
    for (std::string_view rest = query; !rest.empty();) {
      const std::string_view pair = rest.substr(0, rest.find('&'));
      rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
      asked.query.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
    }
    for (const auto& [name, value] : headers) asked.headers.add(name, value);
    return answer(std::move(asked));
  }
  /// Both ways in turn: the same answer but for what the second call has taken, and the same line in the ledger.
  void expect_same(const std::string& path, const std::string& query, std::vector<HeaderField> headers) {
    SCOPED_TRACE(path + '?' + query);
    const std::int64_t before = events();
    const std::optional<net::Reply> promptly = prompt(path, query, headers);
    ASSERT_TRUE(promptly.has_value());
    EXPECT_EQ(events(), before + 1);
    const net::Reply ordinary = by_handler(path, query, headers);
    EXPECT_EQ(events(), before + 2);
    EXPECT_EQ(promptly->status, ordinary.status);
    EXPECT_EQ(promptly->body, ordinary.body);
    std::vector<std::string> ours, theirs;
    for (const auto& [name, value] : promptly->headers.fields()) ours.emplace_back(name);
    for (const auto& [name, value] : ordinary.headers.fields()) theirs.emplace_back(name);
    EXPECT_EQ(ours, theirs);
    for (const char* name : {"X-Keyledger-Key-Id", "X-Keyledger-Customer-Id", "RateLimit-Policy", "X-RateLimit-Limit",
                             "X-RateLimit-Reset", "Content-Type"}) {
      EXPECT_EQ(promptly->headers.find(name), ordinary.headers.find(name)) << name;
    }
    EXPECT_EQ(world_.number("SELECT COUNT(*) FROM (SELECT DISTINCT customer_key_id, action_id, status, http_status, "
                            "website_id, resource_id, address, agent_id, units FROM (SELECT * FROM usage_events "
                            "ORDER BY id DESC LIMIT 2))"),
              1)
        << "one line is as the other";
  }

  net::Peer peer_{.address = "192.0.2.7"};
  std::map<std::string, std::unique_ptr<net::PromptCall>> calls_{};
};

constexpr const char* kForwardAuth = "/api/forward-auth";
constexpr const char* kAvailable = "/api/accounts/available";

TEST_F(PromptCalls, AnswersAsTheHandlersDo) {
  expect_same(kForwardAuth, "", {key()});
  expect_same(kForwardAuth, "", {{"Authorization", "bearer " + testing::RentalWorld::key_text(1)}, key()});
  expect_same(kForwardAuth, "action=read&limit_status=403", {key(), {"User-Agent", "test/1"}});
  expect_same(
      kForwardAuth, "",
      {key(), {"X-Original-URI", "/things/7?secret=1"}, {"X-Forwarded-Method", "GET"}, {"x-original-uri", "/b"}});
  expect_same(kAvailable, "", {key()});
  expect_same(kAvailable, "website=pool&limit=2", {key()});
  expect_same(kAvailable, "limit=1&website=Pool", {key()});
}

TEST_F(PromptCalls, BelievesTheProxiesThatTheHandlersBelieve) {
  services_.trusted_proxies = {IpNetwork::parse("192.0.2.0/24").value()};
  expect_same(kForwardAuth, "", {key(), {"X-Forwarded-For", "203.0.113.9, 192.0.2.8"}});
  allow([](service::KeyRecord& record) { record.allowed_ips = {IpNetwork::parse("203.0.113.9").value()}; });
  EXPECT_TRUE(prompt(kForwardAuth, "", {key(), {"X-Forwarded-For", "203.0.113.9"}}));
  EXPECT_FALSE(prompt(kForwardAuth, "", {key(), {"X-Forwarded-For", "203.0.113.10"}}));
}

TEST_F(PromptCalls, LeaveWhatIsOutOfTheOrdinaryAndTakeNothing) {
  const std::int64_t before = events();
  const HeaderField known = key();
  const struct {
    const char* path;
    const char* query;
    std::vector<HeaderField> headers;
  } cases[] = {
      {kForwardAuth, "", {}},
      {kForwardAuth, "", {{"X-API-Key", "clk_unknown"}}},
      {kForwardAuth, "", {known, {"Authorization", "Bearer other"}}},
      {kForwardAuth, "action=Not%20fine", {known}},
      {kForwardAuth, "action=Not!", {known}},
      {kForwardAuth, "action=", {known}},
      {kForwardAuth, "action=a&action=b", {known}},
      {kForwardAuth, "limit_status=500", {known}},
      {kForwardAuth, "unknown=1", {known}},
      {kForwardAuth, "", {known, {"User-Agent", "caf\xc3\xa9"}}},
      {kAvailable, "website=Nowhere", {known}},
      {kAvailable, "website=", {known}},
      {kAvailable, "limit=0", {known}},
      {kAvailable, "limit=501", {known}},
      {kAvailable, "limit=1x", {known}},
      {kAvailable, "limit=1&limit=1", {known}},
  };
  for (const auto& [path, query, headers] : cases) {
    EXPECT_FALSE(prompt(path, query, headers)) << path << '?' << query;
  }
  EXPECT_EQ(events(), before);
  EXPECT_EQ(used(limits::Metric::requests), 0);
}

TEST_F(PromptCalls, ALimitThatIsReachedIsTheHandlersToTell) {
  allow([](service::KeyRecord& record) { record.limits = {{limits::Metric::requests, limits::Window::day, 2}}; });
  EXPECT_TRUE(prompt(kForwardAuth, "", {key()}));
  EXPECT_TRUE(prompt(kAvailable, "", {key()}));
  EXPECT_FALSE(prompt(kForwardAuth, "", {key()}));
  EXPECT_FALSE(prompt(kAvailable, "", {key()}));
  EXPECT_EQ(events(), 2);
  EXPECT_EQ(by_handler(kForwardAuth, "", {key()}).status, 429U);
}

TEST_F(PromptCalls, ShowsThePoolAsItIs) {
  const auto count = [this] {
    const std::optional<net::Reply> reply = prompt(kAvailable, "website=pool", {key()});
    return (*json::parse(reply->body))["available_count"].integer().value_or(-1);
  };
  const std::int64_t before = count();
  EXPECT_EQ(count(), before);
  net::Request rent = posting("/api/accounts/rent", R"({"website":"Pool"})");
  ASSERT_EQ(answer(std::move(rent)).status, 200U);
  EXPECT_EQ(count(), before - 1);
}

}  // namespace
}  // namespace keyledger::api
