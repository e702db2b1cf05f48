#include "service/verifier.h"

#include <gtest/gtest.h>

#include "service/rentals/testing.h"

namespace keyledger::service {
namespace {

using testing::RentalWorld;
using testing::run;

class Verifying : public ::testing::Test {
 protected:
  Result<KeyVerification> verify(std::int64_t key, std::int64_t units = 1, std::string once_key = {}) {
    CallContext context;
    context.key = key > 0 ? RentalWorld::key_text(key) : "urt_nobody";
    context.action = "verify";
    context.units = units;
    Once<KeyVerification> once;
    if (!once_key.empty()) {
      once.ticket = OnceTicket{"token/1 POST /api/verify", std::move(once_key), "digest"};
      once.render = [](const KeyVerification&) { return StoredAnswer{200, "{}"}; };
    }
    return run(verifier_.verify(&context, std::move(once)));
  }
  void limit(std::int64_t amount) {
    KeyRecord record;
    record.id = CustomerKeyId{1};
    record.customer_id = CustomerId{1};
    record.digests.push_back({crypto::sha256(RentalWorld::key_text(1)), std::nullopt});
    record.limits = {{limits::Metric::requests, limits::Window::day, amount}};
    world_.desk->keys.put(record);
  }
  std::int64_t events() { return world_.number("SELECT COUNT(*) FROM usage_events"); }
  std::int64_t used() { return world_.desk->keys.standings(CustomerKeyId{1})[0].used; }

  RentalWorld world_{};
  Verifier verifier_{world_.world.core(), &world_.desk->admission};
};

TEST_F(Verifying, TellsWhoseKeyItIs) {
  world_.execute("UPDATE customer_keys SET metadata = '{\"plan\":\"gold\"}' WHERE id = 1");
  const Result<KeyVerification> verified = verify(1);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->admitted.verdict, Verdict::valid);
  EXPECT_EQ(verified->names->customer_name, "customer 1");
  EXPECT_EQ(verified->names->metadata, "{\"plan\":\"gold\"}");
  EXPECT_EQ(events(), 1);
}

TEST_F(Verifying, KnowsOfAChangeAsSoonAsTheKeyTableDoes) {
  ASSERT_TRUE(verify(1));
  world_.execute("UPDATE customers SET name = 'renamed' WHERE id = 1");
  EXPECT_EQ(verify(1)->names->customer_name, "customer 1") << "kept in memory";
  world_.desk->keys.put(CustomerRecord{CustomerId{1}, false, std::nullopt});
  EXPECT_EQ(verify(1)->names->customer_name, "renamed");
}

TEST_F(Verifying, TakesUnitsAllOrNone) {
  limit(10);
  EXPECT_EQ(verify(1, 7)->admitted.verdict, Verdict::valid);
  const Result<KeyVerification> refused = verify(1, 4);
  EXPECT_EQ(refused->admitted.verdict, Verdict::limit_exceeded);
  EXPECT_TRUE(refused->retry_after);
  EXPECT_EQ(used(), 7);
  EXPECT_EQ(verify(1, 3)->admitted.verdict, Verdict::valid);
  EXPECT_EQ(world_.number("SELECT SUM(units) FROM usage_events WHERE status = 0"), 10);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_events WHERE status = 2 AND http_status = 429"), 1);
}

TEST_F(Verifying, MakesNoEventOfAnUnknownKey) {
  const Result<KeyVerification> unknown = verify(0);
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->admitted.verdict, Verdict::unknown_key);
  EXPECT_EQ(unknown->names, nullptr);
  EXPECT_EQ(events(), 0);
}

TEST_F(Verifying, RemembersItsAnswerTogetherWithTheEvent) {
  ASSERT_TRUE(verify(1, 1, "one"));
  EXPECT_EQ(events(), 1);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM idempotency_keys"), 1);
  ASSERT_TRUE(verify(0, 1, "two")) << "an unknown key is an answer too";
  EXPECT_EQ(events(), 1);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM idempotency_keys"), 2);
}

TEST_F(Verifying, GivesBackWhatItTookWhereTheAnswerCannotBeStored) {
  limit(10);
  ASSERT_TRUE(verify(1, 2, "one"));
  EXPECT_FALSE(verify(1, 2, "one")) << "the same row twice";
  EXPECT_EQ(used(), 2);
  EXPECT_EQ(events(), 1);
}

}  // namespace
}  // namespace keyledger::service
