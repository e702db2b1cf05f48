#include <gtest/gtest.h>

#include "service/billing/plans.h"
#include "service/billing/subscriptions.h"
#include "service/customers/customer_keys.h"
#include "service/rentals/testing.h"
#include "service/webhooks/limit_news.h"
#include "service/webhooks/testing.h"

// What is told where it happens: keys, rentals, subscriptions and limits. Budgets and invoices have tests of their own.

namespace keyledger::service {
namespace {

using namespace testing;
using std::chrono::hours;
using Payloads = std::vector<std::string>;

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Told, AKeyThatIsRevokedAndOnlyOnce) {
  World world;
  listen(world);
  KeyTable table{&world.clock, Zone{}};
  const WebhookQueue queue{&plain_payload};
  CustomerKeys keys{world.core(), &table, {"urt_", "https://keys.example.com"}, {}, &queue};
  const CustomerKeyView key = run(keys.create(kOwner, {.name = "Works", .email = "ada@example.com"}, {}))->info;
  ASSERT_TRUE(run(keys.revoke(kOwner, key.id)));
  ASSERT_TRUE(run(keys.revoke(kOwner, key.id)));
  const Payloads payloads = told(world);
  ASSERT_EQ(payloads.size(), 1U);
  EXPECT_TRUE(has(payloads[0], "key.revoked key_id=1 key_name=Works hint=urt_")) << payloads[0];
  EXPECT_TRUE(has(payloads[0], "customer_name=Works customer_email=ada@example.com")) << payloads[0];
}

TEST(Told, ARentalWhoseTimeIsOverAndNoneThatWasReturned) {
  RentalWorld rentals;
  listen(rentals.world);
  rentals.website("Shop", 2);
  const RentalAccountId account = rentals.account("Shop", "ann");
  ASSERT_TRUE(rentals.rent(1, "Shop"));
  ASSERT_TRUE(rentals.give_back(1, account));
  ASSERT_TRUE(rentals.rent(3, "Shop"));
  rentals.world.clock.advance(hours{2});
  ASSERT_TRUE(run(rentals.desk->rentals.expire_due()));
  const Payloads payloads = told(rentals.world);
  ASSERT_EQ(payloads.size(), 1U);
  EXPECT_TRUE(has(payloads[0], "rental.expired rental_id=2 website_id=1 website=Shop account_id=1 username=ann "))
      << payloads[0];
  EXPECT_TRUE(has(payloads[0], "customer_name=customer 2 key_id=3 key_name=key 3 ")) << payloads[0];
  EXPECT_FALSE(has(payloads[0], "secret of ann"));
}

TEST(Told, ASubscriptionThatBeginsChangesAndEnds) {
  World world;
  listen(world);
  world.clock.set(parse_rfc3339("2026-11-10T12:00:00Z").value());
  KeyTable table{&world.clock, Zone{}};
  const WebhookQueue queue{&plain_payload};
  CustomerKeys keys{world.core(), &table, {"urt_", "https://keys.example.com"}};
  Subscriptions subscriptions{world.core(), &table, {[](const std::string&) { return Zone{}; }, {}, &queue}};
  const CustomerId customer = run(keys.create(kOwner, {.name = "Works"}, {}))->info.customer_id;
  const auto started = run(subscriptions.start(kOwner, {.customer_id = customer, .plan_id = billing::PlanId{1}}, {}));
  ASSERT_TRUE(started);
  const billing::SubscriptionId id = started->subscription.id;
  ASSERT_TRUE(run(subscriptions.change(kOwner, id, {billing::PlanId{2}, ChangeTime::period_end, {}})));
  ASSERT_TRUE(run(subscriptions.apply_due()));
  world.clock.set(parse_rfc3339("2026-12-10T00:00:00Z").value());
  ASSERT_TRUE(run(subscriptions.apply_due()));
  ASSERT_TRUE(run(subscriptions.apply_due()));
  ASSERT_TRUE(run(subscriptions.cancel(kOwner, id, ChangeTime::now)));
  const Payloads payloads = told(world);
  ASSERT_EQ(payloads.size(), 4U);
  EXPECT_TRUE(has(payloads[0],
                  "subscription.changed subscription_id=1 action=start status=active customer_id=1 "
                  "customer_name=Works plan_id=1 plan_name=Basic currency=USD starts=2026-11-10 ends= "))
      << payloads[0];
  EXPECT_TRUE(has(payloads[1], "action=change")) << payloads[1];
  EXPECT_TRUE(has(payloads[1], "plan_name=Basic")) << payloads[1];
  EXPECT_TRUE(has(payloads[1], "next_plan_id=2 next_plan_name=Pro next_plan_from=2026-12-10")) << payloads[1];
  EXPECT_TRUE(has(payloads[2], "action=apply status=active")) << payloads[2];
  EXPECT_TRUE(has(payloads[2], "plan_name=Pro")) << payloads[2];
  EXPECT_TRUE(has(payloads[3], "action=cancel status=ended")) << payloads[3];
  EXPECT_TRUE(has(payloads[3], "ends=2026-12-10")) << payloads[3];
}

class LimitNewsTest : public ::testing::Test {
 protected:
  /// A call of key `key` that its limit has refused.
  void refuse(std::int64_t key, limits::Window window, std::optional<Instant> resets_at, std::int64_t amount = 5) {
    Admitted admitted{.verdict = Verdict::limit_exceeded, .key_id = CustomerKeyId{key}, .at = now()};
    admitted.standings[0] = {limits::Metric::requests, window, amount, amount, 0, resets_at};
    admitted.standings_count = 1;
    news_->refused(admitted);
    EXPECT_TRUE(run(news_->tell()));
  }
  [[nodiscard]] Instant now() { return rentals_.world.clock.now(); }
  [[nodiscard]] Payloads told() { return testing::told(rentals_.world); }

  RentalWorld rentals_{};  // for its customers and keys
  WebhookQueue queue_{&plain_payload};
  CountingAlarm alarm_{};
  std::unique_ptr<LimitNews> news_ = std::make_unique<LimitNews>(rentals_.world.core(), &queue_, &alarm_);
};

TEST_F(LimitNewsTest, ALimitIsToldOnceInEachOfItsWindows) {
  listen(rentals_.world);
  const Instant midnight = now() + hours{3};
  refuse(1, limits::Window::day, midnight);
  refuse(1, limits::Window::day, midnight);
  ASSERT_EQ(told().size(), 1U);
  EXPECT_EQ(alarm_.rings, 1);
  EXPECT_TRUE(has(told()[0],
                  "limit.reached key_id=1 key_name=key 1 customer_id=1 customer_name=customer 1 limit=5 requests a day "
                  "metric=requests window=day amount=5 used=5 resets_at=" +
                      to_rfc3339(midnight)))
      << told()[0];
  refuse(2, limits::Window::day, midnight);
  refuse(1, limits::Window::month, midnight);
  refuse(1, limits::Window::day, midnight, 8);
  EXPECT_EQ(told().size(), 4U) << "another key, another window and another amount are other limits";
  rentals_.world.clock.set(midnight);
  refuse(1, limits::Window::day, midnight + hours{24});
  EXPECT_EQ(told().size(), 5U) << "the next day";
}

TEST_F(LimitNewsTest, ARestartTellsNothingTwice) {
  listen(rentals_.world);
  refuse(1, limits::Window::day, now() + hours{3});
  rentals_.restart();
  news_ = std::make_unique<LimitNews>(rentals_.world.core(), &queue_, &alarm_);
  refuse(1, limits::Window::day, now() + hours{3});
  EXPECT_EQ(told().size(), 1U);
}

TEST_F(LimitNewsTest, LimitsWithoutAWindowThatTurnsAreToldOnceAnHour) {
  listen(rentals_.world);
  rentals_.world.clock.set(parse_rfc3339("2026-11-10T12:10:00Z").value());
  refuse(1, limits::Window::second, now() + std::chrono::milliseconds{200});
  refuse(1, limits::Window::at_once, std::nullopt);
  rentals_.world.clock.set(parse_rfc3339("2026-11-10T12:59:59Z").value());
  refuse(1, limits::Window::second, now() + std::chrono::milliseconds{200});
  refuse(1, limits::Window::at_once, std::nullopt);
  EXPECT_EQ(told().size(), 2U);
  rentals_.world.clock.set(parse_rfc3339("2026-11-10T13:00:00Z").value());
  refuse(1, limits::Window::second, now() + std::chrono::milliseconds{200});
  EXPECT_EQ(told().size(), 3U);
}

TEST_F(LimitNewsTest, NothingIsStoredWhereNobodyWantsToKnow) {
  refuse(1, limits::Window::day, now() + hours{3});
  EXPECT_TRUE(told().empty());
}

TEST_F(LimitNewsTest, AKeyThatIsNotThereAnyMoreIsLeftOut) {
  listen(rentals_.world);
  refuse(99, limits::Window::day, now() + hours{3});
  EXPECT_TRUE(told().empty());
}

}  // namespace
}  // namespace keyledger::service
