// service/rentals/testing.h: for tests only. The services about rentals over a real store, a customer or two, and calls
// that were admitted.
#pragma once

#include <fmt/format.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "service/rentals/rental_accounts.h"
#include "service/rentals/rentals.h"
#include "service/rentals/websites.h"
#include "service/testing.h"
#include "service/webhooks/testing.h"

namespace keyledger::service::testing {

/// Rings are counted; nobody waits.
class CountingAlarm final : public Alarm {
 public:
  [[nodiscard]] runtime::Task<> wait(std::chrono::milliseconds) override { co_return; }
  void ring() override { ++rings; }
  std::atomic<int> rings{0};
};

/// What a process has; a restart makes it anew.
struct RentalDesk {
  explicit RentalDesk(World* of) : world(of) {
    check_invariant(admission.prepare().has_value(), "admission can be prepared");
    check_invariant(rentals.prepare().has_value(), "rentals can be prepared");
  }

  World* world;
  KeyTable keys{&world->clock, Zone{}};
  Admission admission{world->core(), &keys};
  RentalPool pool{};
  CountingAlarm expiry_alarm{}, rotation_alarm{};
  WebhookQueue webhooks{&plain_payload};
  RentalParts parts{world->core(), &keys, &pool, nullptr, &expiry_alarm, &rotation_alarm, &webhooks};
  Websites websites{parts, true};
  RentalAccounts accounts{parts};
  Rentals rentals{parts, &admission};
};

class RentalWorld {
 public:
  RentalWorld() {
    for (int i = 1; i <= kCustomers; ++i) add_customer(i);
    restart();
  }
  /// The desk goes first: its ledger rides along with the writer.
  void restart() {
    desk.reset();
    world.reopen();
    desk = std::make_unique<RentalDesk>(&world);
  }

  /// One customer with two keys each: key 2i-1 and key 2i belong to customer i.
  static constexpr int kCustomers = 3;
  static std::string key_text(std::int64_t key) { return fmt::format("urt_{:043}", key); }

  WebsiteId website(std::string name, std::int64_t hours = 24,
                    rentals::AfterRental after = rentals::AfterRental::pool) {
    NewWebsite fresh;
    fresh.name = std::move(name);
    fresh.validity_hours = hours;
    fresh.after_rental = after;
    const Result<SavedWebsite> made = run(desk->websites.create(kOwner, std::move(fresh), {}));
    check_invariant(made.has_value(), "the test's website can be made");
    return made->website.id;
  }
  RentalAccountId account(std::string website, std::string username) {
    NewRentalAccount fresh{
        .website = std::move(website), .username = username, .password = Secret{"secret of " + username}};
    const Result<RentalAccountView> made = run(desk->accounts.create(kOwner, std::move(fresh), {}));
    check_invariant(made.has_value(), "the test's account can be made");
    return made->id;
  }

  /// A call that is admitted here and now. `context` outlives it.
  AdmittedCall admit(CallContext& context, std::int64_t key, std::string action) const {
    context.key = key_text(key);
    context.action = std::move(action);
    context.rentals = context.action == "rent" ? 1 : 0;
    context.started = std::chrono::steady_clock::now();
    return {&context, desk->admission.begin(context).admitted};
  }
  Result<RentedAccount> rent(std::int64_t key, std::string website, Once<RentedAccount> once = {}) {
    CallContext context;
    AdmittedCall call = admit(context, key, "rent");
    if (call.admitted.verdict != Verdict::valid) return fail(Code::limit_exceeded, "The limit is reached.");
    return run(desk->rentals.rent(std::move(call), std::move(website), R"({"who":"me"})", std::move(once)));
  }
  Result<RentalStatus> give_back(std::int64_t key, RentalAccountId id, std::optional<RentalId> rental = {}) {
    CallContext context;
    return run(desk->rentals.give_back(admit(context, key, "return"), id, rental));
  }
  void execute(const std::string& script) {
    const Result<void> done = world.store->writer().run_blocking<void>(
        [&](store::Transaction& transaction) { return transaction.connection().run_script(script); });
    check_invariant(done.has_value(), "the test's SQL is right");
  }
  std::int64_t number(const std::string& sql) { return world.number(sql); }

  World world{};
  std::unique_ptr<RentalDesk> desk{};

 private:
  void add_customer(int id) {
    const std::int64_t now = to_millis(world.clock.now());
    execute(
        fmt::format("INSERT INTO customers (id, name, email, email_folded, notes, timezone, created_at, updated_at) "
                    "VALUES ({0}, 'customer {0}', '', '', '', '', {1}, {1})",
                    id, now));
    for (const int key : {2 * id - 1, 2 * id}) {
      execute(fmt::format(
          "INSERT INTO customer_keys (id, customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, "
          "created_at, updated_at) VALUES ({0}, {1}, 'key {0}', 'urt_0000', '', '', '', '', {2}, {2});"
          "INSERT INTO customer_key_digests (digest, customer_key_id, created_at) VALUES (x'{3}', {0}, {2})",
          key, id, now, crypto::to_hex(crypto::sha256(key_text(key)))));
    }
  }
};

}  // namespace keyledger::service::testing
