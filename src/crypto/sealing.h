// crypto/sealing.h: secrets at rest, XChaCha20-Poly1305 under the master key.
//
// Form:  version (1 byte: 1), key id (4), nonce (24), ciphertext with tag. The key id is the front of a digest of the
//        key, so that rows sealed under an older key are told apart. The row's identity is bound as associated data: a
//        sealed value that is copied to another row does not open there.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "crypto/hash.h"

namespace keyledger::crypto {

/// 32 bytes that are wiped when they go. The fingerprint key is derived from it, never the key itself.
class MasterKey {
 public:
  [[nodiscard]] static MasterKey generate();
  /// Reads 64 hex digits, blanks around them allowed. Errors: invalid_argument, reason malformed_master_key.
  [[nodiscard]] static Result<MasterKey> parse(const Secret& text);
  [[nodiscard]] Secret to_text() const;
  [[nodiscard]] std::array<std::uint8_t, 4> id() const;
  [[nodiscard]] Bytes derive(std::string_view purpose) const;  // 32 bytes; different purposes give unrelated keys

  MasterKey(MasterKey&&) noexcept;
  MasterKey& operator=(MasterKey&&) noexcept;
  ~MasterKey();
  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return key_; }

 private:
  MasterKey() = default;
  std::array<std::uint8_t, 32> key_{};
};

/// "provider_keys/17/full_key": what a sealed value belongs to.
[[nodiscard]] Bytes seal(const MasterKey& key, const Secret& plain, std::string_view row);
/// Errors: internal, reason sealed_under_another_key (the key id differs) or seal_broken (changed, or of another row).
[[nodiscard]] Result<Secret> open(const MasterKey& key, std::span<const std::uint8_t> sealed, std::string_view row);
/// Whether a sealed value was sealed under this key.
[[nodiscard]] bool sealed_under(const MasterKey& key, std::span<const std::uint8_t> sealed);

}  // namespace keyledger::crypto
