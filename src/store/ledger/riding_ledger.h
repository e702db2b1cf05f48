// store/ledger/riding_ledger.h: the ledger as it rides along with the writer: I/O threads bring calls, the writer's
// thread appends them.
#pragma once

#include <limits>

#include "store/ledger/appender.h"
#include "store/ledger/ledger.h"
#include "store/ledger/pending_calls.h"

namespace keyledger::store {

class RidingLedger final : public Ledger, public Rider {
 public:
  RidingLedger(Writer* writer, ZoneOf zone_of, const LedgerOptions& options);
  ~RidingLedger() override;
  RidingLedger(const RidingLedger&) = delete;
  RidingLedger& operator=(const RidingLedger&) = delete;

  /// Reads where the ledger ends, and comes aboard.
  [[nodiscard]] Result<void> board();

  [[nodiscard]] Result<PendingCalls*> reserve() override;
  [[nodiscard]] runtime::Task<Result<void>> append(ledger::Call call) override;
  [[nodiscard]] runtime::Task<Result<void>> settle() override;
  [[nodiscard]] Result<void> settle_blocking() override;
  [[nodiscard]] runtime::Task<Result<void>> close_block() override;
  [[nodiscard]] std::optional<Instant> newest_at() const override;
  [[nodiscard]] LedgerFigures figures() const override;

  // The writer's thread.
  [[nodiscard]] bool waiting() const override { return !pending_.empty(); }
  [[nodiscard]] bool more_expected() const override { return pending_.size() < last_batch_ / 2; }
  [[nodiscard]] Result<std::size_t> write(Transaction& transaction, std::span<const ledger::OwnedCall> calls) override;
  void finish(const Result<void>& stored) noexcept override;
  void writer_gone() noexcept override;

 private:
  using Order = bool RidingLedger::*;

  /// Once for all calls that one turn of an I/O thread has brought.
  static void tell_writer(void* self);

  [[nodiscard]] std::move_only_function<Result<void>(Transaction&)> give(Order order);
  [[nodiscard]] bool counted(std::int64_t event) const { return behind_ == 0 || rolled_up_to_ >= event; }
  [[nodiscard]] Result<void> append_all(Transaction& transaction, std::span<const ledger::OwnedCall> calls);
  [[nodiscard]] Result<void> follow_orders(Transaction& transaction);
  void publish();
  void answer(const Result<void>& outcome);
  void take_all();
  void refuse_all(const Result<void>& why);

  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

  std::atomic<Writer*> writer_;
  const LedgerOptions options_;
  PendingCalls pending_;

  // The writer's thread.
  Appender appender_;
  std::vector<PendingCall*> batch_{};
  std::vector<ledger::Call> views_{};  // of the mutations' calls
  std::size_t appended_ = 0;           // in this batch, those of mutations included
  std::size_t last_batch_ = 0;         // how many came together the last time
  bool wrote_ = false;                 // this batch came as far as the ledger
  bool stale_ = false;                 // memory may differ from the database: a transaction was not committed
  bool settle_ordered_ = false, close_ordered_ = false;  // by a mutation of this batch

  std::atomic<std::int64_t> events_{0}, refused_{0}, commits_{0}, behind_{0}, open_events_{0}, newest_at_{kNever};
  std::atomic<std::int64_t> newest_{0}, rolled_up_to_{0};
};

}  // namespace keyledger::store
