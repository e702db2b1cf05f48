#include <gtest/gtest.h>

#include "app/pretend/answers.h"
#include "domain/keys/provider_key.h"
#include "runtime/run.h"

namespace keyledger::app::pretend {
namespace {

constexpr Instant kNow = Instant{Day{std::chrono::year{2026} / 11 / 21}} + std::chrono::hours{12};

net::Reply ask(const net::Router& router, std::string path, std::vector<std::pair<std::string, std::string>> query,
               const std::string& key) {
  net::Request request;
  request.path = std::move(path);
  request.query = std::move(query);
  request.headers.add("Authorization", "Bearer " + key);
  return runtime::run(router.answer(std::move(request)));
}

TEST(Pretend, ADayIsTheSumOfItsHoursAndTheFutureIsEmpty) {
  const Stream stream = openai_streams().front();
  const Day day = day_of(kNow) - std::chrono::days{3};
  Figures sum;
  for (int hour = 0; hour < 24; ++hour) sum += figures_of_hour(stream, day + std::chrono::hours{hour}, kNow);
  EXPECT_EQ(sum.input, figures_of_day(stream, day, kNow).input);
  EXPECT_GT(sum.requests, 0);
  EXPECT_EQ(figures_of_day(stream, day_of(kNow) + std::chrono::days{1}, kNow).requests, 0);
  EXPECT_EQ(figures_of_day(stream, day_of(kNow) - kHistory - std::chrono::days{1}, kNow).requests, 0);
  EXPECT_LT(figures_of_day(stream, day_of(kNow), kNow).requests,
            figures_of_day(stream, day_of(kNow), kNow + std::chrono::hours{11}).requests);
}

TEST(Pretend, AmountsAreExactDecimalText) {
  EXPECT_EQ(picos_text(1), "0.000000000001");
  EXPECT_EQ(picos_text(12'345'678'900'000), "12.345678900000");
  EXPECT_EQ(picos_text(12'345'678'900'000, 100), "1234.567890000000");
}

TEST(Pretend, KeysHaveTheProvidersForms) {
  for (const DemoKey& key : openai_keys()) {
    const keys::Detection detected = keys::detect(Secret{std::string{key.text}});
    EXPECT_EQ(detected.provider, "openai") << key.name;
    EXPECT_TRUE(detected.certain) << key.name;
    EXPECT_EQ(detected.type, key.admin ? keys::KeyType::admin : keys::KeyType::project) << key.name;
    if (key.admin) continue;
    EXPECT_TRUE(keys::matches_redacted(Secret{std::string{key.text}}, redacted(key))) << key.name;
  }
  for (const DemoKey& key : anthropic_keys()) {
    EXPECT_EQ(keys::detect(Secret{std::string{key.text}}).provider, "anthropic") << key.name;
  }
  EXPECT_EQ(keys::detect(Secret{std::string{brave_keys().front().text}}).provider, "brave");
}

TEST(Pretend, APageIsCutAndGoesOn) {
  const Instant from{Day{std::chrono::year{2026} / 11 / 1}};
  const Page first = cut_page(from, from + std::chrono::days{3}, std::chrono::seconds{86'400}, 2, "");
  EXPECT_EQ(first.starts.size(), 2u);
  const Page last = cut_page(from, from + std::chrono::days{3}, std::chrono::seconds{86'400}, 2, first.next);
  ASSERT_EQ(last.starts.size(), 1u);
  EXPECT_EQ(last.starts[0], from + std::chrono::days{2});
  EXPECT_TRUE(last.next.empty());
}

TEST(Pretend, OnlyAdminKeysReadCostsAndRevokedOnesReadNothing) {
  const ManualClock clock(kNow);
  const net::Router router(routes(&clock));
  const std::vector<DemoKey> keys = openai_keys();
  const std::string start = std::to_string(to_millis(kNow - std::chrono::days{10}) / 1000);
  const auto costs = [&](const DemoKey& key) {
    return ask(router, "/openai/organization/costs", {{"start_time", start}, {"limit", "31"}}, key.text);
  };
  EXPECT_EQ(costs(keys[0]).status, 200u);
  EXPECT_EQ(costs(keys[1]).status, 403u);
  EXPECT_EQ(costs(keys[3]).status, 401u);
  const Result<json::Value> document = json::parse(costs(keys[0]).body);
  ASSERT_TRUE(document);
  const json::Value& result = (*document)["data"].items().front()["results"].items().front();
  EXPECT_TRUE(result["amount"]["value"].text()) << "amounts come as text, as they do live";
}

TEST(Pretend, AnthropicsReportsTellCostByKeyInCents) {
  const ManualClock clock(kNow);
  const net::Router router(routes(&clock));
  const std::vector<DemoKey> keys = anthropic_keys();
  const Day day = day_of(kNow) - std::chrono::days{2};
  const net::Reply reply =
      ask(router, "/anthropic/v1/organizations/analytics/cost",
          {{"starting_at", to_rfc3339(day)}, {"ending_at", to_rfc3339(day + std::chrono::days{1})}}, keys[0].text);
  ASSERT_EQ(reply.status, 200u);
  const Result<json::Value> document = json::parse(reply.body);
  ASSERT_TRUE(document);
  const json::Value& row = (*document)["data"].items().front();
  EXPECT_EQ(row["group"]["api_key_id"].text(), keys[1].remote_id);
  const Stream stream = anthropic_streams().front();
  const std::int64_t picos = cost_picos(stream, figures_of_day(stream, day, kNow), Part::input);
  EXPECT_EQ(row["cost"]["amount"].text(), picos_text(picos, 100));
}

}  // namespace
}  // namespace keyledger::app::pretend
