// After a restart every counter stands where it stood, and where a count of the single events says that it should.
#include <gtest/gtest.h>

#include <random>

#include "domain/limits/windows.h"
#include "service/admission/admission_testing.h"

namespace keyledger::service {
namespace {

using namespace std::chrono_literals;
using limits::Limit;
using limits::Metric;
using limits::Window;
using testing::Door;
using testing::text_of;

constexpr std::array kZones{"", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"};
constexpr std::int64_t kKeys = 10;

struct Recount : ::testing::TestWithParam<const char*> {
  Recount() {
    for (std::size_t i = 0; i < kZones.size(); ++i) {
      testing::store_customer(world, static_cast<std::int64_t>(i) + 1, kZones[i]);
    }
    for (std::int64_t id = 1; id <= kKeys; ++id) {
      std::vector<Limit> limits{{Metric::requests, Window::day, 40}, {Metric::requests, Window::minute, 6}};
      if (id % 2 == 0) limits.push_back({Metric::requests, Window::hour, 15});
      if (id % 3 == 0) limits.push_back({Metric::requests, Window::month, 60});
      if (id % 4 == 0) limits.push_back({Metric::requests, Window::second, 2});
      testing::store_key(world, id, 1 + id % 5, limits);
    }
    world.clock.set(testing::at(GetParam()));
    door.open();
  }

  std::int64_t counted(std::int64_t key, const limits::LimitStanding& standing, const Zone& zone) {
    const limits::Span span = limits::window_of(standing.window, zone, door.table->now());
    return world.number(
        fmt::format("SELECT COUNT(*) FROM usage_events WHERE customer_key_id = {} AND status IN (0, 1) "
                    "AND at >= {} AND at < {}",
                    key, to_millis(span.begin), to_millis(span.end)));
  }

  /// Restarts, and compares everything with what was before and with the events.
  void check_restart() {
    std::vector<std::vector<limits::LimitStanding>> before;
    for (std::int64_t id = 1; id <= kKeys; ++id) before.push_back(door.table->standings({id}));
    door.restart();
    for (std::int64_t id = 1; id <= kKeys; ++id) {
      SCOPED_TRACE("key " + std::to_string(id));
      const std::vector<limits::LimitStanding> after = door.table->standings({id});
      const std::vector<limits::LimitStanding>& were = before[static_cast<std::size_t>(id - 1)];
      ASSERT_EQ(after.size(), were.size());
      for (std::size_t i = 0; i < after.size(); ++i) {
        ASSERT_EQ(after[i].window, were[i].window);
        if (after[i].window == Window::minute || after[i].window == Window::second) {
          ASSERT_GE(after[i].used, were[i].used) << "a pace may presume more, never less";
          continue;
        }
        ASSERT_EQ(after[i].used, were[i].used);
        ASSERT_EQ(after[i].resets_at, were[i].resets_at);
        ASSERT_EQ(after[i].used, counted(id, after[i], door.table->zone_of({id})));
      }
    }
  }

  testing::World world{};
  Door door{world};
};

TEST_P(Recount, FindsEveryCounterWhereItStood) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  const std::chrono::milliseconds pauses[] = {1ms, 400ms, 7s, 45s, 20min, 3h};
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 80; ++i) {
      const std::int64_t id = 1 + static_cast<std::int64_t>(random() % kKeys);
      (void)door.call(text_of(id), random() % 5 == 0 ? 404 : 200);
      if (random() % 3 == 0) world.clock.advance(pauses[random() % 6]);
    }
    check_restart();
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Times, Recount,
                         ::testing::Values("2026-10-24T18:00:00Z",   // before 25 hours in Berlin
                                           "2026-10-30T18:00:00Z",   // before a month ends, and 25 hours in New York
                                           "2026-03-28T18:00:00Z",   // before 23 hours in Berlin
                                           "2026-04-04T13:00:00Z",   // half an hour twice on Lord Howe
                                           "2026-10-03T14:50:00Z",   // half an hour left out there
                                           "2028-02-28T12:00:00Z"),  // before a leap day
                         [](const auto& instance) {
                           std::string name{instance.param};
                           std::erase_if(name, [](char letter) { return letter == '-' || letter == ':'; });
                           return name;
                         });

TEST(RecountOfRentals, CountsThemInTheirWindowsAndWhatIsOpen) {
  testing::World world;
  testing::store_customer(world, 1, "Europe/Berlin");
  testing::store_key(world, 1, 1,
                     {{Metric::rentals, Window::at_once, 9},
                      {Metric::rentals, Window::day, 9},
                      {Metric::rentals, Window::month, 9},
                      {Metric::rentals, Window::minute, 9}});
  testing::store_key(world, 2, 1);
  testing::store_website(world);
  const struct {
    std::int64_t key;
    const char* rented_at;
    bool open;
  } rentals[] = {
      {1, "2026-10-31T22:59:59.999Z", true},  // October in Berlin
      {1, "2026-10-31T23:00:00Z", false},     // November there
      {1, "2026-11-20T22:59:59.999Z", true},  // yesterday
      {1, "2026-11-20T23:00:00Z", false},     // today
      {1, "2026-11-21T11:59:59Z", true},      // a second ago
      {2, "2026-11-21T11:59:59Z", true},
  };
  std::int64_t id = 0;
  for (const auto& rental : rentals) {
    testing::store_rental(world, ++id, rental.key, testing::at(rental.rented_at), rental.open);
  }
  world.clock.set(testing::at("2026-11-21T12:00:00Z"));
  Door door{world};
  door.open();
  EXPECT_EQ(door.used(1), (std::vector<std::int64_t>{2, 4, 1, 3})) << "day, month, minute, at once";
  door.table->put(testing::key(2, {{Metric::rentals, Window::at_once, 9}}));
  EXPECT_EQ(door.used(2), (std::vector<std::int64_t>{1}));
}

}  // namespace
}  // namespace keyledger::service
