#include "service/ledger/activity_news.h"

#include <gtest/gtest.h>

#include "service/testing.h"

namespace keyledger::service {
namespace {

using testing::run;

/// Each wait is a second in which some calls are made; after the last one it stops.
class Seconds final : public Alarm {
 public:
  Seconds(std::vector<std::int64_t> made, std::int64_t* calls) : made_(std::move(made)), calls_(calls) {}
  void pass() {
    if (next_ < made_.size()) *calls_ += made_[next_++];
    if (next_ == made_.size() && done) done();
  }
  [[nodiscard]] runtime::Task<> wait(std::chrono::milliseconds) override {
    pass();
    co_return;
  }
  void ring() override {}
  std::function<void()> done{};

 private:
  std::vector<std::int64_t> made_;
  std::int64_t* calls_;
  std::size_t next_ = 0;
};

runtime::Task<bool> to_the_end(ActivityNews* news) {
  co_await news->run();
  co_return true;
}

TEST(ActivityNews, AreToldOnceASecondHoweverManyCallsThereWere) {
  EventHub hub;
  const auto listener = hub.subscribe();
  ASSERT_TRUE(listener);
  std::int64_t calls = 0;
  Seconds seconds({0, 10'000, 0, 0, 1, 0}, &calls);
  ActivityNews news(&hub, &seconds, [&calls] { return calls; });
  int told = 0;
  for (int second = 0; second < 7; ++second) {
    told += news.tell() ? 1 : 0;
    seconds.pass();
  }
  EXPECT_EQ(told, 2);
  const Subscription::Next next = run((*listener)->next(std::chrono::milliseconds{0}));
  ASSERT_EQ(next.outcome, Subscription::Outcome::event);
  EXPECT_EQ(next.event.resources, std::vector<std::string>{"activity"});
}

TEST(ActivityNews, EndWhenTheyAreStopped) {
  EventHub hub;
  std::int64_t calls = 0;
  Seconds seconds({1, 1, 1}, &calls);
  ActivityNews news(&hub, &seconds, [&calls] { return calls; });
  seconds.done = [&news] { news.stop(); };
  EXPECT_TRUE(run(to_the_end(&news)));
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace keyledger::service
