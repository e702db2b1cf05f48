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
  asio::io_context context{1};
  EXPECT_EQ(*run(context, after_a_while(8)), 8);
}

TEST(Run, ThrowsWhatTheTaskThrows) {
  EXPECT_THROW((void)run(thrown()), std::runtime_error);
}

TEST(Run, WhatElseIsOnTheContextComesToItsEnd) {
  std::vector<int> notes;
  asio::io_context context{1};
  spawn(context.get_executor(), noted(&notes, 2), "late");
  run_to_end(context, noted(&notes, 1));
  EXPECT_EQ(notes, (std::vector{1, 2}));
}

}  // namespace
}  // namespace keyledger::runtime
