#include "runtime/run.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

namespace keyledger::runtime {
namespace {

Task<std::unique_ptr<int>> after_a_while(int value) {
  co_await sleep_for(std::chrono::milliseconds{1});
  co_return std::make_unique<int>(value);
}

Task<int> thrown() {
  co_await sleep_for(std::chrono::milliseconds{1});
  throw std::runtime_error("no");
}

Task<> noted(std::vector<int>* notes, int number) {
  co_await sleep_for(std::chrono::milliseconds{number});
  notes->push_back(number);
}

TEST(Run, AnswersWhatTheTaskAnswers) {
  EXPECT_EQ(*run(after_a_while(7)), 7);
}

TEST(Run, ThrowsWhatTheTaskThrows) {
  EXPECT_THROW((void)run(thrown()), std::runtime_error);
}

Task<> starts_another(std::vector<int>* notes) {
  const Executor executor = co_await asio::this_coro::executor;
  spawn(executor, noted(notes, 2), "late");
  notes->push_back(1);
}

TEST(Run, WhatTheTaskStartsComesToItsEndAsWell) {
  std::vector<int> notes;
  run_to_end(starts_another(&notes));
  EXPECT_EQ(notes, (std::vector{1, 2}));
}

}  // namespace
}  // namespace keyledger::runtime
