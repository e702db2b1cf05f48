// domain/customers/message.h: the text that a new key is sent to its customer with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/secret.h"

namespace keyledger::customers {

struct MessageFacts {
  std::string base_url{};             // without a slash at the end
  std::vector<std::string> limits{};  // in words: "100 requests a day"
  std::optional<Instant> expires_at{};
  std::vector<std::string> allowed_ips{}, allowed_actions{};
  std::optional<Instant> previous_valid_until{};  // after a rotation
};

/// Ready to send. Holds the key, once: it is as secret as the key itself.
[[nodiscard]] std::string message_for(const Secret& key, const MessageFacts& facts);

}  // namespace keyledger::customers
