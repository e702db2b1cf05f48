// service/admission/key_entry.h: one key in memory. There may be a million, so an entry has what every key needs, in a
// line of the processor's cache, and a number's worth of a way to what only some need.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "service/admission/digest_index.h"
#include "service/admission/key_table.h"

namespace keyledger::service {

inline constexpr std::uint32_t kNone = 0xffff'ffff;

/// Made once and never destroyed or moved, so that keys point to it. Its members change while keys are judged.
struct CustomerEntry {
  explicit CustomerEntry(CustomerId customer_id) : id(customer_id) {}
  const CustomerId id;
  std::atomic<bool> suspended = false;
  std::atomic<bool> has_zone = false;
  std::atomic<Zone> zone{};
};

/// What only some keys have.
struct KeyExtras {
  struct Counter {
    limits::CalendarCount calendar{};
    limits::Pace pace{};
  };
  struct Added {
    AddedLimit limit{};
    bool counted = false;
  };
  std::optional<Instant> expires_at{};
  std::vector<IpNetwork> allowed_ips{};
  std::vector<std::string> allowed_actions{};
  std::vector<DigestHalf> further_digests{};
  std::vector<Counter> counters{};  // by the number of the limit; the first is in the entry
  std::vector<Added> added{};
};

/// Invariant: the limits of a set are ordered so that one by hour, day or month comes first where there is any; its
/// counter is `first`.
struct KeyEntry {
  CustomerKeyId id{};
  CustomerEntry* customer = nullptr;
  limits::CalendarCount first{};
  std::uint32_t limits : 31 = 0;  // of LimitSets
  std::uint32_t revoked : 1 = 0;
  std::uint32_t extras = kNone;
  std::uint32_t open = 0;  // rentals that are open now
  DigestHalf digest{};     // none: the key has no text
};
static_assert(sizeof(KeyEntry) == 64);

}  // namespace keyledger::service
