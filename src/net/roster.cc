#include <algorithm>

#include "net/connection.h"

namespace keyledger::net {
namespace {

using std::chrono::milliseconds;

// Often enough that the shortest limit is kept to a quarter, at most twice a second while there is nobody.
milliseconds tick_for(const ServerLimits& limits) {
  const milliseconds shortest =
      std::min({limits.header_time, limits.body_time, limits.idle_time, limits.answer_time, limits.write_time});
  return std::clamp(shortest / 4, milliseconds{5}, milliseconds{500});
}

}  // namespace

Roster::Roster(Shared* shared) : shared_(shared), tick_(tick_for(shared->limits)) {}

void Roster::employ(asio::io_context& context) {
  timer_.emplace(context);
  readiness_.emplace(context);
}

void Roster::retire() {
  for (std::size_t i = connections_.size(); i-- > 0;) connections_.at(i)->drop();
  timer_.reset();
  readiness_.reset();
}

void Roster::add(Connection* connection) {
  connection->roster_index = connections_.size();
  connections_.push_back(connection);
  if (!armed_) arm();
}

void Roster::remove(Connection* connection) {
  Connection* last = connections_.back();
  connections_[connection->roster_index] = last;
  last->roster_index = connection->roster_index;
  connections_.pop_back();
}

void Roster::arm() {
  armed_ = true;
  timer_->expires_after(tick_);
  timer_->async_wait([this](const ErrorCode& error) {
    armed_ = false;
    if (!error) go_round();
  });
}

// All rounds go from the end: a connection that leaves meanwhile is replaced by the last, which was visited.
void Roster::go_round() {
  const SteadyTime now = std::chrono::steady_clock::now();
  for (std::size_t i = connections_.size(); i-- > 0;) connections_.at(i)->check_deadline(now);
  if (!connections_.empty()) arm();
}

void Roster::stop_all() {
  for (std::size_t i = connections_.size(); i-- > 0;) connections_.at(i)->begin_stop();
}

void Roster::end_all() {
  for (std::size_t i = connections_.size(); i-- > 0;) connections_.at(i)->cut_off();
}

Connection::Connection(Roster* roster, Peer peer)
    : roster_(roster),
      shared_(&roster->shared()),
      peer_(std::move(peer)),
      reader_({shared_->router, &shared_->limits, peer_.local_socket ? nullptr : &shared_->hosts}) {
  roster_->add(this);
  shared_->open.fetch_add(1);
  enter(Phase::handshake, shared_->limits.header_time);
}

Connection::~Connection() {
  leave();
}

void Connection::enter(Phase phase, milliseconds at_most) {
  phase_ = phase;
  expired_ = false;
  deadline_ = std::chrono::steady_clock::now() + at_most;
}

void Connection::leave() {
  if (left_) return;
  left_ = true;
  roster_->remove(this);
  shared_->open.fetch_sub(1);
  if (shared_->stopping) {
    const std::lock_guard lock(shared_->mutex);  // so that the one who waits cannot miss it between look and sleep
    shared_->closed.notify_all();
  }
  on_left();
}

void Connection::check_deadline(SteadyTime now) {
  if (now < deadline_ || phase_ == Phase::streaming) return;
  if (phase_ == Phase::answering) {
    abandon();
    return;
  }
  if (phase_ == Phase::fetching) {
    cut_off();
    return;
  }
  expired_ = true;
  cancel();
}

void Connection::begin_stop() {
  if (phase_ == Phase::streaming) end_stream();
  const bool owes_nothing = phase_ == Phase::idle || phase_ == Phase::handshake || phase_ == Phase::closing;
  if (owes_nothing) cancel();
}

void Connection::cut_off() {
  end();
  // Nothing waits on the socket then, so nothing would notice: the handler's frame goes with its io_context.
  if (phase_ != Phase::answering && phase_ != Phase::streaming && phase_ != Phase::fetching) return;
  abandoned_ = true;
  leave();
}

}  // namespace keyledger::net
