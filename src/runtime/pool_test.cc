#include "runtime/pool.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace keyledger::runtime {
namespace {

TEST(Pool, FinishesWhatIsQueuedBeforeItGoes) {
  std::atomic<int> done = 0;
  {
    Pool pool(2, 100);
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(pool.submit([&done] { ++done; }));
  }
  EXPECT_EQ(done, 50);
}

// One thread that is held, so that what is submitted stays in the queue.
struct HeldPool {
  std::promise<void> release{};
  std::promise<void> held{};
  Pool pool{1, 2};

  HeldPool() {
    EXPECT_TRUE(pool.submit([this] {
      held.set_value();
      release.get_future().wait();
    }));
    held.get_future().wait();
  }
};

TEST(Pool, RefusesOneJobMoreThanItsQueueHolds) {
  HeldPool held;
  EXPECT_TRUE(held.pool.submit([] {}));
  EXPECT_TRUE(held.pool.submit([] {}));
  EXPECT_FALSE(held.pool.submit([] {}));
  held.release.set_value();
}

Task<> ask(Pool* pool, Result<int>* result, std::thread::id* resumed_on) {
  std::move_only_function<Result<int>()> work = [] { return Result<int>(42); };
  Result<int> answer = co_await pool->run<int>(std::move(work));
  *result = std::move(answer);
  *resumed_on = std::this_thread::get_id();
}

TEST(Pool, GivesTheResultToTheCoroutineOnItsOwnThread) {
  Pool pool(1, 1);
  asio::io_context context{1};
  Result<int> result = 0;
  std::thread::id resumed_on;
  spawn(context.get_executor(), ask(&pool, &result, &resumed_on), "ask");
  context.run();
  EXPECT_EQ(result, 42);
  EXPECT_EQ(resumed_on, std::this_thread::get_id());
}

TEST(Pool, SaysOverloadedWhenItsQueueIsFull) {
  HeldPool held;
  EXPECT_TRUE(held.pool.submit([] {}));
  EXPECT_TRUE(held.pool.submit([] {}));
  asio::io_context context{1};
  Result<int> result = 0;
  std::thread::id resumed_on;
  spawn(context.get_executor(), ask(&held.pool, &result, &resumed_on), "ask");
  context.run();
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().reason, "overloaded");
  EXPECT_EQ(result.error().code, Code::unavailable);
  held.release.set_value();
}

}  // namespace
}  // namespace keyledger::runtime
