// net/readiness.h: which sockets of an I/O thread can be read or written, many told at once.
//
// A set of its own inside that of the io_context, since Asio asks a socket once more for each time that it has
// something: one system call of three for a request.
#pragma once

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/error.h"
#include "net/stream.h"

namespace keyledger::net {

/// What has become of a socket since it was told last. Edges, not levels: what is not read or written until the system
/// says that there is no more is not told again.
struct Ready {
  bool in = false, out = false;
  bool hung_up = false;  // the peer sends nothing more, or the connection is broken: reading tells which
};

class Watched {
 public:
  virtual ~Watched() = default;
  virtual void on_ready(Ready ready) = 0;
};

/// Everything here runs on the thread of the io_context.
class Readiness {
 public:
  explicit Readiness(asio::io_context& context);
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  /// Tells `watched` of the socket from now on. Answers a number for `forget`; nothing where the system has no room.
  [[nodiscard]] std::optional<std::uint32_t> watch(int socket, Watched* watched);
  /// The socket is about to be closed: nothing of it is told any more, not even what is under way.
  void forget(std::uint32_t number);

 private:
  struct Slot {
    Watched* watched = nullptr;
    std::uint32_t generation = 0;  // so that what is under way for a former holder is not told the next
  };
  /// Gives Asio the memory for the one wait that there is; its own caches are emptied by what comes from other threads.
  template <typename T>
  struct WaitMemory {
    using value_type = T;
    explicit WaitMemory(std::byte* at) : memory(at) {}
    template <typename U>
    explicit(false) WaitMemory(const WaitMemory<U>& other) : memory(other.memory) {}
    [[nodiscard]] T* allocate(std::size_t count) {
      static_assert(alignof(T) <= alignof(std::max_align_t));
      check_invariant(count * sizeof(T) <= kWaitBytes, "a wait fits into its memory");
      return reinterpret_cast<T*>(memory);
    }
    void deallocate(T*, std::size_t) {}
    bool operator==(const WaitMemory&) const = default;
    std::byte* memory;
  };
  static constexpr std::size_t kWaitBytes = 256;

  void wait();
  void tell();
  int tell_once();  // how many sockets had something

  asio::posix::basic_stream_descriptor<runtime::Executor> set_;
  std::vector<Slot> slots_{};
  std::vector<std::uint32_t> free_{};
  alignas(std::max_align_t) std::byte wait_memory_[kWaitBytes];
};

}  // namespace keyledger::net
