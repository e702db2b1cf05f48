// service/admission/key_table.h: every customer key in memory: what it may, and where its limits stand.
//
// Memory follows the database: records are put after the commit that changed them. A million keys fit in 100 MB; a look
// takes the lock of one of many shards for a moment, never a lock of the whole, and allocates nothing.
//
// When the limits of a key change: a limit that stays, that is, one of the same metric and window, keeps its count,
// whatever its amount. One that is new counts from now on at first; what its window saw before is told by `uncounted`
// and `count_added`, since only the database knows it (Admission::refresh_counts). One that goes takes its count along.
// When a customer moves to another zone, windows that have begun end when they would have.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/ip_address.h"
#include "base/zone.h"
#include "crypto/hash.h"
#include "domain/limits/counters.h"
#include "runtime/task.h"

namespace keyledger::service {

/// What the checks say, in the order in which they are made: the first that fails names the verdict.
///   unknown_key           no such key (or none was sent)
///   key_revoked           it was revoked
///   key_expired           its time is over, or that of this text after a rotation
///   customer_suspended    its customer is suspended
///   ip_not_allowed        the address is in none of its networks
///   action_not_allowed    it is not allowed this action
///   limit_exceeded        at least one limit has too little left; none was moved
BOOST_DEFINE_ENUM_CLASS(Verdict, valid, unknown_key, key_revoked, key_expired, customer_suspended, ip_not_allowed,
                        action_not_allowed, limit_exceeded)

struct KeyRecord {
  struct Digest {
    crypto::Digest digest{};  // SHA-256 of the key's text
    std::optional<Instant> valid_until{};
  };
  CustomerKeyId id{};
  CustomerId customer_id{};
  std::vector<Digest> digests{};
  bool revoked = false;
  std::optional<Instant> expires_at{};
  std::vector<IpNetwork> allowed_ips{};
  std::vector<std::string> allowed_actions{};
  std::vector<limits::Limit> limits{};
};

struct CustomerRecord {
  CustomerId id{};
  bool suspended = false;
  std::optional<Zone> zone{};  // nothing: the installation's
};

/// What one call asks for.
struct Ask {
  std::string_view key{};     // the text as it was sent; empty: none
  std::string_view action{};  // "rent"
  IpAddress address{};
  std::int64_t requests = 1;
  std::int64_t rentals = 0;  // 1 for a rent: taken from the limits of rentals, those at once included
};

/// What was taken from a key's limits, to be settled (it stays) or voided (it is given back, where its window still
/// stands). A plain value: whoever holds it does one of the two, or leaves it, which is to settle.
struct Taken {
  CustomerKeyId key_id{};
  std::int64_t requests = 0, rentals = 0;
  Instant at{};
  runtime::SteadyTime steady_at{};
};

/// A limit that was new to a key at `since`, and of which is not known yet what its window saw before that.
struct AddedLimit {
  limits::Metric metric = limits::Metric::requests;
  limits::Window window = limits::Window::day;
  Instant since{};
  bool operator==(const AddedLimit&) const = default;
};

/// Which limits there are at all, so that a start reads no more of the ledger than it needs.
struct LimitKinds {
  std::array<std::array<bool, 6>, 2> present{};  // by metric and window
  [[nodiscard]] bool has(limits::Metric metric, limits::Window window) const {
    return present[static_cast<std::size_t>(metric)][static_cast<std::size_t>(window)];
  }
};

struct Admitted {
  Verdict verdict = Verdict::unknown_key;
  CustomerKeyId key_id{};  // 0 for unknown keys
  CustomerId customer_id{};
  Instant at{};                // the time by which it was judged, and which its event carries; never runs backwards
  std::optional<Zone> zone{};  // in which it was judged, and its event is counted; nothing for unknown keys
  Taken taken{};
  std::array<limits::LimitStanding, limits::kLimitsMax> standings{};  // after the taking, of every key that is known
  std::size_t standings_count = 0;
  std::size_t exceeded = 0;  // with limit_exceeded: the standing that refuses and turns last
};

/// Thread-safe.
class KeyTable {
 public:
  using SteadyClock = std::function<runtime::SteadyTime()>;

  /// `installation` is the zone of customers that have none of their own. `clock` is kept from running backwards, see
  /// forward_clock.h; `steady` paces the limits by the second and the minute.
  KeyTable(const Clock* clock, Zone installation, SteadyClock steady = &std::chrono::steady_clock::now);
  ~KeyTable();

  /// Judges and takes: all limits or none. Takes the same time for a key that is unknown as for none.
  [[nodiscard]] Admitted admit(const Ask& ask);
  /// Judges without taking anything; standings are as they are.
  [[nodiscard]] Admitted look(const Ask& ask);
  /// Gives back requests and rentals (also those at once).
  void undo(const Taken& taken);
  /// Gives back the rentals of a call that was admitted and then found no account; its request stays taken.
  void undo_rentals(const Taken& taken);
  /// A rental of this key has ended: one less at once.
  void rental_ended(CustomerKeyId id);
  [[nodiscard]] std::vector<limits::LimitStanding> standings(CustomerKeyId id);
  /// The limit of requests a day alone, for those who ask it of every key; nothing where the key has none.
  [[nodiscard]] std::optional<limits::LimitStanding> requests_today(CustomerKeyId id);

  /// A new key, or what has changed of one; counters of limits that stay keep their standing.
  void put(const KeyRecord& key);
  void put(const CustomerRecord& customer);
  void set_installation_zone(Zone zone);
  /// For the ledger's rollups; the installation's zone for keys that it does not know.
  [[nodiscard]] Zone zone_of(CustomerKeyId id) const;

  /// While starting: makes room for so many keys, so that nothing has to move while they are put.
  void reserve(std::size_t keys);
  /// While starting: what the ledger says was used before. Counts if `at` is in the window that stands now; in the
  /// order of time for seconds and minutes. Nothing happens where the key has no such limit.
  void count_before(CustomerKeyId id, limits::Metric metric, limits::Window window, std::int64_t amount, Instant at);
  void set_open_rentals(CustomerKeyId id, std::int64_t open);
  /// While starting: time does not run backwards past this.
  void set_floor(Instant newest);

  /// The limits whose windows saw something before they were put, perhaps. Calls judged before `since` have an earlier
  /// time, calls judged after have that time or a later one.
  [[nodiscard]] std::vector<AddedLimit> uncounted(CustomerKeyId id) const;
  /// Adds what was used before `added.since` in the window that held that instant. Does so once; nothing happens when
  /// that window is over or the limit was changed again.
  void count_added(CustomerKeyId id, const AddedLimit& added, std::int64_t amount);

  /// Grows with each put, after it: what was read from the database at one version and is kept beside the table is
  /// still true at the same version.
  [[nodiscard]] std::uint64_t version() const;
  [[nodiscard]] std::size_t keys() const;
  [[nodiscard]] LimitKinds limit_kinds() const;
  /// The time by which calls are judged.
  [[nodiscard]] Instant now() const;
  [[nodiscard]] runtime::SteadyTime steady_now() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace keyledger::service
