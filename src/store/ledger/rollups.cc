#include "store/ledger/rollups.h"

#include <algorithm>

#include "domain/ledger/call.h"

namespace keyledger::store {
namespace {

constexpr std::size_t kRoomMax = 1 << 17;

/// For how many keys there should be room, so that no call waits while a generation moves: a commit may make it larger
/// than its maximum.
std::size_t room_of(const LedgerOptions& options) {
  return std::min(kRoomMax, options.rollup_events_max) + options.batch_max;
}

}  // namespace

Rollups::Rollups(const LedgerOptions& options)
    : options_(options), open_(room_of(options)), closing_(room_of(options)) {}

void Rollups::begin(const LedgerProgress& progress) {
  progress_ = progress;
  newest_ = progress.counted_up_to();
  open_.clear();
  closing_.clear();
  hours_.clear();
  all_hours_.clear();
  days_.clear();
  totals_.clear();
}

void Rollups::add(Generation::Place& place, const ledger::Event& event, std::int64_t action_id, const Zone& zone) {
  Generation& generation = event.id <= progress_.counted_up_to() ? closing_ : open_;
  generation.add(place, event, action_id, clocks_.look(zone, event.call.at));
  newest_ = event.id;
}

Result<void> Rollups::write_due(Transaction& transaction, std::size_t events) {
  if (!progress_.half_written() && open_.events() >= options_.rollup_events_max) close();
  if (!progress_.half_written()) return {};
  const std::size_t room = options_.rollup_events_max - std::min(options_.rollup_events_max, open_.events());
  const std::size_t share = closing_.parts() * events / (room + events) + 1;
  return write_slice(transaction, std::max(share, options_.slice_min));
}

Result<void> Rollups::write_more(Transaction& transaction) {
  if (!progress_.half_written() && open_.events() > 0) close();
  if (!progress_.half_written()) return {};
  return write_slice(transaction, options_.settle_slice);
}

void Rollups::close() {
  check_invariant(newest_ > progress_.rolled_up_to, "a generation that is closed has events that are not counted");
  std::swap(open_, closing_);
  progress_.rolling_up_to = newest_;
}

/// At least a key, and keys until they have so many parts. With the last of them the generation is counted as a whole.
Result<void> Rollups::write_slice(Transaction& transaction, std::size_t parts) {
  while (!closing_.empty() && hours_.size() < parts) take_first();
  const Result<void> written = write_rows(transaction);
  if (!written) return written;
  if (closing_.empty()) {
    progress_ = {.rolled_up_to = progress_.rolling_up_to};
    closing_.clear();
  }
  return LedgerChainStore::set_progress(transaction, progress_);
}

/// Moves a key from the generation into the rows of the slice.
void Rollups::take_first() {
  const Generation::OfKey& of_key = closing_.first();
  TotalsToAdd totals{.key = of_key.key, .last_event_id = of_key.last_event_id, .last_at = of_key.last_at};
  for (const Generation::Part& part : of_key.parts) {
    const Sums sums{part.events, part.units, part.duration_micros};
    hours_.push_back({{part.bucket, of_key.key, part.action_id, part.status, part.website}, sums});
    all_hours_.push_back({{part.bucket, part.action_id, part.status, part.website}, sums});
    days_.push_back({{part.day, of_key.key, part.action_id, part.status}, sums});
    (ledger::admitted(static_cast<ledger::Status>(part.status)) ? totals.admitted : totals.refused) += part.events;
  }
  totals_.push_back(totals);
  progress_.rolled_keys_up_to = {of_key.key};
  closing_.drop_first();
}

Result<void> Rollups::write_rows(Transaction& transaction) {
  Result<void> written = add_to_hours(transaction, hours_);
  if (written) written = add_to_all_hours(transaction, all_hours_);
  if (written) written = add_to_days(transaction, days_);
  if (written) written = add_to_totals(transaction, totals_);
  return written;
}

}  // namespace keyledger::store
