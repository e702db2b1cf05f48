// service/ledger/testing.h: for tests only. A ledger in a world of its own, and calls by the thousand.
#pragma once

#include <map>

#include "service/actor.h"
#include "service/ledger/activity.h"
#include "service/testing.h"

namespace keyledger::service::testing {

struct Sample {
  std::int64_t key = 1;
  Instant at{};
  std::string action = "check";
  ledger::Status status = ledger::Status::success;
  std::int64_t website = 0, account = 0;
  std::int64_t units = 1;
};

/// Customers and keys 1 to 5: customer 1 has keys 1, 2 and 3; customer 2 has key 4; customer 3 has key 5, never used.
/// Websites 1 (Example.com) and 2, accounts 1 to 3.
struct LedgerWorld : World {
  explicit LedgerWorld(store::LedgerOptions options = {}) : options_(options) {
    script(R"sql(
      INSERT INTO customers (id, name, email, email_folded, notes, timezone, created_at, updated_at)
        VALUES (1, 'Dana', 'dana@example.com', 'dana@example.com', '', '', 0, 0), (2, 'Eli', '', '', '', '', 0, 0),
               (3, 'Fay', '', '', '', '', 0, 0);
      INSERT INTO customer_keys (id, customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, created_at,
                                 updated_at)
        SELECT value, CASE WHEN value < 4 THEN 1 ELSE value - 2 END, 'key ' || value, 'urt_k' || value, '', '', '', '', 0, 0
          FROM (SELECT 1 AS value UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5);
      INSERT INTO websites (id, name, name_folded, url, validity_hours, description, after_rental, rotation, rotation_url,
                            sealed_rotation_secret, created_at, updated_at)
        VALUES (1, 'Example.com', 'example.com', '', 24, '', 'pool', 'by_hand', '', x'', 0, 0),
               (2, 'other.example', 'other.example', '', 24, '', 'pool', 'by_hand', '', x'', 0, 0);
      INSERT INTO rental_accounts (id, website_id, username, email, sealed_password, status, exception_reason, notes,
                                   fencing, rested_since, last_reset, rotation_attempts, rotation_error, created_at, updated_at)
        VALUES (1, 1, 'user1', '', x'', 'available', '', '', 0, 0, 0, 0, '', 0, 0),
               (2, 1, 'user2', '', x'', 'available', '', '', 0, 0, 0, 0, '', 0, 0),
               (3, 2, 'user3', '', x'', 'available', '', '', 0, 0, 0, 0, '', 0, 0))sql");
    open_ledger();
  }

  void open_ledger() {
    auto opened = store::Ledger::open(
        &store->writer(), [this](CustomerKeyId id) { return zone_of(id); }, options_);
    check_invariant(opened.has_value(), "the test's ledger opens");
    ledger = std::move(*opened);
  }
  /// As a restart does.
  void restart() {
    ledger.reset();
    reopen();
    open_ledger();
  }
  [[nodiscard]] Activity activity() {
    return {core(), ledger.get(), [this] { return zone_of_all; }, [this](CustomerKeyId id) { return zone_of(id); }};
  }
  [[nodiscard]] Zone zone_of(CustomerKeyId id) const {
    const auto found = zones.find(id.value);
    return found == zones.end() ? zone_of_all : found->second;
  }

  /// Appends them in this order, in one commit.
  void append(const std::vector<Sample>& samples) {
    const auto done = store->writer().run_blocking<void>([&](store::Transaction& transaction) -> Result<void> {
      for (const Sample& sample : samples) transaction.record(call_of(sample));
      return {};
    });
    check_invariant(done.has_value(), "the test's calls are appended");
  }
  void append(const Sample& sample) { append(std::vector{sample}); }

  void script(const std::string& sql) {
    const auto done = store->writer().run_blocking<void>(
        [&](store::Transaction& transaction) { return transaction.connection().run_script(sql); });
    check_invariant(done.has_value(), "the test's script runs");
  }

  static ledger::OwnedCall call_of(const Sample& sample) {
    ledger::OwnedCall owned;
    owned.call.at = sample.at;
    owned.call.customer_key_id = CustomerKeyId{sample.key};
    owned.call.status = sample.status;
    owned.call.http_status = sample.status == ledger::Status::success ? 200 : 403;
    owned.call.website_id = WebsiteId{sample.website};
    owned.call.rental_account_id = RentalAccountId{sample.account};
    owned.call.units = sample.units;
    owned.call.duration = std::chrono::microseconds{1'500};
    owned.call.address = *IpAddress::parse(sample.key % 2 == 0 ? "2001:db8::7" : "192.0.2.7");
    owned.action = sample.action;
    owned.user_agent = "agent/1";
    return owned;
  }

  Zone zone_of_all{};
  std::map<std::int64_t, Zone> zones{};  // set before the first call
  std::unique_ptr<store::Ledger> ledger{};

 private:
  store::LedgerOptions options_;
};

inline Zone zone(std::string_view name) {
  Result<Zone> found = Zone::find(name);
  check_invariant(found.has_value(), "the test's zone is known");
  return *found;
}

inline Instant at(std::string_view text) {
  const Result<Instant> instant = parse_rfc3339(text);
  check_invariant(instant.has_value(), "the test's time is well-formed");
  return *instant;
}

}  // namespace keyledger::service::testing
