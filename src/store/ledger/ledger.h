// store/ledger/ledger.h: the ledger's hot path: calls on their way into the database, many to one commit.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "base/error.h"
#include "base/zone.h"
#include "domain/ledger/call.h"
#include "runtime/task.h"
#include "store/database.h"
#include "store/ledger/pending_calls.h"
#include "store/writer.h"

namespace keyledger::store {

struct LedgerOptions {
  std::size_t queue_max = 100'000;   // calls that may wait for a commit; further ones are refused
  std::size_t batch_max = 4'096;     // waiting calls in one commit
  std::size_t block_events = 1'024;  // events to a block
  std::size_t words_max = 8'192;     // actions, resources and user agents whose numbers are kept in memory

  // How rollups follow the events; see docs/adr/0007. A sum is what a key did in one hour, with one action and outcome.
  std::size_t rollup_events_max = 65'536;  // events whose sums are gathered before they are written
  std::size_t slice_min = 32;              // sums that a commit of events writes at least, while there are any
  std::size_t settle_slice = 256;          // sums that a commit writes for somebody who waits for all of them
};

struct LedgerFigures {  // since the start, but for what is now: queue_depth, behind, open_events; for /metrics
  std::int64_t events = 0, refused = 0, queue_depth = 0, commits = 0;
  std::int64_t behind = 0;       // events that the rollups do not count yet
  std::int64_t open_events = 0;  // events that no block holds yet
};

/// Appends calls in the writer's commits, beside its mutations: same transaction, same sync. Numbers them without gaps,
/// chains each to its key's call before, closes blocks by hash, and keeps rollups and totals.
///
/// Rollups run behind the events: by rollup_events_max that are gathered, and by as many whose sums are being written,
/// a slice with each commit, so that none takes much longer than the others. ledger_state says which events are counted
/// (LedgerProgress), and `open` counts what a crash left behind. Whoever reads rollups calls `settle` first.
///
/// A block's first_at and last_at are the earliest and the latest times of its events, which need not be those of the
/// first and the last: calls may overtake each other on their way.
///
/// Writer and ledger may go in either order; calls that wait when either goes are answered.
class Ledger {
 public:
  /// In which zone the hours of a key's rollups begin. Called on the writer's thread for calls that do not bring their
  /// zone along, and for those that are read from the database; must not block.
  using ZoneOf = std::function<Zone(CustomerKeyId)>;

  /// Reads where the ledger ends, counts what rollups lack, and rides along with `writer` from then on. Blocks; for the
  /// start only. Errors: those of the database.
  [[nodiscard]] static Result<std::unique_ptr<Ledger>> open(Writer* writer, ZoneOf zone_of, LedgerOptions options = {});
  virtual ~Ledger() = default;

  /// Reserves a place for a call that is then awaited in the caller's own frame, as `append` does:
  ///   PendingCall pending(ledger::fitting(call), *place);
  ///   co_await pending.wait();
  /// Errors: as append, but those of the disk, which are the call's outcome.
  [[nodiscard]] virtual Result<PendingCalls*> reserve() = 0;

  /// Resumes when the call is on the disk. Allocates nothing but the coroutine's frame.
  /// Words that are too long are cut. Errors: unavailable, reason overloaded (the queue is full), disk_full or io_error
  /// (then nothing was written), stopping (the writer is gone).
  [[nodiscard]] virtual runtime::Task<Result<void>> append(ledger::Call call) = 0;

  /// Brings rollups and totals up to the last event that is committed when this is called, in as many commits as that
  /// takes, between which calls are served. Costs nothing when they are there. Errors: as the writer's; some may be
  /// counted then.
  [[nodiscard]] virtual runtime::Task<Result<void>> settle() = 0;
  [[nodiscard]] virtual Result<void> settle_blocking() = 0;

  /// Closes a block that has been open for long; for a clock that ticks every few minutes.
  [[nodiscard]] virtual runtime::Task<Result<void>> close_block() = 0;

  /// The newest event's time, for clocks that must not run backwards over a restart; nothing in an empty ledger.
  [[nodiscard]] virtual std::optional<Instant> newest_at() const = 0;
  [[nodiscard]] virtual LedgerFigures figures() const = 0;
};

// In a mutation, `transaction.record(call)` (store/database.h) sends a call along: it is appended in the same commit,
// after the batch's mutations, if and only if the mutation succeeds.

}  // namespace keyledger::store
