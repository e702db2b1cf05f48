// domain/keys/linking.h: which of the keys that a provider lists are the ones that we hold.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/secret.h"

namespace keyledger::keys {

struct StoredKey {
  ProviderKeyId id{};
  const Secret* key = nullptr;  // outlives the call
};

struct RemoteListed {
  std::string id{};          // key_..., apikey_...
  std::string redacted{};    // may be empty
  std::string sha256_hex{};  // of the whole key text; empty where the provider does not give it
};

struct Link {
  ProviderKeyId key{};
  std::string remote_id{};
  bool exact = false;  // by digest; otherwise by the one redacted form that fits
  bool operator==(const Link&) const = default;
};

/// Decides the links that need no person, in the order of the stored keys.
///
/// A digest is exact and wins: both sides then take no part in the rest. A remote key with a digest that no stored key
/// has is none of ours, whatever its redacted form looks like. Of the rest, a pair is linked only if the stored key
/// fits exactly one remote key and that one fits exactly one stored key. A remote key that is listed twice counts once.
[[nodiscard]] std::vector<Link> decide_links(std::span<const StoredKey> stored, std::span<const RemoteListed> remote);

}  // namespace keyledger::keys
