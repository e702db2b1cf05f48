// domain/audit/chain.h: the audit log's lines as a chain: each hash covers the line and the hash before it.
//
// The chain shows that nothing was changed, taken out, put in or reordered between its first line and its last. That
// lines were cut off at the end it cannot show by itself: whoever knows the last id and hash compares them with `head`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "crypto/hash.h"

namespace keyledger::audit {

using crypto::Digest;

struct AuditEntry {
  std::int64_t id = 0;  // counts up by one from 1
  Instant at{};
  std::string actor_kind{};
  std::string actor_name{};
  std::string address{};
  std::string action{};
  std::string subject{};
  std::string details{};
};

/// What the first line is chained to.
[[nodiscard]] Digest genesis();

/// SHA-256 over the previous hash and the entry. Numbers are 8 bytes, big-endian, and each text has its length in
/// front, so that no two entries make the same bytes.
[[nodiscard]] Digest next_hash(const Digest& previous, const AuditEntry& entry);

struct Broken {
  std::int64_t id = 0;  // the line where it shows
  std::string what{};   // a clause for people: "line 7 was changed"
};

/// Reads the log from its first line on. After a break it goes on from the stored hash, so that a later break is seen
/// too and the lines in between are not blamed.
class ChainVerifier {
 public:
  /// Takes the next line. Nothing if it follows from what came before.
  [[nodiscard]] std::optional<Broken> feed(const AuditEntry& entry, std::string_view stored_hash_hex);

  /// Compares the end of what was fed with the id and hash of the line that is known to be the last; id 0 for none.
  [[nodiscard]] std::optional<Broken> head(std::int64_t last_id, std::string_view last_hash_hex) const;

  [[nodiscard]] std::int64_t last_id() const { return last_id_; }
  [[nodiscard]] const Digest& last_hash() const { return last_hash_; }

 private:
  std::int64_t last_id_ = 0;
  Digest last_hash_ = genesis();
};

}  // namespace keyledger::audit
