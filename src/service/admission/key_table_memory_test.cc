#include <gtest/gtest.h>
#include <malloc.h>

#include "service/admission/key_table_testing.h"
#include "service/admission/wide_memory.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kOwnAllocator = false;  // the sanitizers bring one that keeps no such books
#else
constexpr bool kOwnAllocator = true;
#endif

namespace keyledger::service {
namespace {

std::size_t allocated() {
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd + wide_memory();
}

TEST(KeyTableMemory, AKeyWithADailyLimitTakesAHundredBytesAtMost) {
  if (!kOwnAllocator) GTEST_SKIP() << "measured with the system's allocator only";
  constexpr std::int64_t kKeys = 250'000;  // a quarter of a million keys fill the shards like a million do
  constexpr std::int64_t kFirst = 2'000;   // those that the fixed part of every shard is made for
  testing::Table table;
  std::size_t before = 0;
  for (std::int64_t id = 1; id <= kKeys; ++id) {
    table.table.put(testing::key(id, {testing::a_day(100 + id % 5)}, 1 + id % 1'000));
    if (id == kFirst) before = allocated();
  }
  const double each = static_cast<double>(allocated() - before) / static_cast<double>(kKeys - kFirst);
  RecordProperty("bytes_per_key", std::to_string(each));
  EXPECT_LE(each, 100.0);
  (void)table.call(testing::text_of(1));  // the thread's hash is made once
  const std::size_t full = allocated();
  for (std::int64_t id = 1; id <= 1'000; ++id) (void)table.call(testing::text_of(id));
  EXPECT_LE(allocated(), full) << "calls leave nothing behind";
}

}  // namespace
}  // namespace keyledger::service
