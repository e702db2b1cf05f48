#include "service/admission/admission.h"

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "service/admission/admission_testing.h"

namespace keyledger::service {
namespace {

using namespace std::chrono_literals;
using limits::Metric;
using limits::Window;
using testing::a_day;
using testing::Door;
using testing::run;
using testing::text_of;
using Used = std::vector<std::int64_t>;

class AdmissionTest : public ::testing::Test {
 protected:
  AdmissionTest() { testing::store_customer(world_, 1); }
  testing::World world_{};
  Door door_{world_};
};

TEST_F(AdmissionTest, ACallIsOneEventWithEverythingThatIsKnownOfIt) {
  testing::store_key(world_, 7, 1, {a_day(5)});
  door_.open();
  CallContext context = door_.context(text_of(7));
  context.resource = "reports/3";
  context.units = 4;
  const Admission::Begun begun = door_.admission->begin(context);
  EXPECT_EQ(begun.admitted.verdict, Verdict::valid);
  EXPECT_EQ(begun.slowed, 0s);
  world_.clock.advance(25ms);
  const Result<void> finished = run(door_.admission->finish(&context, begun.admitted, {201, {8}, {9}}));
  ASSERT_TRUE(finished);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_events"), 1);
  EXPECT_EQ(world_.number("SELECT at FROM usage_events"), to_millis(testing::kStart));
  EXPECT_EQ(world_.number("SELECT customer_key_id FROM usage_events"), 7);
  EXPECT_EQ(world_.number("SELECT status FROM usage_events"), static_cast<int>(ledger::Status::success));
  EXPECT_EQ(world_.number("SELECT http_status FROM usage_events"), 201);
  EXPECT_EQ(world_.number("SELECT rental_account_id FROM usage_events"), 8);
  EXPECT_EQ(world_.number("SELECT website_id FROM usage_events"), 9);
  EXPECT_EQ(world_.number("SELECT units FROM usage_events"), 4);
  EXPECT_EQ(world_.number("SELECT duration_micros FROM usage_events"), 25'000);
  for (const auto& [column, word] :
       {std::pair{"action_id", "check"}, {"resource_id", "reports/3"}, {"agent_id", "test/1"}}) {
    EXPECT_EQ(world_.number(fmt::format("SELECT COUNT(*) FROM usage_events JOIN ledger_words ON ledger_words.id = {} "
                                        "WHERE word = '{}'",
                                        column, word)),
              1);
  }
}

TEST_F(AdmissionTest, RefusalsOfKnownKeysAreEventsAndUseNothingUp) {
  testing::store_key(world_, 1, 1, {a_day(1)});
  testing::store_key(world_, 2, 1);
  testing::store_key(world_, 3, 1);
  testing::store_key(world_, 4, 1);
  testing::store_key(world_, 5, 1);
  testing::store_customer(world_, 2, "", true);
  testing::store_key(world_, 6, 2);
  testing::execute(world_, "UPDATE customer_keys SET revoked_at = 1 WHERE id = 2");
  testing::execute(world_, "UPDATE customer_keys SET expires_at = 1 WHERE id = 3");
  testing::execute(world_, "UPDATE customer_keys SET allowed_ips = '10.0.0.0/8 2001:db8::/32' WHERE id = 4");
  testing::execute(world_, "UPDATE customer_keys SET allowed_actions = 'rent return' WHERE id = 5");
  door_.open();
  EXPECT_EQ(door_.call(text_of(1), 500), Verdict::valid) << "an error of ours, but admitted";
  EXPECT_EQ(door_.call(text_of(1), 429), Verdict::limit_exceeded);
  EXPECT_EQ(door_.call(text_of(2), 401), Verdict::key_revoked);
  EXPECT_EQ(door_.call(text_of(3), 401), Verdict::key_expired);
  EXPECT_EQ(door_.call(text_of(4), 403), Verdict::ip_not_allowed);
  EXPECT_EQ(door_.call(text_of(5), 403), Verdict::action_not_allowed);
  EXPECT_EQ(door_.call(text_of(6), 403), Verdict::customer_suspended);
  EXPECT_EQ(door_.call("urt_nobody"), Verdict::unknown_key);
  using ledger::Status;
  std::int64_t id = 0;
  for (const Status status : {Status::error, Status::rate_limited, Status::key_revoked, Status::key_expired,
                              Status::ip_not_allowed, Status::action_not_allowed, Status::customer_suspended}) {
    EXPECT_EQ(world_.number(fmt::format("SELECT status FROM usage_events WHERE id = {}", ++id)),
              static_cast<int>(status));
  }
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_events"), id);
  EXPECT_EQ(door_.used(1), (Used{1}));
  const AdmissionFigures figures = door_.admission->figures();
  EXPECT_EQ(figures.verdicts, (std::array<std::int64_t, 8>{1, 1, 1, 1, 1, 1, 1, 1}));
}

TEST_F(AdmissionTest, WhatCannotBeWrittenIsGivenBack) {
  testing::store_key(world_, 1, 1, {a_day(1), {Metric::rentals, Window::at_once, 1}});
  door_.open({.queue_max = 0});
  CallContext context = door_.context(text_of(1), 1);
  const Admission::Begun begun = door_.admission->begin(context);
  EXPECT_EQ(begun.admitted.verdict, Verdict::valid);
  EXPECT_EQ(door_.used(1), (Used{1, 1}));
  const Result<void> finished = run(door_.admission->finish(&context, begun.admitted, {}));
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, Code::unavailable);
  EXPECT_EQ(finished.error().reason, "overloaded");
  EXPECT_EQ(door_.used(1), (Used{0, 0}));
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_events"), 0);
}

TEST_F(AdmissionTest, WhoKeepsCallingWithUnknownKeysIsSlowedAndARightKeyFromThereIsNot) {
  testing::store_key(world_, 1, 1);
  door_.open();
  const auto slowed = [this](const std::string& key) {
    CallContext context = door_.context(key);
    return door_.admission->begin(context).slowed;
  };
  for (int i = 0; i < UnknownCallers::kFree; ++i) EXPECT_EQ(slowed(i % 2 == 0 ? "urt_wrong" : ""), 0s);
  EXPECT_EQ(slowed("urt_wrong"), 1s);
  EXPECT_EQ(slowed(""), 1s);
  EXPECT_EQ(door_.call(text_of(1)), Verdict::valid);
  EXPECT_EQ(slowed(text_of(1)), 0s);
  EXPECT_EQ(slowed("urt_wrong"), 1s);
  EXPECT_EQ(door_.admission->figures().slowed, 3);
  CallContext elsewhere = door_.context("urt_wrong");
  elsewhere.address = IpAddress::parse("192.0.2.8").value();
  EXPECT_EQ(door_.admission->begin(elsewhere).slowed, 0s);
}

TEST_F(AdmissionTest, UserAgentsAreMadePrintableAndCutAtACharacter) {
  testing::store_key(world_, 1, 1);
  door_.open();
  const std::string most(ledger::kUserAgentBytesMax, 'x');
  const struct {
    const char* name;
    std::string sent, want;
  } cases[] = {
      {"plain", "curl/8.1 (x86_64)", "curl/8.1 (x86_64)"},
      {"empty", "", ""},
      {"other letters", "Bücherei/1 東京", "Bücherei/1 東京"},
      {"steers a terminal", "a\x1b[31mb\x7f\r\nc\xc2\x85", "a?[31mb???c?"},
      {"no UTF-8", "a\xff\xfe b\xe2\x82", "a?? b??"},
      {"as long as may be", most, most},
      {"longer", most + "y", most},
      {"longer by half a character", most.substr(1) + "é", most.substr(1)},
      {"very long", std::string(100'000, 'x'), most},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    CallContext context = door_.context(text_of(1));
    context.user_agent = c.sent;
    const Admission::Begun begun = door_.admission->begin(context);
    EXPECT_EQ(door_.admission->event_of(context, begun.admitted, {}).user_agent, c.want);
    const ledger::OwnedCall owned = door_.admission->owned_event_of(context, begun.admitted, {});
    EXPECT_EQ(owned.view().user_agent, c.want);
    EXPECT_EQ(owned.view().action, "check");
    EXPECT_EQ(owned.view().zone, door_.admission->table().zone_of({1}));
  }
}

TEST_F(AdmissionTest, ARotationsOldTextIsLoadedWithItsEnd) {
  testing::store_key(world_, 1, 1, {a_day(2)});
  testing::store_digest(world_, 1, "urt_old", testing::kStart + 1h);
  door_.open();
  EXPECT_EQ(door_.call("urt_old"), Verdict::valid);
  EXPECT_EQ(door_.call(text_of(1)), Verdict::valid);
  EXPECT_EQ(door_.call("urt_old", 429), Verdict::limit_exceeded);
  world_.clock.advance(1h);
  EXPECT_EQ(door_.call("urt_old", 401), Verdict::key_expired);
  EXPECT_EQ(door_.call(text_of(1), 429), Verdict::limit_exceeded);
}

TEST_F(AdmissionTest, MoreKeysThanAPageHoldsAreLoadedEachWithItsOwn) {
  testing::execute(world_, R"sql(
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 9000)
    INSERT INTO customer_keys (id, customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, created_at, updated_at)
    SELECT n * 3, 1, 'Key', '', '', '', '', '', 0, 0 FROM numbers)sql");
  testing::execute(world_, R"sql(
    INSERT INTO customer_key_limits SELECT id, 'requests', 'day', id FROM customer_keys WHERE id % 2 = 0)sql");
  for (const std::int64_t id : {3, 12'288, 12'291, 27'000}) testing::store_digest(world_, id, text_of(id));
  door_.open();
  EXPECT_EQ(door_.table->keys(), 9'000U);
  for (const std::int64_t id : {3, 12'288, 12'291, 27'000}) {
    EXPECT_EQ(door_.call(text_of(id)), Verdict::valid) << id;
    const std::vector<limits::LimitStanding> standings = door_.table->standings({id});
    ASSERT_EQ(standings.size(), id % 2 == 0 ? 1U : 0U);
    if (!standings.empty()) {
      EXPECT_EQ(standings[0].amount, id);
    }
  }
}

TEST_F(AdmissionTest, ARowThatMakesNoSenseIsNotAdmittedByGuessing) {
  testing::store_key(world_, 1, 1);
  const char* const damages[] = {"UPDATE customer_keys SET allowed_ips = '10.0.0.0/8 nowhere'",
                                 "UPDATE customer_key_digests SET digest = x'00'"};
  for (const char* const damage : damages) {
    SCOPED_TRACE(damage);
    testing::execute(world_, damage);
    KeyTable table{&world_.clock, Zone{}};
    Admission admission{world_.core(), &table};
    const Result<void> prepared = admission.prepare();
    ASSERT_FALSE(prepared);
    EXPECT_EQ(prepared.error().code, Code::internal);
    EXPECT_NE(prepared.error().message.find("customer key 1"), std::string::npos) << prepared.error().message;
    testing::execute(world_, "UPDATE customer_keys SET allowed_ips = ''");
  }
}

TEST_F(AdmissionTest, ACustomerWhoseZoneTheSystemHasLostGoesByTheInstallations) {
  testing::store_customer(world_, 2, "Europe/Atlantis");
  testing::store_key(world_, 1, 2);
  door_.open();
  EXPECT_EQ(door_.call(text_of(1)), Verdict::valid);
  EXPECT_EQ(door_.table->zone_of({1}), Zone{});
}

TEST_F(AdmissionTest, TimeDoesNotRunBackwardsOverARestart) {
  testing::store_key(world_, 1, 1, {a_day(1)});
  world_.clock.set(testing::at("2026-11-22T00:30:00Z"));
  door_.open();
  EXPECT_EQ(door_.call(text_of(1)), Verdict::valid);
  world_.clock.set(testing::at("2026-11-21T23:30:00Z"));
  door_.restart();
  EXPECT_EQ(door_.call(text_of(1), 429), Verdict::limit_exceeded);
  EXPECT_EQ(world_.number("SELECT MIN(at) FROM usage_events"), to_millis(testing::at("2026-11-22T00:30:00Z")));
}

TEST_F(AdmissionTest, ALimitThatIsAddedCountsWhatItsWindowSawBefore) {
  testing::store_key(world_, 1, 1, {a_day(100)});
  world_.clock.set(testing::at("2026-11-01T10:10:00Z"));
  door_.open();
  for (const auto pause :
       {Instant::duration{24h}, Instant::duration{1h}, Instant::duration{10min}, Instant::duration{0}}) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(door_.call(text_of(1)), Verdict::valid);
    EXPECT_EQ(door_.call("urt_wrong"), Verdict::unknown_key);
    world_.clock.advance(pause);
  }
  KeyRecord record = testing::key(1, {a_day(100),
                                      {Metric::requests, Window::hour, 100},
                                      {Metric::requests, Window::month, 100},
                                      {Metric::rentals, Window::month, 9}});
  testing::store_website(world_);
  std::int64_t rental = 0;
  for (const char* const when : {"2026-10-31T23:59:59Z", "2026-11-01T00:00:00Z", "2026-11-02T11:19:59Z"}) {
    testing::store_rental(world_, ++rental, 1, testing::at(when), false);
  }
  door_.table->put(record);
  EXPECT_EQ(door_.used(1), (Used{0, 9, 0, 0})) << "hour, day, month, rentals";
  for (int i = 0; i < 2; ++i) EXPECT_EQ(door_.call(text_of(1)), Verdict::valid);
  const Result<void> refreshed = run(door_.admission->refresh_counts({1}));
  ASSERT_TRUE(refreshed);
  EXPECT_EQ(door_.used(1), (Used{8, 11, 14, 2}));
  const Result<void> again = run(door_.admission->refresh_counts({1}));
  ASSERT_TRUE(again);
  EXPECT_EQ(door_.used(1), (Used{8, 11, 14, 2}));
  for (const limits::Limit& limit : record.limits) {
    if (limit != a_day(100)) testing::store_limit(world_, 1, limit);
  }
  door_.restart();
  EXPECT_EQ(door_.used(1), (Used{8, 11, 14, 2})) << "as a restart counts it";
}

}  // namespace
}  // namespace keyledger::service
