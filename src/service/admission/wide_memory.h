// service/admission/wide_memory.h: memory in pages of 2 MiB, for what is looked into at random and does not shrink.
//
// Among a million keys nearly every look is into a page of 4 KiB of which the processor no longer knows where it lies,
// and to find that out takes longer than to fetch what is there. Of pages of 2 MiB it knows all. What is given back is
// kept for what comes next; nothing goes back to the system.
#pragma once

#include <cstddef>
#include <new>

namespace keyledger::service {

/// At least so many bytes, at the beginning of a line of the processor's cache. Thread-safe. Throws std::bad_alloc.
[[nodiscard]] void* take_wide(std::size_t bytes);
/// What take_wide answered for so many bytes.
void give_wide(void* memory, std::size_t bytes) noexcept;
/// How many bytes are taken; malloc's figures do not have them.
[[nodiscard]] std::size_t wide_memory();

template <typename T>
struct WideAllocator {
  using value_type = T;
  WideAllocator() = default;
  template <typename Other>
  WideAllocator(const WideAllocator<Other>&) {}
  [[nodiscard]] T* allocate(std::size_t count) { return static_cast<T*>(take_wide(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t count) noexcept { give_wide(memory, count * sizeof(T)); }
  bool operator==(const WideAllocator&) const { return true; }
};

}  // namespace keyledger::service
