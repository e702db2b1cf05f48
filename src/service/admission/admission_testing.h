// service/admission/admission_testing.h: for tests only. Keys in a real database, and the door before which they are
// shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/actor.h"
#include "service/admission/admission.h"
#include "service/admission/key_table_testing.h"
#include "service/testing.h"

namespace keyledger::service::testing {

/// One statement of a test, run by the writer.
inline void execute(World& world, const std::string& sql, const std::vector<store::Parameter>& parameters = {}) {
  const Result<void> done = world.store->writer().run_blocking<void>([&](store::Transaction& transaction) {
    const Result<std::int64_t> changed =
        transaction.connection().execute(sql, parameters, [](const store::RowView&) { return true; });
    return changed ? Result<void>{} : std::unexpected(changed.error());
  });
  check_invariant(done.has_value(), done ? "" : done.error().message + done.error().detail);
}

inline void store_customer(World& world, std::int64_t id, const std::string& timezone = "", bool suspended = false) {
  execute(world,
          "INSERT INTO customers (id, name, email, email_folded, notes, timezone, suspended_at, created_at, "
          "updated_at) VALUES (:id, 'Customer ' || :id, 'c@example.com', 'c' || :id, '', :zone, :suspended, "
          "0, 0)",
          {{"id", id}, {"zone", timezone}, {"suspended", suspended ? store::Cell{std::int64_t{1}} : store::Cell{}}});
}

inline void store_limit(World& world, std::int64_t key, const limits::Limit& limit) {
  execute(world,
          "INSERT INTO customer_key_limits (customer_key_id, metric, period, amount) VALUES (:key, :metric, :period, "
          ":amount)",
          {{"key", key},
           {"metric", std::string{boost::describe::enum_to_string(limit.metric, "")}},
           {"period", std::string{boost::describe::enum_to_string(limit.window, "")}},
           {"amount", limit.amount}});
}

inline void store_digest(World& world, std::int64_t key, const std::string& text, std::optional<Instant> until = {}) {
  const crypto::Digest digest = crypto::sha256(text);
  execute(world,
          "INSERT INTO customer_key_digests (digest, customer_key_id, valid_until, created_at) VALUES (:digest, :key, "
          ":until, 0)",
          {{"digest", store::Bytes(digest.begin(), digest.end())},
           {"key", key},
           {"until", until ? store::Cell{to_millis(*until)} : store::Cell{}}});
}

inline void store_key(World& world, std::int64_t id, std::int64_t customer,
                      const std::vector<limits::Limit>& limits = {}) {
  execute(world,
          "INSERT INTO customer_keys (id, customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, "
          "created_at, updated_at) VALUES (:id, :customer, 'Key', 'urt_', '', '', '', '', 0, 0)",
          {{"id", id}, {"customer", customer}});
  store_digest(world, id, text_of(id));
  for (const limits::Limit& limit : limits) store_limit(world, id, limit);
}

inline void store_website(World& world) {
  execute(world, R"sql(
    INSERT INTO websites (id, name, name_folded, url, validity_hours, description, after_rental, rotation, rotation_url,
                          sealed_rotation_secret, created_at, updated_at)
    VALUES (1, 'W', 'w', '', 1, '', 'pool', 'by_hand', '', x'', 0, 0))sql");
}

/// A rental of an account of its own, on the website.
inline void store_rental(World& world, std::int64_t id, std::int64_t key, Instant rented_at, bool open) {
  execute(world, R"sql(
    INSERT INTO rental_accounts (id, website_id, username, email, sealed_password, status, exception_reason, notes,
                                 fencing, rested_since, last_reset, rotation_attempts, rotation_error, created_at,
                                 updated_at)
    VALUES (:id, 1, 'u' || :id, '', x'', 'rented', '', '', 1, 0, 0, 0, '', 0, 0))sql",
          {{"id", id}});
  execute(world, R"sql(
    INSERT INTO rentals (rental_account_id, website_id, customer_key_id, customer_id, fencing, customer_info, rented_at,
                         expires_at, ended_at, ended_by)
    VALUES (:id, 1, :key, 1, 1, '', :at, 0, :ended, ''))sql",
          {{"id", id},
           {"key", key},
           {"at", to_millis(rented_at)},
           {"ended", open ? store::Cell{} : store::Cell{std::int64_t{1}}}});
}

/// The admission of a world, which can be restarted.
struct Door {
  explicit Door(World& of) : world(of) {}
  void open(store::LedgerOptions options = {}) {
    table.emplace(&world.clock, Zone{}, [this] { return steady(); });
    admission.emplace(world.core(), &*table);
    const Result<void> prepared = admission->prepare(options);
    check_invariant(prepared.has_value(), prepared ? "" : prepared.error().message + prepared.error().detail);
  }
  void restart() {
    admission.reset();
    table.reset();
    world.reopen();
    open();
  }
  /// Both clocks go together.
  [[nodiscard]] runtime::SteadyTime steady() const {
    return runtime::SteadyTime{std::chrono::hours{1'000}} + (world.clock.now() - kStart);
  }
  [[nodiscard]] CallContext context(const std::string& text, std::int64_t rentals = 0) const {
    CallContext context;
    context.key = text;
    context.action = rentals > 0 ? "rent" : "check";
    context.address = IpAddress::parse("192.0.2.7").value();
    context.user_agent = "test/1";
    context.started = steady();
    context.rentals = rentals;
    return context;
  }
  /// A call from beginning to end.
  Verdict call(const std::string& text, std::uint16_t http_status = 200) {
    CallContext context_of_call = context(text);
    const Admission::Begun begun = admission->begin(context_of_call);
    if (begun.admitted.verdict == Verdict::unknown_key) return begun.admitted.verdict;
    const Result<void> finished = run(admission->finish(&context_of_call, begun.admitted, {http_status, {}, {}}));
    check_invariant(finished.has_value(), "the event is written");
    return begun.admitted.verdict;
  }
  [[nodiscard]] std::vector<std::int64_t> used(std::int64_t id) {
    std::vector<std::int64_t> used;
    for (const limits::LimitStanding& standing : table->standings({id})) used.push_back(standing.used);
    return used;
  }

  World& world;
  std::optional<KeyTable> table{};
  std::optional<Admission> admission{};
};

}  // namespace keyledger::service::testing
