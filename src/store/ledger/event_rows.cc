#include "store/ledger/event_rows.h"

namespace keyledger::store {
namespace {

// Four statements' worth, which stays in the processor's nearest cache.
constexpr std::size_t kRowsMax = 64;

const BulkInsert kInsertEvents{.into = R"sql(INSERT INTO usage_events
      (id, at, customer_key_id, previous_id, action_id, status, http_status, rental_account_id, website_id, resource_id,
       address, agent_id, duration_micros, units))sql",
                               .columns = 14};

std::span<const std::uint8_t> stored_bytes(const IpAddress& address) {
  const std::span<const std::uint8_t> bytes(address.bytes());
  return address.is_v4() ? bytes.last(4) : bytes;
}

}  // namespace

EventRows::EventRows() {
  values_.reserve(kRowsMax * kInsertEvents.columns);
}

Result<void> EventRows::add(Transaction& transaction, const ledger::Event& event, const ledger::Call& call,
                            const WordNumbers& words) {
  values_.insert(values_.end(),
                 {event.id.value, to_millis(call.at), call.customer_key_id.value, event.previous_id.value, words.action,
                  static_cast<std::int64_t>(call.status), static_cast<std::int64_t>(call.http_status),
                  call.rental_account_id.value, call.website_id.value, words.resource, stored_bytes(call.address),
                  words.agent, static_cast<std::int64_t>(call.duration.count()), call.units});
  if (values_.size() < kRowsMax * kInsertEvents.columns) return {};
  return write(transaction);
}

Result<void> EventRows::write(Transaction& transaction) {
  if (values_.empty()) return {};
  Result<void> written = transaction.connection().insert_rows(kInsertEvents, values_);
  values_.clear();
  return written;
}

}  // namespace keyledger::store
