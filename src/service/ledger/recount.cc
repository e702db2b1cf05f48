#include "service/ledger/recount.h"

#include <bit>

#include "domain/ledger/call.h"

namespace keyledger::service {
namespace {

using store::AllHoursRow;
using store::DayRow;
using store::RollupRow;
using store::StoredEvent;
using store::TotalsRow;

constexpr std::int64_t kQuarters = 4;  // of an hour
constexpr std::int64_t kNoBucket = -1;

enum Kind : std::int64_t { kRow = 1, kAdmitted, kRefused, kNewest, kAllHours, kDays };

/// The finaliser of SplitMix64: every bit of the input moves about half of the output's.
constexpr std::uint64_t mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

bool admitted(std::int64_t status) {
  return ledger::admitted(static_cast<ledger::Status>(status));
}

/// The bucket that begins at quarter `phase` of a UTC hour and holds `instant`.
std::int64_t bucket_of(Instant instant, std::int64_t phase) {
  const std::int64_t quarter =
      std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<15 * 60>>>(instant).time_since_epoch().count();
  return quarter - ((quarter - phase) % kQuarters + kQuarters) % kQuarters;
}

std::int64_t phase_of(std::int64_t bucket) {
  return (bucket % kQuarters + kQuarters) % kQuarters;
}

}  // namespace

template <typename... Parts>
std::uint64_t Recount::weight(Parts... parts) const {
  std::uint64_t bits = seed_;
  ((bits = mix(bits + 0x9e3779b97f4a7c15 + static_cast<std::uint64_t>(parts))), ...);
  return bits | 1;  // odd: no count but 0 is lost in the product
}

std::uint8_t Recount::phases_of(CustomerKeyId key) const {
  const auto found = phases_.find(key.value);
  return found == phases_.end() ? std::uint8_t{1} : found->second;
}

std::uint64_t Recount::weight_of(const RollupRow& row) const {
  std::int64_t bucket = row.bucket;
  if (std::popcount(phases_of(row.customer_key_id)) > 1) {
    if (kept_from_ > UsageEventId{1}) return 0;  // no telling in which hour a dropped event was counted
    bucket = kNoBucket;
  } else if (bucket < from_bucket_) {
    return 0;
  }
  return weight(kRow, bucket, row.customer_key_id.value, row.action_id, row.status, row.website_id.value);
}

std::uint64_t Recount::weight_of(const AllHoursRow& row) const {
  return weight(kAllHours, row.bucket, row.action_id, row.status, row.website_id.value);
}

void Recount::add(Sums& sums, std::uint64_t by, std::int64_t events, std::int64_t units, std::int64_t micros) {
  sums.events += by * static_cast<std::uint64_t>(events);
  sums.units += by * static_cast<std::uint64_t>(units);
  sums.micros += by * static_cast<std::uint64_t>(micros);
}

void Recount::learn(const RollupRow& row) {
  phases_[row.customer_key_id.value] |= static_cast<std::uint8_t>(1 << phase_of(row.bucket));
  rolled_up_ += weight(admitted(row.status) ? kAdmitted : kRefused, row.customer_key_id.value) *
                static_cast<std::uint64_t>(row.events);
  add(from_hours_, weight(kDays, row.customer_key_id.value, row.action_id, row.status), row.events, row.units, 0);
  const AllHoursRow of_all{
      .bucket = row.bucket, .action_id = row.action_id, .status = row.status, .website_id = row.website_id};
  add(from_keys_, weight_of(of_all), row.events, row.units, row.duration_micros);
}

void Recount::of_all(const AllHoursRow& row) {
  add(from_all_hours_, weight_of(row), row.events, row.units, row.duration_micros);
}

void Recount::day(const DayRow& row) {
  add(from_days_, weight(kDays, row.customer_key_id.value, row.action_id, row.status), row.events, row.units, 0);
}

void Recount::rollup(const RollupRow& row) {
  add(from_rollups_, weight_of(row), row.events, row.units, row.duration_micros);
}

void Recount::total(const TotalsRow& row) {
  const std::int64_t key = row.customer_key_id.value;
  totals_ += weight(kAdmitted, key) * static_cast<std::uint64_t>(row.admitted);
  totals_ += weight(kRefused, key) * static_cast<std::uint64_t>(row.refused);
  if (row.last_event_id >= kept_from_) newest_in_totals_ += weight(kNewest, key, row.last_event_id.value);
}

void Recount::event(const StoredEvent& event) {
  const std::uint8_t phases = phases_of(event.customer_key_id);
  const std::int64_t bucket = bucket_of(event.at, std::countr_zero(phases));
  const std::uint64_t by = weight_of({.bucket = bucket,
                                      .customer_key_id = event.customer_key_id,
                                      .action_id = event.action_id,
                                      .status = event.status,
                                      .website_id = event.website_id});
  add(from_events_, by, 1, event.units, event.duration_micros);
  // Each event takes the place of the one before it in its chain: what is left of these sums are the newest.
  const std::int64_t key = event.customer_key_id.value;
  newest_in_chains_ += weight(kNewest, key, event.id.value);
  if (event.previous_id >= kept_from_) newest_in_chains_ -= weight(kNewest, key, event.previous_id.value);
}

}  // namespace keyledger::service
