// Many threads at one table: exactness, and changes under load.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>

#include "service/admission/key_table_testing.h"

namespace keyledger::service {
namespace {

using testing::a_day;
using testing::key;
using testing::Table;
using testing::text_of;

/// Runs `work(thread)` on so many threads, which all begin at once.
template <typename Work>
void at_once(int threads, Work work) {
  std::barrier start{threads};
  std::vector<std::jthread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      start.arrive_and_wait();
      work(i);
    });
  }
}

TEST(KeyTableThreads, ExactlyAsManyAreAdmittedAsAreLeft) {
  for (const std::int64_t left : {1, 7, 50}) {
    Table table;
    table.table.put(key(1, {a_day(left), {limits::Metric::requests, limits::Window::month, 1'000}}));
    std::atomic<std::int64_t> admitted = 0, refused = 0;
    at_once(16, [&](int) {
      for (int i = 0; i < 13; ++i) (table.verdict(text_of(1)) == Verdict::valid ? admitted : refused) += 1;
    });
    EXPECT_EQ(admitted, left);
    EXPECT_EQ(refused, 16 * 13 - left);
    EXPECT_EQ(table.used(1), (std::vector<std::int64_t>{left, left})) << "refusals moved neither";
  }
}

TEST(KeyTableThreads, BothTextsOfARotationShareWhatIsLeft) {
  Table table;
  KeyRecord rotated = key(1, {a_day(50)});
  rotated.digests.push_back(testing::digest_of(text_of(1, 1)));
  table.table.put(rotated);
  std::atomic<std::int64_t> admitted = 0;
  at_once(8, [&](int thread) {
    for (int i = 0; i < 25; ++i) admitted += table.verdict(text_of(1, thread % 2)) == Verdict::valid ? 1 : 0;
  });
  EXPECT_EQ(admitted, 50);
}

TEST(KeyTableThreads, WhatIsTakenAndGivenBackAddsUp) {
  Table table;
  table.table.put(key(1, {a_day(1'000'000), {limits::Metric::rentals, limits::Window::at_once, 1'000'000}}));
  at_once(8, [&](int thread) {
    for (int i = 0; i < 2'000; ++i) {
      const Admitted admitted = table.call(text_of(1), 1);
      if (thread % 2 == 0) table.table.undo(admitted.taken);
    }
  });
  EXPECT_EQ(table.used(1), (std::vector<std::int64_t>{8'000, 8'000}));
}

TEST(KeyTableThreads, NoCallThatBeginsAfterARevocationIsAdmitted) {
  Table table;
  for (std::int64_t id = 1; id <= 50; ++id) table.table.put(key(id, {a_day(1'000'000)}));
  std::atomic<std::int64_t> revoked = 0;  // keys up to this one are
  std::atomic<int> late = 0;
  at_once(4, [&](int thread) {
    if (thread == 0) {
      for (std::int64_t id = 1; id <= 50; ++id) {
        KeyRecord record = key(id, {a_day(1'000'000)});
        record.revoked = true;
        table.table.put(record);
        revoked = id;
      }
      return;
    }
    for (std::int64_t known = 0; known < 50;) {
      known = revoked;
      if (known > 0 && table.verdict(text_of(known)) != Verdict::key_revoked) late += 1;
      (void)table.verdict(text_of(known + 1));
    }
  });
  EXPECT_EQ(late, 0);
}

TEST(KeyTableThreads, KeysAreAddedRotatedAndChangedWhileOthersCall) {
  Table table;
  constexpr std::int64_t kKeys = 200;
  for (std::int64_t id = 1; id <= kKeys; ++id) table.table.put(key(id, {a_day(1'000'000)}));
  std::atomic<int> wrong = 0;
  at_once(4, [&](int thread) {
    if (thread == 0) {
      for (int version = 1; version <= 20; ++version) {
        for (std::int64_t id = 1; id <= kKeys; ++id) {
          KeyRecord record = key(id, {a_day(1'000'000)});
          if (version % 2 == 0) record.limits.push_back({limits::Metric::requests, limits::Window::hour, 900'000});
          record.digests.push_back(testing::digest_of(text_of(id, version)));
          record.expires_at =
              version % 3 == 0 ? std::optional{table.clock.now() + std::chrono::hours{1}} : std::nullopt;
          table.table.put(record);
          table.table.put(key(kKeys + version * kKeys + id));
        }
      }
      return;
    }
    for (int round = 0; round < 50; ++round) {
      for (std::int64_t id = 1; id <= kKeys; ++id) wrong += table.verdict(text_of(id)) == Verdict::valid ? 0 : 1;
    }
  });
  EXPECT_EQ(wrong, 0);
  for (std::int64_t id = 1; id <= kKeys; ++id) {
    bool counted = false;
    for (const limits::LimitStanding& standing : table.table.standings({id})) {
      counted = counted || (standing.window == limits::Window::day && standing.used == 150);
    }
    EXPECT_TRUE(counted) << "the day's count went through every change";
  }
}

}  // namespace
}  // namespace keyledger::service
