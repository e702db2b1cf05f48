// service/admission/chunks.h: a sequence that grows without moving what it holds, or keeping half of its memory spare.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace keyledger::service {

/// Elements by number, in arrays of kSize. Places that were freed are used again. Not thread-safe.
template <typename T>
class Chunks {
 public:
  static constexpr std::uint32_t kSize = 128;

  [[nodiscard]] T& operator[](std::uint32_t index) { return chunks_[index / kSize][index % kSize]; }
  [[nodiscard]] const T& operator[](std::uint32_t index) const { return chunks_[index / kSize][index % kSize]; }

  /// The number of a place for one more; what it holds is as it was left, or new.
  [[nodiscard]] std::uint32_t add() {
    if (!free_.empty()) {
      const std::uint32_t index = free_.back();
      free_.pop_back();
      return index;
    }
    if (count_ % kSize == 0) chunks_.push_back(std::make_unique<T[]>(kSize));
    return count_++;
  }
  void free(std::uint32_t index) { free_.push_back(index); }
  [[nodiscard]] std::size_t used() const { return count_ - free_.size(); }

 private:
  std::vector<std::unique_ptr<T[]>> chunks_{};
  std::vector<std::uint32_t> free_{};
  std::uint32_t count_ = 0;
};

}  // namespace keyledger::service
