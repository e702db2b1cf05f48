// service/admission/chunks.h: a sequence that grows without moving what it holds, or keeping half of its memory spare.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "service/admission/wide_memory.h"

namespace keyledger::service {

/// Elements by number, in arrays of kSize. Places that were freed are used again. Not thread-safe.
template <typename T, typename Allocator = WideAllocator<T>>
class Chunks {
 public:
  static constexpr std::uint32_t kSize = 128;

  Chunks() = default;
  Chunks(const Chunks&) = delete;
  Chunks& operator=(const Chunks&) = delete;
  ~Chunks() {
    for (T* const chunk : chunks_) {
      std::destroy_n(chunk, kSize);
      Allocator{}.deallocate(chunk, kSize);
    }
  }

  [[nodiscard]] T& operator[](std::uint32_t index) { return chunks_[index / kSize][index % kSize]; }
  [[nodiscard]] const T& operator[](std::uint32_t index) const { return chunks_[index / kSize][index % kSize]; }

  /// The number of a place for one more; what it holds is as it was left, or new.
  [[nodiscard]] std::uint32_t add() {
    if (!free_.empty()) {
      const std::uint32_t index = free_.back();
      free_.pop_back();
      return index;
    }
    if (count_ % kSize == 0) {
      T* const chunk = Allocator{}.allocate(kSize);
      std::uninitialized_value_construct_n(chunk, kSize);
      chunks_.push_back(chunk);
    }
    return count_++;
  }
  void free(std::uint32_t index) { free_.push_back(index); }
  [[nodiscard]] std::size_t used() const { return count_ - free_.size(); }

 private:
  std::vector<T*> chunks_{};
  std::vector<std::uint32_t> free_{};
  std::uint32_t count_ = 0;
};

}  // namespace keyledger::service
