// store/rider.h: work that rides along in the writer's commits, piece by piece, without a mutation for each.
#pragma once

#include <cstddef>
#include <span>

#include "base/error.h"
#include "domain/ledger/call.h"
#include "store/database.h"

namespace keyledger::store {

/// One rides with a writer. For each batch, in this order and all on the writer's thread: `write`, unless there is no
/// transaction to write in, then `finish`.
class Rider {
 public:
  virtual ~Rider() = default;
  /// Whether something waits that a batch should be made for. Asked under the writer's lock: cheap, and without locks
  /// of its own. Whoever makes it true calls Writer::work_waits.
  [[nodiscard]] virtual bool waiting() const = 0;
  /// Whether much more is likely to come in a moment than waits now: then a batch may wait for it
  /// (WriterOptions::gather). Asked under the writer's lock.
  [[nodiscard]] virtual bool more_expected() const { return false; }
  /// Writes what waits, and the calls that the batch's mutations have recorded; answers how many pieces that were. With
  /// none, there is nothing that needs a commit. An error, also a thrown one, means that the whole batch is lost.
  [[nodiscard]] virtual Result<std::size_t> write(Transaction& transaction,
                                                  std::span<const ledger::OwnedCall> calls) = 0;
  /// The batch is on the disk and the mutations' effects were run, or nothing of it is stored: then whoever waits hears
  /// why, also those that `write` was not called for. Does not throw.
  virtual void finish(const Result<void>& stored) noexcept = 0;
  /// The writer's thread has ended: nobody writes any more.
  virtual void writer_gone() noexcept = 0;
};

}  // namespace keyledger::store
