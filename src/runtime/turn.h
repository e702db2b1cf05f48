// runtime/turn.h: what a thread does in one go, and what it puts off until the end of it.
#pragma once

namespace keyledger::runtime {

/// One go of an event loop's thread: everything that was ready. What is brought to another thread meanwhile is worth
/// one word at the end, not one each. Turns may lie within each other; the outermost counts.
class Turn {
 public:
  Turn();
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
};

/// Calls `action(subject)` at the end of this thread's turn, once however often it was asked for; at once on a thread
/// that has no turn. `subject` lives until then.
void at_turn_end(void (*action)(void*), void* subject);

}  // namespace keyledger::runtime
