#include "store/ledger/riding_ledger.h"

#include "runtime/turn.h"

namespace keyledger::store {
namespace {

std::unexpected<Error> overloaded() {
  return fail(Code::unavailable, "The server is busy; try again in a moment.", "overloaded");
}

std::unexpected<Error> stopping() {
  return fail(Code::unavailable, "The server is stopping; try again in a moment.", "stopping");
}

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(Writer* writer, ZoneOf zone_of, LedgerOptions options) {
  auto ledger = std::make_unique<RidingLedger>(writer, std::move(zone_of), options);
  const Result<void> aboard = ledger->board();
  if (!aboard) return std::unexpected(aboard.error());
  return ledger;
}

RidingLedger::RidingLedger(Writer* writer, ZoneOf zone_of, const LedgerOptions& options)
    : writer_(writer),
      options_(options),
      pending_(options.queue_max, [this] { runtime::at_turn_end(&RidingLedger::tell_writer, this); }),
      appender_(std::move(zone_of), options) {}

RidingLedger::~RidingLedger() {
  if (Writer* const alive = writer_) alive->leave(this);
  refuse_all(stopping());
}

void RidingLedger::tell_writer(void* self) {
  if (Writer* const writer = static_cast<RidingLedger*>(self)->writer_) writer->work_waits();
}

Result<void> RidingLedger::board() {
  Writer* const writer = writer_;
  Result<void> done =
      writer->run_blocking<void>([this](Transaction& transaction) { return appender_.load(transaction); });
  while (done && appender_.behind() > 0) {
    done = writer->run_blocking<void>([this](Transaction& transaction) { return appender_.settle(transaction); });
  }
  if (!done) return done;
  publish();
  writer->carry(this);
  return {};
}

Result<PendingCalls*> RidingLedger::reserve() {
  if (writer_ == nullptr) return stopping();
  if (pending_.reserve()) return &pending_;
  ++refused_;
  return overloaded();
}

runtime::Task<Result<void>> RidingLedger::append(ledger::Call call) {
  const Result<PendingCalls*> place = reserve();
  if (!place) co_return std::unexpected(place.error());
  PendingCall pending(ledger::fitting(call), *place);
  co_await pending.wait();
  co_return std::move(pending.outcome());
}

/// A mutation that orders something of the batch it is in; the order is carried out when the ledger writes.
std::move_only_function<Result<void>(Transaction&)> RidingLedger::give(Order order) {
  return [this, order](Transaction&) -> Result<void> {
    this->*order = true;
    return {};
  };
}

/// What comes after this was called goes into generations that begin after what is counted here, so there are at most
/// two to write, however many calls come meanwhile.
runtime::Task<Result<void>> RidingLedger::settle() {
  const std::int64_t newest = newest_;
  while (!counted(newest)) {
    Writer* const writer = writer_;
    if (writer == nullptr) co_return stopping();
    std::move_only_function<Result<void>(Transaction&)> order = give(&RidingLedger::settle_ordered_);
    Result<void> done = co_await writer->run<void>(std::move(order));
    if (!done) co_return done;
  }
  co_return Result<void>{};
}

Result<void> RidingLedger::settle_blocking() {
  const std::int64_t newest = newest_;
  while (!counted(newest)) {
    Writer* const writer = writer_;
    if (writer == nullptr) return stopping();
    const Result<void> done = writer->run_blocking<void>(give(&RidingLedger::settle_ordered_));
    if (!done) return done;
  }
  return {};
}

runtime::Task<Result<void>> RidingLedger::close_block() {
  Writer* const writer = writer_;
  if (open_events_ == 0) co_return Result<void>{};
  if (writer == nullptr) co_return stopping();
  std::move_only_function<Result<void>(Transaction&)> order = give(&RidingLedger::close_ordered_);
  Result<void> done = co_await writer->run<void>(std::move(order));
  co_return done;
}

std::optional<Instant> RidingLedger::newest_at() const {
  const std::int64_t millis = newest_at_;
  if (millis == kNever) return std::nullopt;
  return from_millis(millis);
}

LedgerFigures RidingLedger::figures() const {
  return {.events = events_,
          .refused = refused_,
          .queue_depth = static_cast<std::int64_t>(pending_.size()),
          .commits = commits_,
          .behind = behind_,
          .open_events = open_events_};
}

Result<std::size_t> RidingLedger::write(Transaction& transaction, std::span<const ledger::OwnedCall> calls) {
  pending_.take(options_.batch_max, batch_);
  if (stale_) {
    const Result<void> loaded = appender_.reload(transaction);
    if (!loaded) return std::unexpected(loaded.error());
    stale_ = false;
  }
  wrote_ = true;
  appender_.begin();
  appended_ = calls.size() + batch_.size();
  Result<void> written = append_all(transaction, calls);
  if (written) written = follow_orders(transaction);
  if (!written) return std::unexpected(written.error());
  return appended_;
}

Result<void> RidingLedger::append_all(Transaction& transaction, std::span<const ledger::OwnedCall> calls) {
  if (appended_ == 0) return {};
  views_.clear();
  for (const ledger::OwnedCall& owned : calls) views_.push_back(ledger::fitting(owned.view()));
  for (const ledger::Call& call : views_) {
    const Result<void> appended = appender_.append(transaction, call);
    if (!appended) return appended;
  }
  for (const PendingCall* const pending : batch_) {
    const Result<void> appended = appender_.append(transaction, pending->call());
    if (!appended) return appended;
  }
  return appender_.complete(transaction);
}

Result<void> RidingLedger::follow_orders(Transaction& transaction) {
  Result<void> followed{};
  if (std::exchange(settle_ordered_, false)) followed = appender_.settle(transaction);
  if (followed && std::exchange(close_ordered_, false)) followed = appender_.close_block(transaction);
  return followed;
}

/// What other threads may know, before anyone hears that the batch is on the disk.
void RidingLedger::publish() {
  rolled_up_to_ = appender_.rolled_up_to().value;
  behind_ = static_cast<std::int64_t>(appender_.behind());
  newest_ = appender_.newest_event().value;
  open_events_ = static_cast<std::int64_t>(appender_.open_events());
  if (appender_.newest_at()) newest_at_ = to_millis(*appender_.newest_at());
}

void RidingLedger::finish(const Result<void>& stored) noexcept {
  if (stored) {
    publish();
    events_ += static_cast<std::int64_t>(appended_);
    commits_ += appended_ > 0 ? 1 : 0;
    answer(stored);
  } else {
    stale_ = true;
    settle_ordered_ = close_ordered_ = false;
    if (!wrote_) take_all();
    answer(stored);
  }
  appended_ = 0;
  wrote_ = false;
}

/// The batch has its outcome; whoever waits goes on.
void RidingLedger::answer(const Result<void>& outcome) {
  if (batch_.empty()) return;
  runtime::WaiterList waiters;
  for (PendingCall* const pending : batch_) {
    if (!outcome) pending->set_outcome(outcome);
    waiters.push_back(*pending);
  }
  pending_.free(batch_.size());
  last_batch_ = batch_.size();
  batch_.clear();
  runtime::wake_all(std::move(waiters));
}

void RidingLedger::take_all() {
  while (!pending_.empty()) pending_.take(options_.queue_max, batch_);
}

void RidingLedger::refuse_all(const Result<void>& why) {
  take_all();
  answer(why);
}

void RidingLedger::writer_gone() noexcept {
  writer_ = nullptr;
  refuse_all(stopping());
}

}  // namespace keyledger::store
