#include "service/admission/unknown_callers.h"

#include <absl/hash/hash.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "crypto/hash.h"

namespace keyledger::service {
namespace {

using AddressBytes = std::array<std::uint8_t, 16>;

AddressBytes subscriber(const IpAddress& address) {
  AddressBytes bytes = address.bytes();
  if (!address.is_v4()) std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return bytes;
}

std::chrono::seconds wait_after(std::int32_t failures) {
  if (failures < UnknownCallers::kFree) return std::chrono::seconds{0};
  const int doublings = std::min(failures - UnknownCallers::kFree, 16);
  return std::min(UnknownCallers::kWaitMax, std::chrono::seconds{1 << doublings});
}

}  // namespace

UnknownCallers::UnknownCallers() : records_(kPlaces) {
  const crypto::Bytes random = crypto::random_bytes(sizeof(seed_));
  std::memcpy(&seed_, random.data(), sizeof(seed_));
}

/// The address's record, or the one that makes room for it: empty, else not heard of for longest.
UnknownCallers::Record& UnknownCallers::record_of(const AddressBytes& address, Instant now) {
  const std::size_t place = absl::HashOf(seed_, address) % (kPlaces / kWays) * kWays;
  const std::span<Record> ways{records_.data() + place, kWays};
  const auto known = std::ranges::find_if(
      ways, [&](const Record& record) { return record.failures > 0 && record.address == address; });
  if (known != ways.end() && known->until + kForget >= now) return *known;
  Record& room = known != ways.end() ? *known : *std::ranges::min_element(ways, {}, &Record::until);
  room = {address, 0, now};
  return room;
}

std::chrono::seconds UnknownCallers::called(const IpAddress& address, Instant now) {
  const std::lock_guard lock(mutex_);
  Record& record = record_of(subscriber(address), now);
  const auto rest = std::chrono::ceil<std::chrono::seconds>(record.until - now);
  // A longer rest than there is means that the clock was set back and followed.
  if (record.failures >= kFree && now < record.until && rest <= kWaitMax) return rest;
  record.failures = std::min(record.failures + 1, kFree + 16);
  record.until = now + wait_after(record.failures);
  return std::chrono::seconds{0};
}

}  // namespace keyledger::service
