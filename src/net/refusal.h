// net/refusal.h: why the server itself does not let a request through.
#pragma once

#include <string_view>

#include "net/message.h"

namespace keyledger::net {

/// A refusal is made of constants, so that refusing costs nothing and can never repeat what was sent.
/// After one the connection is closed: where a request ends that we did not understand is anybody's guess.
struct Refusal {
  unsigned status = 400;
  std::string_view code{};
  std::string_view detail{};
};

[[nodiscard]] Reply to_reply(const Refusal& refusal);

}  // namespace keyledger::net
