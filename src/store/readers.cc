#include "store/readers.h"

#include <mutex>

#include "runtime/pool.h"

namespace keyledger::store {

struct Readers::Impl {
  Impl(OpenConnection open_connection, std::size_t threads, std::size_t queue_max)
      : open(std::move(open_connection)), pool(threads, queue_max) {}

  Result<std::unique_ptr<Connection>> borrow();
  void give_back(std::unique_ptr<Connection> connection);
  Result<void> read(Job& job);

  const OpenConnection open;
  std::mutex mutex{};
  std::vector<std::unique_ptr<Connection>> idle{};  // never more than there are threads
  runtime::Pool pool;                               // last: its threads end before the connections go
};

/// The connection that was used last comes first: its pages are the warmest.
Result<std::unique_ptr<Connection>> Readers::Impl::borrow() {
  {
    const std::lock_guard lock(mutex);
    if (!idle.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle.back());
      idle.pop_back();
      return connection;
    }
  }
  return open();
}

void Readers::Impl::give_back(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex);
  idle.push_back(std::move(connection));
}

Result<void> Readers::Impl::read(Job& job) {
  Result<std::unique_ptr<Connection>> connection = borrow();
  if (!connection) return std::unexpected(connection.error());
  const Result<void> begun = (*connection)->begin(Access::read);
  if (!begun) return begun;  // the connection goes, and with it whatever is wrong with it
  Transaction transaction(**connection);
  Result<void> outcome = apply_guarded(job, transaction);
  const Result<void> ended = (*connection)->rollback();
  const bool sound = ended && (outcome || outcome.error().reason != "io_error");
  if (sound) give_back(std::move(*connection));
  return outcome;
}

Readers::Readers(OpenConnection open, std::size_t threads, std::size_t queue_max)
    : impl_(std::make_unique<Impl>(std::move(open), threads, queue_max)) {}

Readers::~Readers() = default;

void Readers::submit(Job job) {
  auto shared = std::make_shared<Job>(std::move(job));
  const bool queued =
      impl_->pool.submit([impl = impl_.get(), shared] { finish_guarded(*shared, impl->read(*shared)); });
  if (queued) return;
  finish_guarded(*shared, fail(Code::unavailable, "The server is busy; try again in a moment.", "overloaded"));
}

}  // namespace keyledger::store
