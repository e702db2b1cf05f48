#include "net/plain_stream.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace keyledger::net {
namespace {

ErrorCode last_error() {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return asio::error::would_block;
  return {errno, boost::system::system_category()};
}

}  // namespace

PlainStream::PlainStream(Readiness* readiness, Socket socket, Listener* listener)
    : readiness_(readiness), executor_(socket.get_executor()), listener_(listener) {
  ErrorCode error;
  socket_ = socket.release(error);
  if (error) socket_ = -1;
  if (open()) number_ = readiness_->watch(socket_, this);
  if (!number_) close();
}

PlainStream::~PlainStream() {
  close();
}

/// Where less came than there was room for, all was taken that there is; but the end of the stream may lie behind it.
Moved PlainStream::read_at_once(std::span<char> room) {
  if (!open()) return {.error = asio::error::operation_aborted};
  if (!readable_) return {.error = asio::error::would_block};
  const ssize_t bytes = TEMP_FAILURE_RETRY(::recv(socket_, room.data(), room.size(), MSG_DONTWAIT));
  if (bytes == 0) return {.error = asio::error::eof};
  if (bytes > 0) {
    readable_ = hung_up_ || static_cast<std::size_t>(bytes) == room.size();
    return {.bytes = static_cast<std::size_t>(bytes)};
  }
  const Moved failed{.error = last_error()};
  if (failed.later()) readable_ = false;
  return failed;
}

Moved PlainStream::write_at_once(std::string_view bytes) {
  if (!open()) return {.error = asio::error::operation_aborted};
  const ssize_t written = TEMP_FAILURE_RETRY(::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
  if (written < 0) return {.error = last_error()};
  return {.bytes = static_cast<std::size_t>(written)};
}

runtime::Task<bool> PlainStream::wait_in(Waiting** place) {
  Waiting waiting;
  *place = &waiting;
  co_await waiting.wait();
  co_return !waiting.cancelled;
}

runtime::Task<Moved> PlainStream::read_some(std::span<char> room) {
  for (;;) {
    const Moved moved = read_at_once(room);
    if (!moved.later()) co_return moved;
    const bool ready = co_await wait_in(&reader_);
    if (!ready) co_return Moved{.error = asio::error::operation_aborted};
  }
}

runtime::Task<Moved> PlainStream::write_some(std::string_view bytes) {
  for (;;) {
    const Moved moved = write_at_once(bytes);
    if (!moved.later()) co_return moved;
    const bool ready = co_await wait_in(&writer_);
    if (!ready) co_return Moved{.error = asio::error::operation_aborted};
  }
}

void PlainStream::wake(Waiting*& waiting, bool cancelled) {
  Waiting* const woken = std::exchange(waiting, nullptr);
  if (woken == nullptr) return;
  woken->cancelled = cancelled;
  runtime::WaiterList one;
  one.push_back(*woken);
  runtime::wake_all(std::move(one));
}

/// The listener comes last: it may end this.
void PlainStream::on_ready(Ready ready) {
  hung_up_ = hung_up_ || ready.hung_up;
  if (ready.out) wake(writer_, false);
  if (!ready.in) return;
  readable_ = true;
  if (reader_ != nullptr) {
    wake(reader_, false);
  } else {
    listener_->on_input();
  }
}

void PlainStream::cancel() {
  wake(reader_, true);
  wake(writer_, true);
}

void PlainStream::close() {
  if (open()) {
    if (number_) readiness_->forget(*number_);
    ::close(socket_);
  }
  socket_ = -1;
  cancel();
}

void PlainStream::shut_down_sending() {
  if (open()) ::shutdown(socket_, SHUT_WR);
}

void PlainStream::reset_when_closed() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  if (open()) ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

}  // namespace keyledger::net
