#include "net/readiness.h"

#include <sys/epoll.h>

#include <array>
#include <boost/asio/bind_allocator.hpp>
#include <system_error>

#include "runtime/turn.h"

namespace keyledger::net {
namespace {

constexpr int kAtOnce = 256;
constexpr int kRoundsMax = 8;
constexpr int kWorthAnotherLook = 3;  // sockets that had something

int new_set() {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return set;
}

}  // namespace

Readiness::Readiness(asio::io_context& context) : set_(context, new_set()) {
  wait();
}

Readiness::~Readiness() = default;

std::optional<std::uint32_t> Readiness::watch(int socket, Watched* watched) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t number = free_.back();
  Slot& slot = slots_[number];
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = std::uint64_t{slot.generation} << 32 | number;
  if (::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, socket, &event) != 0) return std::nullopt;
  free_.pop_back();
  slot.watched = watched;
  return number;
}

void Readiness::forget(std::uint32_t number) {
  Slot& slot = slots_[number];
  slot.watched = nullptr;
  ++slot.generation;
  free_.push_back(number);
}

void Readiness::wait() {
  auto told = [this](const ErrorCode& error) {
    if (error) return;
    tell();
    wait();
  };
  set_.async_wait(asio::posix::descriptor_base::wait_read,
                  asio::bind_allocator(WaitMemory<std::byte>(wait_memory_), std::move(told)));
}

/// While much comes, more has come by the time that it is done: a look at once is cheaper than a wait. A few times
/// only, since the io_context has others to serve; what is left makes the next wait return at once.
void Readiness::tell() {
  for (int round = 0; round < kRoundsMax; ++round) {
    if (tell_once() < kWorthAnotherLook) return;
  }
}

int Readiness::tell_once() {
  const runtime::Turn turn;
  std::array<epoll_event, kAtOnce> events;
  const int count = ::epoll_wait(set_.native_handle(), events.data(), kAtOnce, 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const Slot& slot = slots_[event.data.u64 & 0xffff'ffff];
    if (slot.watched == nullptr || slot.generation != event.data.u64 >> 32) continue;
    slot.watched->on_ready({.in = (event.events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0,
                            .out = (event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0,
                            .hung_up = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0});
  }
  return count;
}

}  // namespace keyledger::net
