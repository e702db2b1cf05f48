#include "runtime/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace keyledger::runtime {
namespace {

// Sets a flag when it goes: shows that a frame was destroyed.
struct Witness {
  explicit Witness(bool* seen) : gone(seen) {}
  ~Witness() { *gone = true; }
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  bool* gone;
};

Task<> receive(std::move_only_function<void(Resume<std::string>)> start, std::string* received, bool* gone) {
  const Witness witness(gone);
  std::string text = co_await suspend<std::string>(std::move(start));
  *received = std::move(text);
}

TEST(Suspend, ResumesWithWhatAnotherThreadGives) {
  asio::io_context context{1};
  std::string received;
  bool gone = false;
  std::jthread other;
  std::move_only_function<void(Resume<std::string>)> start = [&other](Resume<std::string> resume) {
    other = std::jthread([resume = std::move(resume)]() mutable { resume("from afar"); });
  };
  spawn(context.get_executor(), receive(std::move(start), &received, &gone), "receive");
  context.run();  // stays until the other thread has resumed us
  EXPECT_EQ(received, "from afar");
  EXPECT_TRUE(gone);
}

TEST(Suspend, DestroysTheCoroutineWhoseResumeIsDropped) {
  asio::io_context context{1};
  std::string received;
  bool gone = false;
  std::move_only_function<void(Resume<std::string>)> start = [](Resume<std::string>) {};
  spawn(context.get_executor(), receive(std::move(start), &received, &gone), "receive");
  context.run();
  EXPECT_EQ(received, "");
  EXPECT_TRUE(gone);
}

Task<> fail_at_once() {
  throw std::runtime_error("made up");
  co_return;
}

TEST(Spawn, SurvivesAnExceptionOfItsTask) {
  asio::io_context context{1};
  spawn(context.get_executor(), fail_at_once(), "made up");
  context.run();
}

Task<> sleep_and_note(bool* woke) {
  co_await sleep_for(std::chrono::milliseconds{1});
  *woke = true;
}

TEST(SleepFor, Wakes) {
  asio::io_context context{1};
  bool woke = false;
  spawn(context.get_executor(), sleep_and_note(&woke), "sleep");
  context.run();
  EXPECT_TRUE(woke);
}

}  // namespace
}  // namespace keyledger::runtime
