#include "service/admission/wide_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>

namespace keyledger::service {
namespace {

constexpr std::size_t kLine = 64;
constexpr std::size_t kWidePage = std::size_t{2} << 20;
constexpr std::size_t kPieceMin = std::size_t{64} << 10, kPieceMax = std::size_t{32} << 20;

std::size_t rounded(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

/// What is free, by size. A look takes the front of the smallest that will do.
class Pieces {
 public:
  void* take(std::size_t bytes) {
    const std::size_t size = rounded(bytes, kLine);
    const std::lock_guard lock(mutex_);
    auto found = free_.lower_bound(size);
    if (found == free_.end()) found = map_piece(size);
    const auto [room, memory] = *found;
    free_.erase(found);
    if (room > size) free_.emplace(room - size, memory + size);
    used_ += size;
    return memory;
  }
  void give(void* memory, std::size_t bytes) noexcept {
    const std::size_t size = rounded(bytes, kLine);
    const std::lock_guard lock(mutex_);
    free_.emplace(size, static_cast<std::byte*>(memory));
    used_ -= size;
  }
  std::size_t used() {
    const std::lock_guard lock(mutex_);
    return used_;
  }

 private:
  using Free = std::multimap<std::size_t, std::byte*>;

  /// As large as all before it together, so that few keys do not take a wide page to themselves. What is not touched
  /// yet of a piece takes no memory.
  Free::iterator map_piece(std::size_t at_least) {
    const std::size_t size = std::max(rounded(at_least, kPieceMin), std::clamp(mapped_, kPieceMin, kPieceMax));
    const bool wide = size >= kWidePage;
    const std::size_t asked = wide ? size + kWidePage : size;  // so that a wide page can begin in it
    void* const memory = ::mmap(nullptr, asked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    mapped_ += size;
    auto* begin = static_cast<std::byte*>(memory);
    if (wide) {
      begin += -reinterpret_cast<std::uintptr_t>(memory) % kWidePage;
      ::madvise(begin, size, MADV_HUGEPAGE);  // a wish: where it is not granted, pages are as they were
    }
    return free_.emplace(size, begin);
  }

  std::mutex mutex_{};
  std::size_t mapped_ = 0, used_ = 0;
  Free free_{};
};

/// Never destroyed, since tables may outlive it then.
Pieces& pieces() {
  static Pieces& made = *new Pieces;
  return made;
}

}  // namespace

void* take_wide(std::size_t bytes) {
  return pieces().take(bytes);
}

void give_wide(void* memory, std::size_t bytes) noexcept {
  pieces().give(memory, bytes);
}

std::size_t wide_memory() {
  return pieces().used();
}

}  // namespace keyledger::service
