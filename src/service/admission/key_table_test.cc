#include "service/admission/key_table.h"

#include <gtest/gtest.h>

#include "service/admission/key_table_testing.h"

namespace keyledger::service {
namespace {

using namespace std::chrono_literals;
using limits::Metric;
using limits::Window;
using testing::a_day;
using testing::at;
using testing::key;
using testing::Table;
using testing::text_of;
using Used = std::vector<std::int64_t>;

TEST(KeyTable, AKeyThatIsKnownIsAdmittedAndSaysWhereItsLimitsStand) {
  Table table;
  table.table.put(key(7, {a_day(100)}, 3));
  const Admitted admitted = table.call(text_of(7));
  EXPECT_EQ(admitted.verdict, Verdict::valid);
  EXPECT_EQ(admitted.key_id, CustomerKeyId{7});
  EXPECT_EQ(admitted.customer_id, CustomerId{3});
  EXPECT_EQ(admitted.at, table.clock.now());
  ASSERT_EQ(admitted.standings_count, 1U);
  EXPECT_EQ(admitted.standings[0].used, 1);
  EXPECT_EQ(admitted.standings[0].remaining, 99);
  EXPECT_EQ(admitted.standings[0].resets_at, at("2026-11-22T00:00:00Z"));
  EXPECT_EQ(table.table.keys(), 1U);
}

TEST(KeyTable, WhatIsNoKeyIsUnknownWhateverItLooksLike) {
  Table table;
  KeyRecord strange = key(7);
  strange.digests.push_back(testing::digest_of(""));  // as an import may bring it along
  strange.digests.push_back(testing::digest_of(std::string(512, 'x')));
  table.table.put(strange);
  for (const std::string& text : {std::string{}, std::string{"urt_7_1"}, std::string{"urt_7_0 "}, std::string{"\0", 1},
                                  std::string(513, 'x'), std::string(100'000, 'x')}) {
    const Admitted admitted = table.call(text);
    EXPECT_EQ(admitted.verdict, Verdict::unknown_key);
    EXPECT_EQ(admitted.key_id, CustomerKeyId{});
    EXPECT_EQ(admitted.standings_count, 0U);
  }
  EXPECT_EQ(table.verdict(std::string(512, 'x')), Verdict::valid);
}

TEST(KeyTable, TheFirstCheckThatFailsNamesTheVerdict) {
  const Instant now = Table{}.clock.now();
  const auto with = [](auto change) {
    KeyRecord record = key(1, {a_day(1)});
    change(record);
    return record;
  };
  const auto elsewhere = [](KeyRecord& record) { record.allowed_ips = {IpNetwork::parse("10.0.0.0/8").value()}; };
  const auto other_action = [](KeyRecord& record) { record.allowed_actions = {"rent", "return"}; };
  const struct {
    const char* name;
    KeyRecord record;
    bool suspended;
    Verdict want;
  } cases[] = {
      {"nothing is wrong", key(1, {a_day(1)}), false, Verdict::valid},
      {"its networks and actions fit", with([](KeyRecord& record) {
         record.allowed_ips = {IpNetwork::parse("10.0.0.0/8").value(), IpNetwork::parse("::/128").value()};
         record.allowed_actions = {"rent", "check"};
       }),
       false, Verdict::valid},
      {"expires in a moment", with([now](KeyRecord& record) { record.expires_at = now + 1ms; }), false, Verdict::valid},
      {"expires at this very instant", with([now](KeyRecord& record) { record.expires_at = now; }), false,
       Verdict::key_expired},
      {"revoked wins over all", with([&](KeyRecord& record) {
         record.revoked = true;
         record.expires_at = now - 1h;
         elsewhere(record);
       }),
       true, Verdict::key_revoked},
      {"expired wins over suspended", with([now](KeyRecord& record) { record.expires_at = now - 1h; }), true,
       Verdict::key_expired},
      {"suspended wins over the address", with(elsewhere), true, Verdict::customer_suspended},
      {"the address wins over the action", with([&](KeyRecord& record) {
         elsewhere(record);
         other_action(record);
       }),
       false, Verdict::ip_not_allowed},
      {"the action", with(other_action), false, Verdict::action_not_allowed},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Table table;
    table.table.put(CustomerRecord{{1}, c.suspended, {}});
    table.table.put(c.record);
    const Used before = table.used(1);
    EXPECT_EQ(table.verdict(text_of(1)), c.want);
    if (c.want != Verdict::valid) {
      EXPECT_EQ(table.used(1), before) << "a refusal moves no counter";
    }
  }
}

TEST(KeyTable, RevokingAndSuspendingWorkOnTheNextCall) {
  Table table;
  table.table.put(key(1, {}, 5));
  table.table.put(key(2, {}, 5));
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  KeyRecord revoked = key(1, {}, 5);
  revoked.revoked = true;
  table.table.put(revoked);
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::key_revoked);
  table.table.put(CustomerRecord{{5}, true, {}});
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::key_revoked);
  EXPECT_EQ(table.verdict(text_of(2)), Verdict::customer_suspended);
  table.table.put(CustomerRecord{{5}, false, {}});
  EXPECT_EQ(table.verdict(text_of(2)), Verdict::valid);
}

TEST(KeyTable, ARotationsTextsShareTheCountersUntilTheOldOneEnds) {
  Table table;
  table.table.put(key(1, {a_day(3)}));
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  KeyRecord rotated = key(1, {a_day(3)});
  const Instant end = table.clock.now() + 1h;
  rotated.digests = {testing::digest_of(text_of(1, 1)), testing::digest_of(text_of(1, 0), end)};
  table.table.put(rotated);
  EXPECT_EQ(table.verdict(text_of(1, 0)), Verdict::valid);
  EXPECT_EQ(table.verdict(text_of(1, 1)), Verdict::valid);
  EXPECT_EQ(table.used(1), (Used{3}));
  EXPECT_EQ(table.verdict(text_of(1, 0)), Verdict::limit_exceeded);
  EXPECT_EQ(table.verdict(text_of(1, 1)), Verdict::limit_exceeded);
  table.advance(1h);
  EXPECT_EQ(table.verdict(text_of(1, 0)), Verdict::key_expired);
  EXPECT_EQ(table.verdict(text_of(1, 1)), Verdict::limit_exceeded);
  rotated.digests.pop_back();
  table.table.put(rotated);
  EXPECT_EQ(table.verdict(text_of(1, 0)), Verdict::unknown_key);
  EXPECT_EQ(table.table.keys(), 1U);
}

TEST(KeyTable, ManyRotationsLeaveNothingBehind) {
  Table table;
  for (int version = 0; version < 1'000; ++version) {
    KeyRecord record = key(1, {a_day(1'000'000)});
    record.digests = {testing::digest_of(text_of(1, version))};
    table.table.put(record);
    EXPECT_EQ(table.verdict(text_of(1, version)), Verdict::valid);
    EXPECT_EQ(table.verdict(text_of(1, version - 1)), Verdict::unknown_key);
  }
  EXPECT_EQ(table.used(1), (Used{1'000}));
}

TEST(KeyTable, ARentalThatEndsMakesRoomForTheNext) {
  Table table;
  table.table.put(key(1, {{Metric::rentals, Window::at_once, 1}}));
  EXPECT_EQ(table.call(text_of(1), 1).verdict, Verdict::valid);
  EXPECT_EQ(table.call(text_of(1), 1).verdict, Verdict::limit_exceeded);
  EXPECT_EQ(table.call(text_of(1), 0).verdict, Verdict::valid);
  table.table.rental_ended({1});
  EXPECT_EQ(table.call(text_of(1), 1).verdict, Verdict::valid);
  table.table.rental_ended({1});
  table.table.rental_ended({1});
  EXPECT_EQ(table.used(1), (Used{0}));
}

TEST(KeyTable, WhatIsOpenIsKnownAlsoBeforeThereIsALimit) {
  Table table;
  table.table.put(key(1));
  table.table.set_open_rentals({1}, 2);
  EXPECT_EQ(table.call(text_of(1), 1).verdict, Verdict::valid);
  table.table.put(key(1, {{Metric::rentals, Window::at_once, 3}}));
  EXPECT_EQ(table.used(1), (Used{3}));
}

TEST(KeyTable, LookingTakesNothing) {
  Table table;
  table.table.put(key(1, {a_day(1)}));
  EXPECT_EQ(table.table.look({text_of(1), "check"}).verdict, Verdict::valid);
  EXPECT_EQ(table.used(1), (Used{0}));
  EXPECT_EQ(table.verdict(text_of(1)), Verdict::valid);
  const Admitted looked = table.table.look({text_of(1), "check"});
  EXPECT_EQ(looked.standings[0].remaining, 0);
}

TEST(KeyTable, WhatIsAskedOfKeysThatAreNotThereDoesNothing) {
  Table table;
  table.table.undo({{9}, 1, 1, table.clock.now(), {}});
  table.table.rental_ended({9});
  table.table.set_open_rentals({9}, 3);
  table.table.count_before({9}, Metric::requests, Window::day, 1, table.clock.now());
  table.table.count_added({9}, {}, 1);
  EXPECT_TRUE(table.table.standings({9}).empty());
  EXPECT_TRUE(table.table.uncounted({9}).empty());
  EXPECT_EQ(table.table.keys(), 0U);
}

TEST(KeyTable, SaysWhichKindsOfLimitsThereAre) {
  Table table;
  table.table.put(key(1, {a_day(1)}));
  table.table.put(key(2, {{Metric::rentals, Window::minute, 1}}));
  const LimitKinds kinds = table.table.limit_kinds();
  EXPECT_TRUE(kinds.has(Metric::requests, Window::day));
  EXPECT_TRUE(kinds.has(Metric::rentals, Window::minute));
  EXPECT_FALSE(kinds.has(Metric::requests, Window::minute));
  EXPECT_FALSE(kinds.has(Metric::rentals, Window::day));
}

}  // namespace
}  // namespace keyledger::service
