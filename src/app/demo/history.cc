#include "app/demo/history.h"

#include <fmt/format.h>

#include <map>
#include <queue>
#include <random>

#include "domain/rentals/records.h"
#include "store/import_store.h"
#include "store/ledger/ledger.h"
#include "store/store.h"

namespace keyledger::app {
namespace {

using namespace std::chrono_literals;
using ledger::OwnedCall;
using ledger::Status;
using std::chrono::days;
using std::chrono::milliseconds;

constexpr std::uint64_t kSeed = 20'260'101;
constexpr std::size_t kCallsInOneCommit = 4'000;
/// How busy the hours of a day are, in UTC.
constexpr int kHours[24] = {5, 4, 4, 3, 4, 5, 7, 11, 16, 21, 24, 22, 18, 20, 24, 23, 19, 14, 10, 8, 8, 7, 6, 5};
constexpr const char* kAgents[] = {"python-requests/2.32.3", "node", "curl/8.9.1", "Go-http-client/2.0", "axios/1.7.7"};

/// A program that calls, or one that brings an account back.
struct Moment {
  Instant at{};
  std::size_t key = 0;                  // in DemoCustomers::keys
  std::optional<std::size_t> rental{};  // which is returned
  bool operator>(const Moment& other) const { return at > other.at; }
};

/// Plays the calls in the order of time, so that no account is rented twice and no daily limit overrun.
class History {
 public:
  History(const DemoCustomers& customers, Instant now) : customers_(customers), now_(now) {}

  void play() {
    for (std::size_t key = 0; key < customers_.keys.size(); ++key) plan(key);
    while (!moments_.empty()) {
      const Moment moment = moments_.top();
      moments_.pop();
      if (moment.rental) {
        bring_back(moment);
      } else {
        call(moment);
      }
    }
  }
  [[nodiscard]] const std::vector<OwnedCall>& calls() const { return calls_; }
  [[nodiscard]] const std::vector<rentals::Rental>& rentals() const { return rentals_; }
  [[nodiscard]] Instant made_at(const DemoCustomerKey& key) const { return now_ - key.age; }

 private:
  void plan(std::size_t index) {
    const DemoCustomerKey& key = customers_.keys[index];
    std::discrete_distribution<int> hour(std::begin(kHours), std::end(kHours));
    for (Instant day = std::chrono::floor<days>(now_ - key.age); day < now_; day += days{1}) {
      const unsigned weekday = std::chrono::weekday{std::chrono::floor<days>(day)}.iso_encoding();
      const double age = std::chrono::duration<double>{now_ - day} / (key.age + days{1});
      const double progress = 1.0 - age * 0.45;
      const int count = static_cast<int>(key.calls_a_day * progress * (weekday > 5 ? 0.3 : 1.0) * uniform(0.75, 1.25));
      for (int i = 0; i < count; ++i) {
        const Instant at = day + std::chrono::hours{hour(random_)} + milliseconds{below(3'600'000)};
        add(at, index);
      }
    }
    // Whoever looks at night or on a Sunday also finds somebody at work.
    for (int i = 0; i < key.calls_a_day / 9; ++i) add(now_ - milliseconds{below(7'200'000)}, index);
  }
  void add(Instant at, std::size_t key) {
    if (at > made_at(customers_.keys[key]) && at < now_ - 20s) moments_.push({at, key, {}});
  }

  void call(const Moment& moment) {
    const DemoCustomerKey& key = customers_.keys[moment.key];
    OwnedCall made = blank(moment, "list");
    if (key.revoked && moment.at > now_ - days{6}) return put(std::move(made), Status::key_revoked, 401);
    std::int64_t& used = used_[{moment.key, std::chrono::floor<days>(moment.at)}];
    if (key.daily_limit > 0 && used >= key.daily_limit) return put(std::move(made), Status::rate_limited, 429);
    ++used;
    const DemoWebsite& website = any_website();
    made.call.website_id = website.id;
    const int die = below(100);
    if (die < 46) return put(std::move(made), Status::success, 200);
    if (die < 56) {
      made.action = "stats";
      made.call.website_id = {};
      return put(std::move(made), Status::success, 200);
    }
    if (die < 84) return check(moment, std::move(made));
    rent(moment, website, std::move(made));
  }

  void check(const Moment& moment, OwnedCall made) {
    made.action = "check";
    const auto held = newest_.find(moment.key);
    if (held == newest_.end()) return put(std::move(made), Status::error, 404);
    const rentals::Rental& rental = rentals_[held->second];
    made.call.website_id = rental.website_id;
    made.call.rental_account_id = rental.rental_account_id;
    put(std::move(made), Status::success, 200);
  }

  void rent(const Moment& moment, const DemoWebsite& website, OwnedCall made) {
    made.action = "rent";
    for (const RentalAccountId account : website.accounts) {
      Instant& free_at = free_at_[account];
      if (free_at > moment.at) continue;
      const std::size_t index = rentals_.size();
      rentals::Rental rental{.rental_account_id = account, .website_id = website.id};
      rental.customer_key_id = customers_.keys[moment.key].id;
      rental.customer_id = customers_.keys[moment.key].customer_id;
      rental.fencing = ++fencing_[account];
      rental.rented_at = moment.at;
      rental.expires_at = moment.at + website.validity;
      const bool brought_back = below(10) < 7;
      const Instant end = brought_back
                              ? moment.at + std::chrono::floor<milliseconds>(website.validity * uniform(0.2, 0.9))
                              : rental.expires_at;
      free_at = end;
      if (end < now_) {
        rental.ended_at = end;
        rental.ended_by = brought_back ? rentals::EndedBy::returned : rentals::EndedBy::expired;
        if (brought_back) moments_.push({end, moment.key, index});
      }
      made.call.rental_account_id = account;
      rentals_.push_back(rental);
      newest_[moment.key] = index;
      return put(std::move(made), Status::success, 200);
    }
    put(std::move(made), Status::error, 404);
  }

  void bring_back(const Moment& moment) {
    OwnedCall made = blank(moment, "return");
    made.call.website_id = rentals_[*moment.rental].website_id;
    made.call.rental_account_id = rentals_[*moment.rental].rental_account_id;
    ++used_[{moment.key, std::chrono::floor<days>(moment.at)}];
    put(std::move(made), Status::success, 200);
  }

  OwnedCall blank(const Moment& moment, const char* action) {
    OwnedCall made;
    made.call.at = moment.at;
    made.call.customer_key_id = customers_.keys[moment.key].id;
    made.call.duration = std::chrono::microseconds{140 + below(260) + (below(40) == 0 ? below(4'000) : 0)};
    made.call.address = *IpAddress::parse(moment.key % 5 == 3 ? fmt::format("2001:db8:40::{:x}", 16 + moment.key)
                                                              : fmt::format("198.51.100.{}", 20 + moment.key));
    made.action = action;
    made.user_agent = kAgents[moment.key % std::size(kAgents)];
    return made;
  }
  void put(OwnedCall made, Status status, std::uint16_t http_status) {
    made.call.status = status;
    made.call.http_status = http_status;
    calls_.push_back(std::move(made));
  }

  const DemoWebsite& any_website() {
    int all = 0;
    for (const DemoWebsite& website : customers_.websites) all += website.popularity;
    int die = below(all);
    for (const DemoWebsite& website : customers_.websites) {
      die -= website.popularity;
      if (die < 0) return website;
    }
    return customers_.websites.back();
  }
  int below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }
  double uniform(double from, double to) { return std::uniform_real_distribution<double>(from, to)(random_); }

  const DemoCustomers& customers_;
  Instant now_;
  std::mt19937_64 random_{kSeed};
  std::priority_queue<Moment, std::vector<Moment>, std::greater<>> moments_{};
  std::map<std::pair<std::size_t, std::chrono::sys_days>, std::int64_t> used_{};
  std::map<RentalAccountId, Instant> free_at_{};
  std::map<RentalAccountId, std::int64_t> fencing_{};
  std::map<std::size_t, std::size_t> newest_{};  // rental of each key
  std::vector<OwnedCall> calls_{};
  std::vector<rentals::Rental> rentals_{};
};

struct MadeAt {
  std::int64_t id = 0;
  Instant at{};
};
BOOST_DESCRIBE_STRUCT(MadeAt, (), (id, at))
const store::Query<void> kKeyMadeAt{"UPDATE customer_keys SET created_at = :at WHERE id = :id"};
const store::Query<void> kCustomerMadeAt{
    "UPDATE customers SET created_at = :at WHERE id = (SELECT customer_id FROM customer_keys WHERE id = :id) "
    "AND created_at > :at"};
const store::Query<void> kKeyRevokedAt{
    "UPDATE customer_keys SET revoked_at = :at, updated_at = :at WHERE id = :id AND revoked_at IS NOT NULL"};

struct AccountNow {
  RentalAccountId id{};
  std::int64_t fencing = 0;
  Instant rested_since{};
  bool open = false;
};
BOOST_DESCRIBE_STRUCT(AccountNow, (), (id, fencing, rested_since, open))
const store::Query<void> kAccountNow{
    "UPDATE rental_accounts SET fencing = :fencing, rested_since = :rested_since, "
    "status = CASE WHEN :open <> 0 THEN 'rented' ELSE status END WHERE id = :id"};

Result<void> write_ages(store::Transaction& transaction, const DemoCustomers& customers, Instant now) {
  for (const DemoCustomerKey& key : customers.keys) {
    const MadeAt made{key.id.value, now - key.age};
    for (const store::Query<void>* query : {&kKeyMadeAt, &kCustomerMadeAt}) {
      const Result<std::int64_t> changed = transaction.change(*query, made);
      if (!changed) return std::unexpected(changed.error());
    }
    const Result<std::int64_t> revoked = transaction.change(kKeyRevokedAt, MadeAt{key.id.value, now - days{6}});
    if (!revoked) return std::unexpected(revoked.error());
  }
  return {};
}

Result<void> write_rentals(store::Transaction& transaction, const std::vector<rentals::Rental>& rentals) {
  std::map<RentalAccountId, AccountNow> accounts;
  for (const rentals::Rental& rental : rentals) {
    const Result<void> inserted = store::ImportStore::insert_rental(transaction, rental);
    if (!inserted) return inserted;
    accounts[rental.rental_account_id] = {rental.rental_account_id, rental.fencing,
                                          rental.ended_at.value_or(rental.rented_at), !rental.ended_at};
  }
  for (const auto& [id, account] : accounts) {
    const Result<std::int64_t> changed = transaction.change(kAccountNow, account);
    if (!changed) return std::unexpected(changed.error());
  }
  return {};
}

Result<void> write_calls(store::Writer& writer, const std::vector<OwnedCall>& calls) {
  for (std::size_t from = 0; from < calls.size(); from += kCallsInOneCommit) {
    const std::size_t end = std::min(calls.size(), from + kCallsInOneCommit);
    const Result<void> written = writer.run_blocking<void>([&](store::Transaction& transaction) -> Result<void> {
      for (std::size_t i = from; i < end; ++i) transaction.record(calls[i]);
      return {};
    });
    if (!written) return written;
  }
  return {};
}

}  // namespace

Result<void> write_demo_history(const std::filesystem::path& database, const DemoCustomers& customers, Instant now) {
  History history(customers, now);
  history.play();
  const Result<std::unique_ptr<store::Store>> opened = store::Store::open(database, 1);
  if (!opened) return std::unexpected(opened.error());
  store::Writer& writer = (*opened)->writer();
  const Result<std::unique_ptr<store::Ledger>> ledger =
      store::Ledger::open(&writer, [](CustomerKeyId) { return Zone{}; });
  if (!ledger) return std::unexpected(ledger.error());
  const Result<void> written = write_calls(writer, history.calls());
  if (!written) return written;
  const Result<void> stored = writer.run_blocking<void>([&](store::Transaction& transaction) -> Result<void> {
    const Result<void> rentals = write_rentals(transaction, history.rentals());
    if (!rentals) return rentals;
    return write_ages(transaction, customers, now);
  });
  if (!stored) return stored;
  return (*ledger)->settle_blocking();
}

}  // namespace keyledger::app
