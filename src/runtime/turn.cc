#include "runtime/turn.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace keyledger::runtime {
namespace {

using Action = std::pair<void (*)(void*), void*>;

thread_local int depth = 0;
thread_local std::vector<Action> actions;

}  // namespace

Turn::Turn() {
  ++depth;
}

/// What an action asks for in its turn is done as well.
Turn::~Turn() {
  if (depth == 1) {
    for (std::size_t i = 0; i < actions.size(); ++i) {
      const Action action = actions[i];
      action.first(action.second);
    }
    actions.clear();
  }
  --depth;
}

void at_turn_end(void (*action)(void*), void* subject) {
  if (depth == 0) {
    action(subject);
    return;
  }
  const Action wanted{action, subject};
  if (std::ranges::find(actions, wanted) == actions.end()) actions.push_back(wanted);
}

}  // namespace keyledger::runtime
