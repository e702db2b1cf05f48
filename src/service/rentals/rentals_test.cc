#include "service/rentals/rentals.h"

#include <gtest/gtest.h>

#include <thread>

#include "service/rentals/testing.h"

namespace keyledger::service {
namespace {

using rentals::AccountStatus;
using rentals::AfterRental;
using std::chrono::hours;
using std::chrono::milliseconds;
using testing::kOwner;
using testing::RentalWorld;
using testing::run;

class RentalsTest : public ::testing::Test, public RentalWorld {
 protected:
  Rentals& service() { return desk->rentals; }
  AccountStatus status_of(RentalAccountId id) { return run(desk->accounts.get(id))->status; }
  std::int64_t free_of(const std::string& website) { return service().available(website, 500)->available_count; }
  /// The key's limit of rentals at once, and how much of it is used.
  void limit_at_once(std::int64_t key, std::int64_t amount) {
    execute(fmt::format("INSERT INTO customer_key_limits VALUES ({}, 'rentals', 'at_once', {})", key, amount));
    restart();
  }
  std::int64_t used(std::int64_t key) { return desk->keys.standings(CustomerKeyId{key}).at(0).used; }
};

TEST_F(RentalsTest, AnAccountIsRentedSeenAndReturned) {
  website("Example", 2);
  const RentalAccountId id = account("Example", "ada");
  const Result<RentedAccount> rented = rent(1, " EXAMPLE ");
  ASSERT_TRUE(rented) << rented.error().message;
  EXPECT_EQ(rented->id, id);
  EXPECT_EQ(rented->password.reveal(), "secret of ada");
  EXPECT_EQ(rented->website, "Example");
  EXPECT_EQ(rented->fencing, 1);
  EXPECT_EQ(rented->expires_at - rented->rented_at, hours{2});
  EXPECT_EQ(free_of("Example"), 0);
  EXPECT_EQ(service().figures().open_rentals, 1);

  const Result<RentalStatus> seen = run(service().status(CustomerId{1}, id));
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->status, "rented");
  EXPECT_EQ(seen->remaining_minutes, 120);

  world.clock.advance(milliseconds{1});
  const Result<RentalStatus> returned = give_back(2, id);  // another key of the same customer
  ASSERT_TRUE(returned) << returned.error().message;
  EXPECT_EQ(returned->status, "returned");
  EXPECT_EQ(status_of(id), AccountStatus::available);
  EXPECT_EQ(free_of("Example"), 1);
  EXPECT_EQ(service().figures().open_rentals, 0);
  EXPECT_EQ(run(service().status(CustomerId{1}, id))->status, "returned");
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage_events"), 2);
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage_events WHERE rental_account_id = 1 AND website_id = 1 AND status = 0"),
            2);
  EXPECT_EQ(number("SELECT COUNT(*) FROM rentals WHERE customer_info = '{\"who\":\"me\"}'"), 1);
}

TEST_F(RentalsTest, TheLongestRestedGoesFirst) {
  website("Example");
  const RentalAccountId first = account("Example", "a");
  world.clock.advance(milliseconds{1});
  const RentalAccountId second = account("Example", "b");
  ASSERT_EQ(rent(1, "Example")->id, first);
  world.clock.advance(milliseconds{1});
  ASSERT_TRUE(give_back(1, first));
  EXPECT_EQ(service().available("Example", 10)->accounts.front().id, second);
  EXPECT_EQ(rent(1, "Example")->id, second);
  EXPECT_EQ(rent(1, "Example")->id, first);
}

TEST_F(RentalsTest, AWebsiteThatNobodyKnowsIsAnswerAndEventInOne) {
  website("Example");
  website("Other");
  const Result<RentedAccount> refused = rent(1, "Exampel");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "unknown_website");
  EXPECT_NE(refused.error().message.find("Example, Other"), std::string::npos) << refused.error().message;
  EXPECT_EQ(service().available("Exampel", 10).error().message, refused.error().message);
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage_events WHERE status = 1 AND http_status = 404"), 1);
}

TEST_F(RentalsTest, WhereNoneIsFreeTheAnswerSaysWhenOneWillBeAndTakesNoRental) {
  website("Example", 2);
  account("Example", "ada");
  limit_at_once(3, 1);
  ASSERT_TRUE(rent(1, "Example"));
  world.clock.advance(hours{1} + milliseconds{1});
  const Result<RentedAccount> refused = rent(3, "Example");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "no_available_accounts");
  EXPECT_EQ(refused.error().detail, "3600");  // rounded up
  EXPECT_EQ(used(3), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage_events WHERE status = 1 AND website_id = 1"), 1);
  website("Empty");
  EXPECT_EQ(rent(3, "Empty").error().detail, "");
}

TEST_F(RentalsTest, ReturningIsForTheCustomerWhoRentsItAndOnce) {
  website("Example");
  const RentalAccountId id = account("Example", "ada");
  ASSERT_TRUE(rent(1, "Example"));
  const Error theirs = give_back(3, id).error();
  const Error missing = give_back(3, RentalAccountId{1'000}).error();
  EXPECT_EQ(theirs.reason, "unknown_account");
  EXPECT_EQ(missing.reason, "unknown_account");
  EXPECT_EQ(missing.message, "There is no account 1000 that you rent.");
  EXPECT_EQ(theirs.message, "There is no account 1 that you rent.");
  EXPECT_EQ(run(service().status(CustomerId{2}, id)).error().message, theirs.message);
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage_events WHERE status = 1 AND rental_account_id <> 0"), 0);
  EXPECT_EQ(status_of(id), AccountStatus::rented);
  ASSERT_TRUE(give_back(1, id));
  EXPECT_EQ(give_back(1, id).error().reason, "already_returned");
  EXPECT_EQ(number("SELECT COUNT(*) FROM rentals WHERE ended_by = 'returned'"), 1);
}

TEST_F(RentalsTest, ALateReturnNeverFreesTheNextHoldersRental) {
  website("Example", 1);
  const RentalAccountId id = account("Example", "ada");
  const Result<RentedAccount> mine = rent(1, "Example");
  world.clock.advance(hours{1});
  const Result<RentedAccount> theirs = rent(3, "Example");  // before any timer ran
  ASSERT_TRUE(theirs) << theirs.error().message;
  EXPECT_EQ(theirs->id, id);
  EXPECT_EQ(theirs->fencing, 2);
  EXPECT_EQ(give_back(1, id).error().reason, "rental_expired");
  EXPECT_EQ(give_back(1, id, mine->rental_id).error().reason, "rental_superseded");
  EXPECT_EQ(give_back(1, id, theirs->rental_id).error().reason, "unknown_account");
  EXPECT_EQ(status_of(id), AccountStatus::rented);
  EXPECT_EQ(run(service().status(CustomerId{1}, id))->status, "expired");
  EXPECT_TRUE(give_back(3, id, theirs->rental_id));
}

TEST_F(RentalsTest, AnOlderRentalOfOnesOwnIsNotTheNewOne) {
  website("Example");
  const RentalAccountId id = account("Example", "ada");
  const Result<RentedAccount> old = rent(1, "Example");
  ASSERT_TRUE(give_back(1, id));
  EXPECT_EQ(give_back(1, id, old->rental_id).error().reason, "already_returned");
  ASSERT_TRUE(rent(1, "Example"));
  EXPECT_EQ(give_back(1, id, old->rental_id).error().reason, "rental_superseded");
  EXPECT_EQ(status_of(id), AccountStatus::rented);
  EXPECT_TRUE(give_back(1, id));
}

TEST_F(RentalsTest, ARentalIsOpenToItsLastMillisecondAndNotOneLonger) {
  website("Example", 1);
  const RentalAccountId id = account("Example", "ada");
  ASSERT_TRUE(rent(1, "Example"));
  world.clock.advance(hours{1} - milliseconds{1});
  EXPECT_EQ(run(service().status(CustomerId{1}, id))->remaining_minutes, 1);
  EXPECT_EQ(rent(3, "Example").error().reason, "no_available_accounts");
  world.clock.advance(milliseconds{1});
  EXPECT_EQ(run(service().status(CustomerId{1}, id))->status, "expired");
  EXPECT_EQ(give_back(1, id).error().reason, "rental_expired");
  EXPECT_EQ(number("SELECT ended_at - expires_at FROM rentals"), 0);
  EXPECT_EQ(run(service().expire_due())->has_value(), false);
}

TEST_F(RentalsTest, WhatIsDueEndsInOrderAlsoAfterDowntime) {
  website("Short", 1);
  website("Long", 3);
  for (int i = 0; i < 450; ++i) account("Short", fmt::format("s{}", i));  // more than two batches
  account("Long", "l");
  for (int i = 0; i < 450; ++i) ASSERT_TRUE(rent(1, "Short"));
  ASSERT_TRUE(rent(1, "Long"));
  const Instant next = world.clock.now() + hours{3};
  EXPECT_EQ(**run(service().expire_due()), world.clock.now() + hours{1});
  world.clock.advance(hours{2});
  restart();
  EXPECT_EQ(number("SELECT COUNT(*) FROM rentals WHERE ended_by = 'expired' AND ended_at = expires_at"), 450);
  EXPECT_EQ(free_of("Short"), 450);
  EXPECT_EQ(service().figures().open_rentals, 1);
  EXPECT_EQ(**run(service().expire_due()), next);
  world.clock.advance(hours{1});
  EXPECT_FALSE(run(service().expire_due())->has_value());
  EXPECT_EQ(free_of("Long"), 1);
}

TEST_F(RentalsTest, ATimerIsRungForARentalThatEndsEarlierThanTheOthers) {
  website("Example", 1);
  account("Example", "ada");
  desk->expiry_alarm.rings = 0;
  ASSERT_TRUE(rent(1, "Example"));
  EXPECT_EQ(desk->expiry_alarm.rings, 1);
}

TEST_F(RentalsTest, RentalsAtOnceAreCountedOverReturnExpiryTakeBackAndRestart) {
  website("Example", 1);
  for (const char* name : {"a", "b", "c"}) account("Example", name);
  limit_at_once(1, 2);
  const Result<RentedAccount> one = rent(1, "Example");
  ASSERT_TRUE(rent(1, "Example"));
  EXPECT_EQ(rent(1, "Example").error().code, Code::limit_exceeded);
  EXPECT_EQ(used(1), 2);
  ASSERT_TRUE(give_back(2, one->id));  // with the other key; what ends is the rental of the first
  EXPECT_EQ(used(1), 1);
  const Result<RentedAccount> two = rent(1, "Example");
  restart();
  EXPECT_EQ(used(1), 2);
  ASSERT_TRUE(run(service().take_back(kOwner, two->rental_id)));
  EXPECT_EQ(used(1), 1);
  world.clock.advance(hours{1});
  ASSERT_TRUE(run(service().expire_due()));
  EXPECT_EQ(used(1), 0);
}

TEST_F(RentalsTest, AfterItsRentalAnAccountGoesWhereTheWebsiteSays) {
  website("Careful", 1, AfterRental::needs_rotation);
  const RentalAccountId id = account("Careful", "ada");
  ASSERT_TRUE(rent(1, "Careful"));
  ASSERT_TRUE(give_back(1, id));
  EXPECT_EQ(status_of(id), AccountStatus::needs_rotation);
  EXPECT_EQ(rent(1, "Careful").error().reason, "no_available_accounts");
  world.clock.advance(milliseconds{5});
  const Result<RentalAccountView> rotated = run(desk->accounts.put_password(kOwner, id, Secret{"new"}));
  ASSERT_TRUE(rotated);
  EXPECT_EQ(rotated->status, AccountStatus::available);
  EXPECT_EQ(rotated->last_reset, world.clock.now());
  EXPECT_EQ(rent(1, "Careful")->password.reveal(), "new");
}

TEST_F(RentalsTest, WhatCannotBeStoredDidNotHappen) {
  website("Example");
  const RentalAccountId id = account("Example", "ada");
  limit_at_once(1, 5);
  execute("ALTER TABLE rentals RENAME TO rentals_gone");
  EXPECT_EQ(rent(1, "Example").error().code, Code::internal);
  execute("ALTER TABLE rentals_gone RENAME TO rentals");
  EXPECT_EQ(used(1), 0);
  EXPECT_EQ(free_of("Example"), 1);
  EXPECT_EQ(status_of(id), AccountStatus::available);
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage_events"), 0);
}

TEST_F(RentalsTest, APasswordThatDoesNotOpenIsNotRented) {
  website("Example");
  account("Example", "ada");
  execute("UPDATE rental_accounts SET sealed_password = x'0102'");
  EXPECT_EQ(rent(1, "Example").error().code, Code::internal);
  EXPECT_EQ(number("SELECT COUNT(*) FROM rentals"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage_events"), 0);
}

TEST_F(RentalsTest, ARememberedAnswerIsPartOfTheCommit) {
  website("Example");
  account("Example", "ada");
  const OnceTicket ticket{"key/1 POST /api/accounts/rent", "k-1", "digest"};
  Once<RentedAccount> once{ticket, [](const RentedAccount& rented) {
                             return StoredAnswer{200, std::string{rented.password.reveal()}};
                           }};
  ASSERT_TRUE(rent(1, "Example", once));
  Idempotency later{world.core()};
  EXPECT_EQ((**run(later.begin(ticket))).body, "secret of ada");
}

TEST_F(RentalsTest, TheOperatorSeesRentalsAndTakesThemBack) {
  website("Example", 1);
  account("Example", "ada");
  account("Example", "bob");
  const Result<RentedAccount> first = rent(1, "Example");
  const Result<RentedAccount> second = rent(3, "Example");
  RentalQuery open;
  open.status = RentalState::open;
  EXPECT_EQ(run(service().list(open))->rows.size(), 2U);
  open.customer_id = CustomerId{2};
  EXPECT_EQ(run(service().list(open))->rows.front().id, second->rental_id);
  RentalQuery nowhere;
  nowhere.website = "Nowhere";
  EXPECT_EQ(run(service().list(nowhere)).error().reason, "unknown_website");
  const Result<RentalView> taken = run(service().take_back(kOwner, first->rental_id));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->ended_by, rentals::EndedBy::taken_back);
  EXPECT_EQ(taken->status, RentalState::ended);
  EXPECT_EQ(run(service().take_back(kOwner, first->rental_id)).error().reason, "rental_ended");
  EXPECT_EQ(run(service().take_back(kOwner, RentalId{99})).error().reason, "unknown_rental");
  EXPECT_EQ(give_back(1, first->id).error().reason, "already_returned");
  world.clock.advance(hours{1});
  EXPECT_EQ(run(service().take_back(kOwner, second->rental_id)).error().reason, "rental_ended");
  const Result<RentalView> due = run(service().get(second->rental_id));  // no timer has run
  EXPECT_EQ(due->status, RentalState::ended);
  EXPECT_EQ(due->ended_by, rentals::EndedBy::expired);
  RentalQuery page;
  page.page.limit = 1;
  const auto newest = run(service().list(page));
  ASSERT_EQ(newest->rows.size(), 1U);
  EXPECT_EQ(newest->rows.front().id, second->rental_id);
  EXPECT_EQ(newest->count, 2);
  page.page.after = newest->next;
  EXPECT_EQ(run(service().list(page))->rows.front().id, first->rental_id);
  EXPECT_EQ(number("SELECT COUNT(*) FROM audit_log WHERE action = 'rentals.take_back'"), 1);
}

/// Rents in a coroutine of its own, among many.
runtime::Task<> rent_once(RentalWorld* world, std::int64_t key, std::atomic<int>* got, std::atomic<int>* none) {
  CallContext context;
  AdmittedCall call = world->admit(context, key, "rent");
  const Result<RentedAccount> rented =
      co_await world->desk->rentals.rent(std::move(call), "Example", "", Once<RentedAccount>{});
  if (rented) ++*got;
  if (!rented && rented.error().reason == "no_available_accounts") ++*none;
}

TEST_F(RentalsTest, FiveHundredWhoWantTheOneFreeAccountAreOneWhoGetsIt) {
  website("Example");
  account("Example", "ada");
  std::atomic<int> got{0}, none{0};
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this, thread, &got, &none] {
      runtime::asio::io_context context;
      for (int i = 0; i < 125; ++i) {
        runtime::spawn(context.get_executor(), rent_once(this, 1 + (thread + i) % 6, &got, &none), "renter");
      }
      context.run();
    });
  }
  threads.clear();  // joins
  EXPECT_EQ(got, 1);
  EXPECT_EQ(none, 499);
  EXPECT_EQ(number("SELECT COUNT(*) FROM rentals"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage_events"), 500);
  EXPECT_EQ(service().figures().open_rentals, 1);
}

}  // namespace
}  // namespace keyledger::service
