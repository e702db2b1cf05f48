#include "service/events.h"

#include <gtest/gtest.h>

#include <thread>

#include "providers/testing.h"

namespace keyledger::service {
namespace {

using namespace std::chrono_literals;
using providers::testing::run;
using Outcome = Subscription::Outcome;

TEST(Events, AListenerHearsWhatIsPublishedInOrder) {
  EventHub hub;
  const auto subscription = hub.subscribe().value();
  hub.publish(EventKind::changed, {"keys"});
  hub.publish(EventKind::sync);
  const Subscription::Next first = run(subscription->next(1s));
  ASSERT_EQ(first.outcome, Outcome::event);
  EXPECT_EQ(first.event.kind, EventKind::changed);
  EXPECT_EQ(first.event.resources, std::vector<std::string>{"keys"});
  const Subscription::Next second = run(subscription->next(1s));
  EXPECT_EQ(second.event.kind, EventKind::sync);
  EXPECT_GT(second.event.id, first.event.id);
  EXPECT_EQ(run(subscription->next(0ms)).outcome, Outcome::idle);
}

TEST(Events, TheSameEventThatWasNotTakenYetIsNotQueuedTwice) {
  EventHub hub;
  const auto subscription = hub.subscribe().value();
  for (int i = 0; i < 5; ++i) hub.publish(EventKind::sync);
  EXPECT_EQ(run(subscription->next(0ms)).outcome, Outcome::event);
  EXPECT_EQ(run(subscription->next(0ms)).outcome, Outcome::idle);
}

TEST(Events, AFullQueueBecomesOneResync) {
  EventHub hub;
  const auto subscription = hub.subscribe().value();
  for (std::size_t i = 0; i < Subscription::kQueueMax; ++i) {
    hub.publish(EventKind::changed, {std::to_string(i)});
  }
  const Subscription::Next first = run(subscription->next(0ms));
  EXPECT_EQ(first.event.resources.front(), "0") << "a full queue is not yet an overflow";
  hub.publish(EventKind::changed, {"last"});
  hub.publish(EventKind::changed, {"one too many"});
  hub.publish(EventKind::changed, {"and another"});
  const Subscription::Next next = run(subscription->next(0ms));
  EXPECT_EQ(next.event.kind, EventKind::resync);
  EXPECT_EQ(run(subscription->next(0ms)).outcome, Outcome::idle);
}

TEST(Events, AnotherThreadWakesAListenerThatWaits) {
  EventHub hub;
  const auto subscription = hub.subscribe().value();
  std::thread other([&] { hub.publish(EventKind::changed, {"usage"}); });
  const Subscription::Next next = run(subscription->next(60s));
  other.join();
  EXPECT_EQ(next.outcome, Outcome::event);
}

TEST(Events, ClosingEndsEveryListenerAndTakesNoNewOne) {
  EventHub hub;
  const auto subscription = hub.subscribe().value();
  hub.publish(EventKind::sync);
  std::thread other([&] { hub.close(); });
  EXPECT_EQ(run(subscription->next(60s)).outcome, Outcome::event);
  EXPECT_EQ(run(subscription->next(60s)).outcome, Outcome::ended);
  other.join();
  const auto late = hub.subscribe();
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().reason, "stopping");
}

TEST(Events, OneListenerTooManyIsRefusedUntilOneGoes) {
  EventHub hub;
  std::vector<std::shared_ptr<Subscription>> all;
  for (std::size_t i = 0; i < EventHub::kSubscribersMax; ++i) all.push_back(hub.subscribe().value());
  const auto refused = hub.subscribe();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "overloaded");
  all.pop_back();
  EXPECT_TRUE(hub.subscribe());
}

}  // namespace
}  // namespace keyledger::service
