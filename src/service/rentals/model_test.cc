// Random histories of rentals against a model that is slow and obvious: a list of accounts, looked through each time.
#include <gtest/gtest.h>

#include <random>

#include "service/rentals/testing.h"

namespace keyledger::service {
namespace {

using rentals::AccountStatus;
using std::chrono::minutes;
using testing::kOwner;
using testing::RentalWorld;
using testing::run;

struct ModelAccount {
  std::int64_t id = 0;
  bool careful = false;  // its website wants another password after each rental
  AccountStatus status = AccountStatus::available;
  Instant rested{};
  std::int64_t fencing = 0;
  std::int64_t customer = 0, rental = 0;  // while rented
  Instant expires{};
  bool known_outside = false;                      // somebody has rented it since its password was set
  std::map<std::int64_t, std::string> last_end{};  // by customer: how its newest rental of this account ended
};

class Model {
 public:
  std::vector<ModelAccount> accounts{};
  Instant now{};

  void end(ModelAccount& account, Instant at, const std::string& how) {
    account.last_end[account.customer] = how;
    account.customer = 0;
    account.status = account.careful ? AccountStatus::needs_rotation : AccountStatus::available;
    if (!account.careful) account.rested = at;
  }
  void expire() {
    for (ModelAccount& account : accounts) {
      if (account.status == AccountStatus::rented && account.expires <= now) end(account, account.expires, "expired");
    }
  }
  /// The one that has rested longest; nothing if all are out.
  ModelAccount* longest_rested(bool careful) {
    ModelAccount* best = nullptr;
    for (ModelAccount& account : accounts) {
      if (account.careful != careful || account.status != AccountStatus::available) continue;
      if (best == nullptr || std::pair{account.rested, account.id} < std::pair{best->rested, best->id}) best = &account;
    }
    return best;
  }
};

class RentalModelTest : public ::testing::Test, public RentalWorld {
 protected:
  static constexpr int kAccounts = 5;  // of each website

  void begin(std::uint64_t seed) {
    random_.seed(seed);
    website("Pool", 1);
    website("Careful", 2, rentals::AfterRental::needs_rotation);
    for (int i = 0; i < 2 * kAccounts; ++i) {
      const bool careful = i >= kAccounts;
      const RentalAccountId id = account(careful ? "Careful" : "Pool", fmt::format("user{}", i));
      model_.accounts.push_back({.id = id.value, .careful = careful, .rested = world.clock.now()});
    }
  }
  std::int64_t pick(std::int64_t most) { return std::uniform_int_distribution<std::int64_t>{0, most - 1}(random_); }
  ModelAccount& any() { return model_.accounts[static_cast<std::size_t>(pick(2 * kAccounts))]; }

  void rent_somewhere() {
    const std::int64_t key = 1 + pick(6);
    const bool careful = pick(2) == 1;
    ModelAccount* const want = model_.longest_rested(careful);
    const Result<RentedAccount> got = rent(key, careful ? "Careful" : "Pool");
    ASSERT_EQ(got.has_value(), want != nullptr) << (got ? "" : got.error().message);
    if (want == nullptr) return;
    ASSERT_EQ(got->id.value, want->id);
    want->status = AccountStatus::rented;
    want->customer = (key + 1) / 2;
    want->rental = got->rental_id.value;
    want->expires = model_.now + std::chrono::hours{careful ? 2 : 1};
    want->known_outside = true;
    ASSERT_EQ(got->fencing, ++want->fencing);
    ASSERT_EQ(got->expires_at, want->expires);
  }

  void return_something() {
    const std::int64_t key = 1 + pick(6);
    const std::int64_t customer = (key + 1) / 2;
    ModelAccount& account = any();
    const Result<RentalStatus> got = give_back(key, RentalAccountId{account.id});
    if (account.status == AccountStatus::rented && account.customer == customer) {
      ASSERT_TRUE(got) << got.error().message;
      model_.end(account, model_.now, "returned");
      return;
    }
    ASSERT_FALSE(got);
    const auto before = account.last_end.find(customer);
    const std::string want = before == account.last_end.end() ? "unknown_account"
                             : before->second == "expired"    ? "rental_expired"
                                                              : "already_returned";
    ASSERT_EQ(got.error().reason, want);
  }

  void take_back() {
    ModelAccount& account = any();
    if (account.rental == 0) return;
    const Result<RentalView> got = run(desk->rentals.take_back(kOwner, RentalId{account.rental}));
    ASSERT_EQ(got.has_value(), account.status == AccountStatus::rented);
    if (got) model_.end(account, model_.now, "taken_back");
  }

  void put_aside() {
    ModelAccount& account = any();
    const bool take = pick(2) == 1;
    const bool rented = account.status == AccountStatus::rented;
    const Result<RentalAccountView> got =
        run(desk->accounts.put_aside(kOwner, RentalAccountId{account.id}, "why", take));
    ASSERT_EQ(got.has_value(), take || !rented);
    if (!got) return;
    if (rented) model_.end(account, model_.now, "taken_back");
    account.status = AccountStatus::exception;
  }

  void restore() {
    ModelAccount& account = any();
    const Result<RentalAccountView> got = run(desk->accounts.restore(kOwner, RentalAccountId{account.id}));
    ASSERT_EQ(got.has_value(), account.status == AccountStatus::exception);
    if (!got) return;
    const bool rotate = account.careful && account.known_outside;
    account.status = rotate ? AccountStatus::needs_rotation : AccountStatus::available;
    if (!rotate) account.rested = model_.now;
  }

  void set_password() {
    ModelAccount& account = any();
    ASSERT_TRUE(run(desk->accounts.put_password(kOwner, RentalAccountId{account.id}, Secret{"another"})));
    account.known_outside = false;
    if (account.status != AccountStatus::needs_rotation) return;
    account.status = AccountStatus::available;
    account.rested = model_.now;
  }

  void step() {
    world.clock.advance(
        std::chrono::milliseconds{1 + pick(2 * 60'000)});  // never at a standstill: the order is certain
    if (pick(20) == 0) world.clock.advance(minutes{pick(90)});
    model_.now = world.clock.now();
    model_.expire();
    const std::int64_t what = pick(100);
    if (what < 40) return rent_somewhere();
    if (what < 65) return return_something();
    if (what < 70) return take_back();
    if (what < 78) return put_aside();
    if (what < 86) return restore();
    if (what < 95) return set_password();
    if (what < 98) {
      ASSERT_TRUE(run(desk->rentals.expire_due()));
    } else {
      restart();
    }
  }

  /// What both sides hold now.
  void compare() {
    std::int64_t open = 0;
    for (const ModelAccount& account : model_.accounts) {
      const Result<RentalAccountView> real = run(desk->accounts.get(RentalAccountId{account.id}));
      const bool due = real->status == AccountStatus::rented && !real->rental;  // over, and no timer has run
      if (!due) {
        ASSERT_EQ(real->status, account.status) << "account " << account.id;
      } else {
        ASSERT_NE(account.status, AccountStatus::rented) << "account " << account.id;
      }
      if (account.status != AccountStatus::rented) continue;
      ++open;
      ASSERT_EQ(real->rental->id.value, account.rental);
      ASSERT_EQ(real->rental->customer_id.value, account.customer);
    }
    RentalQuery query;
    query.status = RentalState::open;
    ASSERT_EQ(run(desk->rentals.list(query))->count, open);
  }

  /// After all that is due has ended, the pool is what the database says.
  void compare_pool() {
    ASSERT_TRUE(run(desk->rentals.expire_due()));
    for (const bool careful : {false, true}) {
      std::vector<std::pair<Instant, std::int64_t>> want;
      for (const ModelAccount& account : model_.accounts) {
        if (account.careful == careful && account.status == AccountStatus::available) {
          want.emplace_back(account.rested, account.id);
        }
      }
      std::ranges::sort(want);
      const Result<AvailableAccounts> real = desk->rentals.available(careful ? "Careful" : "Pool", 100);
      ASSERT_EQ(real->accounts.size(), want.size());
      for (std::size_t i = 0; i < want.size(); ++i) ASSERT_EQ(real->accounts[i].id.value, want[i].second);
    }
    ASSERT_EQ(desk->rentals.figures().open_rentals, number("SELECT COUNT(*) FROM rentals WHERE ended_at IS NULL"));
  }

  std::mt19937_64 random_{};
  Model model_{};
};

TEST_F(RentalModelTest, ARandomHistoryIsWhatTheModelSays) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  begin(seed);
  for (int i = 0; i < 1'500 && !HasFatalFailure(); ++i) {
    SCOPED_TRACE(fmt::format("step {}", i));
    step();
    if (!HasFatalFailure() && i % 10 == 0) compare();
    if (!HasFatalFailure() && i % 50 == 0) compare_pool();
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM (SELECT rental_account_id FROM rentals WHERE ended_at IS NULL "
                   "GROUP BY rental_account_id HAVING COUNT(*) > 1)"),
            0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM rentals a JOIN rentals b ON a.rental_account_id = b.rental_account_id "
                   "WHERE a.id < b.id AND (a.ended_at IS NULL OR a.ended_at > b.rented_at)"),
            0);  // no two ever overlapped
}

}  // namespace
}  // namespace keyledger::service
