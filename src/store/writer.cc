#include "store/writer.h"

#include <sched.h>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "base/log.h"
#include "store/commit_figures.h"

namespace keyledger::store {
namespace {

using Effects = std::vector<std::move_only_function<void()>>;

/// What became of the mutations of one batch, in their order.
struct Batch {
  std::vector<Job> jobs{};
  Rider* rider = nullptr;
  std::vector<Result<void>> outcomes{};
  Effects effects{};
  std::vector<ledger::OwnedCall> calls{};
  std::size_t ridden = 0;
};

void stop_process(const Error& error) {
  log::error("the database could not be verified after a failed sync; stopping, since its state is unknown",
             {{"message", error.message}, {"detail", error.detail}});
  std::_Exit(EXIT_FAILURE);
}

void run_effect(std::move_only_function<void()>& effect) noexcept {
  try {
    effect();
  } catch (const std::exception& exception) {
    log::error("an effect of a commit failed", {{"what", exception.what()}});
  } catch (...) {
    log::error("an effect of a commit failed");
  }
}

bool needs_commit(const Batch& batch) {
  return batch.ridden > 0 || std::any_of(batch.outcomes.begin(), batch.outcomes.end(),
                                         [](const auto& outcome) { return outcome.has_value(); });
}

/// What a rider throws loses the batch, as a failed statement does.
Result<std::size_t> write_guarded(Rider& rider, Transaction& transaction,
                                  std::span<const ledger::OwnedCall> calls) noexcept {
  try {
    return rider.write(transaction, calls);
  } catch (const std::exception& exception) {
    return fail(Code::internal, "Something went wrong inside the server.", {}, {}, exception.what());
  } catch (...) {
    return fail(Code::internal, "Something went wrong inside the server.", {}, {}, "an unknown exception");
  }
}

/// A call that goes nowhere would be an answer without a line in the ledger.
std::unexpected<Error> nobody_records() {
  return fail(Code::internal, "Something went wrong inside the server.", {}, {},
              "a call was recorded without a ledger");
}

template <typename T>
void append_moved(std::vector<T>& to, std::vector<T> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

}  // namespace

struct Writer::Impl {
  Impl(OpenConnection open_connection, WriterOptions writer_options)
      : open(std::move(open_connection)), options(std::move(writer_options)) {
    if (!options.on_unrecoverable) options.on_unrecoverable = stop_process;
    thread = std::thread([this] { loop(); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    ready.notify_all();
    thread.join();
    if (rider != nullptr) rider->writer_gone();
  }

  bool enqueue(Job& job);
  bool something_waits() const { return !queue.empty() || (rider != nullptr && rider->waiting()); }
  void gather(std::unique_lock<std::mutex>& lock) const;
  std::optional<Batch> take();
  void loop();
  void run(Batch& batch);
  Result<void> prepare();
  Result<void> store(Batch& batch);
  Result<void> apply_all(Batch& batch);
  Result<void> apply_one(Batch& batch, Job& job);
  Result<void> ride(Batch& batch);
  Result<void> commit(const Batch& batch);
  void abandon_handle();
  void finish(Batch& batch, const Result<void>& stored);

  const OpenConnection open;
  WriterOptions options;

  std::mutex mutex{};
  std::condition_variable ready{};
  std::deque<Job> queue{};
  Rider* rider = nullptr;
  bool stopping = false;
  bool working = false;  // a batch is under way
  std::uint64_t batches = 0;
  std::condition_variable rested{};

  // The writer thread's own.
  std::unique_ptr<Connection> connection{};
  std::optional<Error> dead{};  // set for good when the database could not be verified

  CommitFigures counts{};
  std::thread thread{};
};

bool Writer::Impl::enqueue(Job& job) {
  const std::lock_guard lock(mutex);
  if (stopping || queue.size() >= options.queue_max) return false;
  queue.push_back(std::move(job));
  counts.set_queue_depth(queue.size());
  ready.notify_one();
  return true;
}

/// Waits for work, then takes all that is there, up to a batch. Nothing: the end.
std::optional<Batch> Writer::Impl::take() {
  std::unique_lock lock(mutex);
  working = false;
  rested.notify_all();
  ready.wait(lock, [this] { return stopping || something_waits(); });
  if (!something_waits()) return std::nullopt;
  gather(lock);
  working = true;
  ++batches;
  const auto count = static_cast<std::ptrdiff_t>(std::min(queue.size(), options.batch_max));
  Batch batch{.jobs{std::make_move_iterator(queue.begin()), std::make_move_iterator(queue.begin() + count)},
              .rider = rider};
  queue.erase(queue.begin(), queue.begin() + count);
  counts.set_queue_depth(queue.size());
  return batch;
}

/// One sync for those that come within microseconds of each other.
void Writer::Impl::gather(std::unique_lock<std::mutex>& lock) const {
  if (options.gather.count() == 0 || stopping || !queue.empty() || !rider->more_expected()) return;
  lock.unlock();
  std::this_thread::sleep_for(options.gather);
  lock.lock();
}

/// Lets this thread wait for its turn where others compete for the processor: until the I/O threads have nothing to do,
/// more calls come together for the next commit. Where a processor is free, it runs at once as before.
void give_way() {
  const sched_param none{};
  [[maybe_unused]] const int failed = ::sched_setscheduler(0, SCHED_BATCH, &none);  // then it just takes more syncs
}

void Writer::Impl::loop() {
  give_way();
  while (std::optional<Batch> batch = take()) run(*batch);
  connection.reset();
}

void Writer::Impl::run(Batch& batch) {
  const Result<void> opened = prepare();
  if (!opened) return finish(batch, opened);
  const Result<void> stored = store(batch);
  finish(batch, stored);
  if (!stored && stored.error().reason == "io_error") abandon_handle();
}

Result<void> Writer::Impl::prepare() {
  if (dead) return std::unexpected(*dead);
  if (connection) return {};
  Result<std::unique_ptr<Connection>> opened = open();
  if (!opened) return std::unexpected(opened.error());
  connection = std::move(*opened);
  return {};
}

/// One transaction for the whole batch. An error means that nothing of it is stored.
Result<void> Writer::Impl::store(Batch& batch) {
  const Result<void> begun = connection->begin(Access::write);
  if (!begun) return begun;
  Result<void> stored = apply_all(batch);
  if (stored) stored = ride(batch);
  const bool committing = stored && needs_commit(batch);  // otherwise there is nothing that a sync could make durable
  if (committing) stored = commit(batch);
  if (committing && stored) return stored;
  const Result<void> undone = connection->rollback();
  if (!undone) connection.reset();  // opening anew gets rid of a transaction that does not want to end
  return stored;
}

Result<void> Writer::Impl::apply_all(Batch& batch) {
  for (Job& job : batch.jobs) {
    const Result<void> intact = apply_one(batch, job);
    if (!intact) return intact;
  }
  return {};
}

/// Runs one mutation under its savepoint. An error means that the whole transaction is lost.
Result<void> Writer::Impl::apply_one(Batch& batch, Job& job) {
  const Result<void> saved = connection->savepoint();
  if (!saved) return saved;
  Transaction transaction(*connection);
  Result<void> outcome = apply_guarded(job, transaction);
  std::vector<ledger::OwnedCall> calls = transaction.take_calls();
  if (outcome && !calls.empty() && batch.rider == nullptr) outcome = nobody_records();
  counts.count_mutation();
  batch.outcomes.push_back(outcome);
  if (!outcome) return connection->rollback_to_savepoint();
  append_moved(batch.effects, transaction.take_effects());
  append_moved(batch.calls, std::move(calls));
  return connection->release_savepoint();
}

Result<void> Writer::Impl::ride(Batch& batch) {
  if (batch.rider == nullptr) return {};
  Transaction transaction(*connection);
  const Result<std::size_t> ridden = write_guarded(*batch.rider, transaction, batch.calls);
  if (!ridden) return std::unexpected(ridden.error());
  batch.ridden = *ridden;
  return {};
}

Result<void> Writer::Impl::commit(const Batch& batch) {
  const auto start = std::chrono::steady_clock::now();
  Result<void> committed = connection->commit();
  if (committed) counts.count_commit(std::chrono::steady_clock::now() - start, batch.jobs.size(), batch.ridden);
  return committed;
}

/// After a failed sync the system may hold pages as clean that never reached the disk, and a second sync would say
/// that all is well. So the handle is given up, and a new one proves what is there before anything is acknowledged.
void Writer::Impl::abandon_handle() {
  log::error("the database could not be written; opening and verifying it anew");
  connection.reset();
  Result<void> sound = prepare();
  if (sound) sound = connection->verify();
  if (sound) {
    log::warn("the database was verified; going on");
    return;
  }
  dead = sound.error();
  connection.reset();
  options.on_unrecoverable(*dead);
}

/// Memory follows the database, then the callers hear. When the batch was not stored, each of them gets that failure:
/// also a refusal may rest on what another mutation of the batch had written.
void Writer::Impl::finish(Batch& batch, const Result<void>& stored) {
  if (stored) {
    for (auto& effect : batch.effects) run_effect(effect);
  }
  if (batch.rider != nullptr) batch.rider->finish(stored);
  for (std::size_t i = 0; i < batch.jobs.size(); ++i) {
    finish_guarded(batch.jobs[i], stored ? std::move(batch.outcomes[i]) : stored);
  }
}

Writer::Writer(OpenConnection open, WriterOptions options)
    : impl_(std::make_unique<Impl>(std::move(open), std::move(options))) {}

Writer::~Writer() = default;

void Writer::submit(Job job) {
  if (impl_->enqueue(job)) return;
  impl_->counts.count_refusal();
  finish_guarded(job, fail(Code::unavailable, "The server is busy; try again in a moment.", "overloaded"));
}

WriterFigures Writer::figures() const {
  return impl_->counts.figures();
}

void Writer::carry(Rider* rider) {
  const std::lock_guard lock(impl_->mutex);
  check_invariant(impl_->rider == nullptr, "one rider rides with a writer");
  impl_->rider = rider;
}

void Writer::leave(Rider* rider) {
  std::unique_lock lock(impl_->mutex);
  if (impl_->rider == rider) impl_->rider = nullptr;
  impl_->rested.wait(lock,
                     [this, under_way = impl_->batches] { return !impl_->working || impl_->batches != under_way; });
}

/// The lock is taken, so that the writer is either before its look at the rider or asleep.
void Writer::work_waits() {
  { const std::lock_guard lock(impl_->mutex); }
  impl_->ready.notify_one();
}

}  // namespace keyledger::store
