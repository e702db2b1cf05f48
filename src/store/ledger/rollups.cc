#include "store/ledger/rollups.h"

#include <algorithm>
#include <vector>

#include "domain/ledger/bucket.h"
#include "store/ledger/sums_in_order.h"

namespace keyledger::store {
namespace {

const BulkInsert kAddToHours{
    .into = R"sql(INSERT INTO ledger_hours
      (bucket, customer_key_id, action_id, status, website_id, events, units, duration_micros))sql",
    .columns = 8,
    .conflict = R"sql(ON CONFLICT (bucket, customer_key_id, action_id, status, website_id) DO UPDATE SET
      events = ledger_hours.events + excluded.events,
      units = ledger_hours.units + excluded.units,
      duration_micros = ledger_hours.duration_micros + excluded.duration_micros)sql"};

const BulkInsert kAddToAllHours{.into = R"sql(INSERT INTO ledger_all_hours
      (bucket, action_id, status, website_id, events, units, duration_micros))sql",
                                .columns = 7,
                                .conflict = R"sql(ON CONFLICT (bucket, action_id, status, website_id) DO UPDATE SET
      events = ledger_all_hours.events + excluded.events,
      units = ledger_all_hours.units + excluded.units,
      duration_micros = ledger_all_hours.duration_micros + excluded.duration_micros)sql"};

const BulkInsert kAddToTotals{
    .into = "INSERT INTO customer_key_totals (customer_key_id, admitted, refused, last_event_id, last_at)",
    .columns = 5,
    .conflict = R"sql(ON CONFLICT (customer_key_id) DO UPDATE SET
      admitted = customer_key_totals.admitted + excluded.admitted,
      refused = customer_key_totals.refused + excluded.refused,
      last_event_id = excluded.last_event_id,
      last_at = CASE WHEN excluded.last_at > customer_key_totals.last_at THEN excluded.last_at
                     ELSE customer_key_totals.last_at END)sql"};

struct Progress {
  std::int64_t value = 0;
};
BOOST_DESCRIBE_STRUCT(Progress, (), (value))

}  // namespace

const ClockMemo::Known& ClockMemo::look(const Zone& zone, Instant at) {
  const std::int64_t minute = std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count();
  for (const Known& known : known_) {
    if (known.minute == minute && known.zone == zone) return known;
  }
  const Known& known =
      known_[next_] = {zone, minute, ledger::bucket_of(zone, at), zone.day_of(at).time_since_epoch().count()};
  next_ = (next_ + 1) % known_.size();
  return known;
}

void Rollups::add(const ledger::Event& event, std::int64_t action_id, const Zone& zone) {
  const ledger::Call& call = event.call;
  const ClockMemo::Known& clocks = clocks_.look(zone, call.at);
  const std::int64_t status = static_cast<std::int64_t>(call.status);
  days_.add({clocks.day, call.customer_key_id.value, action_id, status}, 1, call.units);
  Sums& sums = hours_[Hour{.bucket = clocks.bucket,
                           .key = call.customer_key_id.value,
                           .action_id = action_id,
                           .status = status,
                           .website = call.website_id.value}];
  ++sums.events;
  sums.units += call.units;
  sums.duration_micros += call.duration.count();
  Totals& totals = keys_[call.customer_key_id.value];
  ++(ledger::admitted(call.status) ? totals.admitted : totals.refused);
  totals.last_event_id = event.id.value;
  totals.last_at = std::max(totals.last_at, to_millis(call.at));  // calls that are imported lie far back
  ++events_;
  last_event_id_ = event.id.value;
}

Result<void> Rollups::write(Transaction& transaction) {
  static const Query<void> kSetProgress{R"sql(
    INSERT INTO ledger_state (name, value) VALUES ('rolled_up_to', :value)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value)sql"};
  if (events_ == 0) return {};
  Result<void> written = write_hours(transaction);
  if (written) written = write_all_hours(transaction);
  if (written) written = days_.write(transaction);
  if (written) written = write_totals(transaction);
  if (!written) return written;
  const Result<std::int64_t> noted = transaction.change(kSetProgress, Progress{last_event_id_});
  if (!noted) return std::unexpected(noted.error());
  clear();
  return {};
}

Result<void> Rollups::write_hours(Transaction& transaction) const {
  std::vector<RawValue> values;
  values.reserve(hours_.size() * kAddToHours.columns);
  for (const auto& [hour, sums] : in_order(hours_)) {
    values.insert(values.end(), {hour.bucket, hour.key, hour.action_id, hour.status, hour.website, sums.events,
                                 sums.units, sums.duration_micros});
  }
  return transaction.connection().insert_rows(kAddToHours, values);
}

/// The same sums without the keys.
Result<void> Rollups::write_all_hours(Transaction& transaction) const {
  absl::flat_hash_map<Hour, Sums> all;
  for (const auto& [hour, sums] : hours_) {
    Hour of_all = hour;
    of_all.key = 0;
    Sums& together = all[of_all];
    together.events += sums.events;
    together.units += sums.units;
    together.duration_micros += sums.duration_micros;
  }
  std::vector<RawValue> values;
  values.reserve(all.size() * kAddToAllHours.columns);
  for (const auto& [hour, sums] : in_order(all)) {
    values.insert(values.end(), {hour.bucket, hour.action_id, hour.status, hour.website, sums.events, sums.units,
                                 sums.duration_micros});
  }
  return transaction.connection().insert_rows(kAddToAllHours, values);
}

Result<void> Rollups::write_totals(Transaction& transaction) const {
  std::vector<RawValue> values;
  values.reserve(keys_.size() * kAddToTotals.columns);
  for (const auto& [key, totals] : in_order(keys_)) {
    values.insert(values.end(), {key, totals.admitted, totals.refused, totals.last_event_id, totals.last_at});
  }
  return transaction.connection().insert_rows(kAddToTotals, values);
}

void Rollups::clear() {
  clear_keeping_room(hours_);
  days_.clear();
  clear_keeping_room(keys_);
  events_ = 0;
}

}  // namespace keyledger::store
