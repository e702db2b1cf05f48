#include "service/admission/prompt_admission.h"

#include <gtest/gtest.h>

#include <boost/asio/bind_executor.hpp>

#include "service/admission/admission_testing.h"

namespace keyledger::service {
namespace {

using limits::Metric;
using limits::Window;
using testing::text_of;
using Used = std::vector<std::int64_t>;

class PromptAdmissionTest : public ::testing::Test {
 protected:
  PromptAdmissionTest() {
    testing::store_customer(world_, 1);
    testing::store_key(world_, 1, 1, {{Metric::requests, Window::day, 2}});
  }
  [[nodiscard]] CallView view(std::string_view key) const {
    return {.key = key, .action = "check", .user_agent = "test/1", .started = door_.steady()};
  }
  /// A call from beginning to end; nothing where it was not begun.
  std::optional<Result<void>> call(PromptAdmission& prompt, const std::string& key) {
    runtime::Waiter* const waiter = prompt.begin(view(key), {.http_status = 200});
    if (waiter == nullptr) return std::nullopt;
    boost::asio::io_context context{1};
    std::optional<Result<void>> outcome;
    waiter->then(boost::asio::bind_executor(context.get_executor(), [&] { outcome = prompt.end(); }));
    context.run();
    return outcome;
  }

  testing::World world_{};
  testing::Door door_{world_};
};

TEST_F(PromptAdmissionTest, WritesAdmittedCallsAndLeavesTheRest) {
  door_.open();
  PromptAdmission prompt(&*door_.admission);
  for (int i = 1; i <= 2; ++i) {
    const std::optional<Result<void>> done = call(prompt, text_of(1));
    ASSERT_TRUE(done && *done);
    EXPECT_EQ(prompt.admitted().customer_id, CustomerId{1});
    EXPECT_EQ(prompt.admitted().standings[0].used, i);
  }
  EXPECT_FALSE(call(prompt, text_of(1))) << "the limit is reached";
  EXPECT_FALSE(call(prompt, "urt_nobody"));
  EXPECT_FALSE(call(prompt, ""));
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_events"), 2);
  EXPECT_EQ(door_.used(1), (Used{2}));
  const AdmissionFigures figures = door_.admission->figures();
  EXPECT_EQ(figures.verdicts, (std::array<std::int64_t, 8>{2}));
  EXPECT_EQ(door_.call(text_of(1)), Verdict::limit_exceeded) << "which is for others to say";
}

TEST_F(PromptAdmissionTest, TakesNothingWhereThereIsNoPlace) {
  door_.open({.queue_max = 0});
  PromptAdmission prompt(&*door_.admission);
  EXPECT_FALSE(call(prompt, text_of(1)));
  EXPECT_EQ(door_.used(1), (Used{0}));
  EXPECT_EQ(door_.admission->figures().verdicts, (std::array<std::int64_t, 8>{}));
}

TEST_F(PromptAdmissionTest, GivesBackWhatWasNotWritten) {
  door_.open();
  PromptAdmission prompt(&*door_.admission);
  testing::execute(world_, "DROP TABLE usage_events");
  const std::optional<Result<void>> done = call(prompt, text_of(1));
  ASSERT_TRUE(done);
  EXPECT_FALSE(*done);
  EXPECT_EQ(door_.used(1), (Used{0}));
}

}  // namespace
}  // namespace keyledger::service
