#include "store/writer.h"

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "base/log.h"

namespace keyledger::store {
namespace {

using Effects = std::vector<std::move_only_function<void()>>;

/// What became of the mutations of one batch, in their order.
struct Batch {
  std::vector<Job> jobs{};
  std::vector<Result<void>> outcomes{};
  Effects effects{};
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

bool any_stored(const Batch& batch) {
  return std::any_of(batch.outcomes.begin(), batch.outcomes.end(),
                     [](const auto& outcome) { return outcome.has_value(); });
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
  }

  bool enqueue(Job& job);
  std::vector<Job> take();
  void loop();
  void run(Batch& batch);
  Result<void> prepare();
  Result<void> store(Batch& batch);
  Result<void> apply_all(Batch& batch);
  Result<void> apply_one(Batch& batch, Job& job);
  Result<void> commit();
  void abandon_handle();
  void finish(Batch& batch, const Result<void>& stored);

  const OpenConnection open;
  WriterOptions options;

  std::mutex mutex{};
  std::condition_variable ready{};
  std::deque<Job> queue{};
  bool stopping = false;

  // The writer thread's own.
  std::unique_ptr<Connection> connection{};
  std::optional<Error> dead{};  // set for good when the database could not be verified

  std::atomic<std::int64_t> commits{0}, mutations{0}, refused{0}, queue_depth{0}, commit_nanos{0};
  std::thread thread{};
};

bool Writer::Impl::enqueue(Job& job) {
  const std::lock_guard lock(mutex);
  if (stopping || queue.size() >= options.queue_max) return false;
  queue.push_back(std::move(job));
  queue_depth = static_cast<std::int64_t>(queue.size());
  ready.notify_one();
  return true;
}

/// Waits for work, then takes all that is there, up to a batch. Empty: the end.
std::vector<Job> Writer::Impl::take() {
  std::unique_lock lock(mutex);
  ready.wait(lock, [this] { return stopping || !queue.empty(); });
  const auto count = static_cast<std::ptrdiff_t>(std::min(queue.size(), options.batch_max));
  std::vector<Job> jobs(std::make_move_iterator(queue.begin()), std::make_move_iterator(queue.begin() + count));
  queue.erase(queue.begin(), queue.begin() + count);
  queue_depth = static_cast<std::int64_t>(queue.size());
  return jobs;
}

void Writer::Impl::loop() {
  for (;;) {
    Batch batch{.jobs = take()};
    if (batch.jobs.empty()) break;
    run(batch);
  }
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
  const bool needs_commit = stored && any_stored(batch);  // otherwise there is nothing that a sync could make durable
  if (needs_commit) stored = commit();
  if (needs_commit && stored) return stored;
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
  const Result<void> outcome = batch.outcomes.emplace_back(apply_guarded(job, transaction));
  ++mutations;
  if (!outcome) return connection->rollback_to_savepoint();
  for (auto& effect : transaction.take_effects()) batch.effects.push_back(std::move(effect));
  return connection->release_savepoint();
}

Result<void> Writer::Impl::commit() {
  const auto start = std::chrono::steady_clock::now();
  Result<void> committed = connection->commit();
  commit_nanos += std::chrono::nanoseconds(std::chrono::steady_clock::now() - start).count();
  if (committed) ++commits;
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
  for (std::size_t i = 0; i < batch.jobs.size(); ++i) {
    finish_guarded(batch.jobs[i], stored ? std::move(batch.outcomes[i]) : stored);
  }
}

Writer::Writer(OpenConnection open, WriterOptions options)
    : impl_(std::make_unique<Impl>(std::move(open), std::move(options))) {}

Writer::~Writer() = default;

void Writer::submit(Job job) {
  if (impl_->enqueue(job)) return;
  ++impl_->refused;
  finish_guarded(job, fail(Code::unavailable, "The server is busy; try again in a moment.", "overloaded"));
}

WriterFigures Writer::figures() const {
  return {.commits = impl_->commits,
          .mutations = impl_->mutations,
          .refused = impl_->refused,
          .queue_depth = impl_->queue_depth,
          .commit_time = std::chrono::nanoseconds(impl_->commit_nanos)};
}

}  // namespace keyledger::store
