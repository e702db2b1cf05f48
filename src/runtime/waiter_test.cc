#include "runtime/waiter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <thread>
#include <vector>

namespace keyledger::runtime {
namespace {

/// Keeps what waits until the test wakes it.
struct Gate {
  WaiterList waiting{};
};

class GateWaiter final : public Waiter {
 public:
  explicit GateWaiter(Gate* gate) : gate_(gate) {}

 private:
  void suspended() override { gate_->waiting.push_back(*this); }
  Gate* gate_;
};

struct Witness {
  explicit Witness(int* count) : gone(count) {}
  ~Witness() { ++*gone; }
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  int* gone;
};

struct Seen {
  std::vector<int> order{};
  std::vector<std::thread::id> threads{};
  int gone = 0;
};

Task<> pass(Gate* gate, int number, Seen* seen) {
  const Witness witness(&seen->gone);
  GateWaiter waiter(gate);
  co_await waiter.wait();
  seen->order.push_back(number);
  seen->threads.push_back(std::this_thread::get_id());
}

TEST(Waiter, AllAreResumedInOrderByOnePost) {
  asio::io_context context{1};
  Gate gate;
  Seen seen;
  for (int i = 0; i < 100; ++i) spawn(context.get_executor(), pass(&gate, i, &seen), "pass");
  context.poll();
  EXPECT_TRUE(seen.order.empty());
  wake_all(std::move(gate.waiting));
  EXPECT_EQ(context.run_one(), 1u);  // the one post
  ASSERT_EQ(seen.order.size(), 100u);
  EXPECT_TRUE(std::is_sorted(seen.order.begin(), seen.order.end()));
  context.run();
  EXPECT_EQ(seen.gone, 100);
}

TEST(Waiter, EachGoesOnWhereItWaited) {
  std::array<asio::io_context, 2> contexts{};
  std::array<Seen, 2> seen{};
  Gate gate;
  for (int i = 0; i < 10; ++i) {
    const auto side = static_cast<std::size_t>(i % 2);
    spawn(contexts[side].get_executor(), pass(&gate, i, &seen[side]), "pass");
    contexts[side].poll();  // it waits now, so that both sides alternate in the list
  }
  std::array<std::thread::id, 2> ids{};
  {
    std::vector<std::jthread> threads;
    for (std::size_t side : {0u, 1u}) {
      threads.emplace_back([&contexts, side] { contexts[side].run(); });
      ids[side] = threads.back().get_id();
    }
    wake_all(std::move(gate.waiting));
  }
  EXPECT_THAT(seen[0].order, testing::ElementsAre(0, 2, 4, 6, 8));
  EXPECT_THAT(seen[1].order, testing::ElementsAre(1, 3, 5, 7, 9));
  for (std::size_t side : {0u, 1u}) EXPECT_THAT(seen[side].threads, testing::Each(ids[side]));
}

TEST(Waiter, ItsContextRunsOnMeanwhile) {
  asio::io_context context{1};
  Gate gate;
  Seen seen;
  spawn(context.get_executor(), pass(&gate, 1, &seen), "pass");
  context.poll();
  EXPECT_FALSE(context.stopped());
  std::jthread other([&] { wake_all(std::move(gate.waiting)); });
  context.run();  // stays until the other thread has woken it
  EXPECT_THAT(seen.order, testing::ElementsAre(1));
}

TEST(Waiter, WhatWasWokenForAContextThatGoesIsDestroyedThere) {
  Gate gate;
  Seen seen;
  {
    asio::io_context context{1};
    for (int i = 0; i < 3; ++i) spawn(context.get_executor(), pass(&gate, i, &seen), "pass");
    context.poll();
    wake_all(std::move(gate.waiting));
    EXPECT_EQ(seen.gone, 0);
  }
  EXPECT_EQ(seen.gone, 3);
  EXPECT_TRUE(seen.order.empty());
}

Task<> pass_twice(Gate* gate, Seen* seen) {
  co_await pass(gate, 1, seen);
  co_await pass(gate, 2, seen);
}

TEST(Waiter, ACoroutineMayWaitAgainAndAgain) {
  asio::io_context context{1};
  Gate gate;
  Seen seen;
  spawn(context.get_executor(), pass_twice(&gate, &seen), "pass");
  context.poll();
  wake_all(std::move(gate.waiting));
  context.poll();
  wake_all(std::move(gate.waiting));
  context.run();
  EXPECT_THAT(seen.order, testing::ElementsAre(1, 2));
}

TEST(Waiter, NobodyToWakeIsFine) {
  wake_all(WaiterList{});
}

}  // namespace
}  // namespace keyledger::runtime
