// crypto/hash.h: digests, random bytes, encodings, comparison in constant time. Thin over libsodium and OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

namespace keyledger::crypto {

using Bytes = std::vector<std::uint8_t>;
using Digest = std::array<std::uint8_t, 32>;

/// Call once before anything else of this folder. Stops the process if the system has no randomness.
void initialise();

[[nodiscard]] Digest sha256(std::string_view text);
[[nodiscard]] Digest sha256(std::span<const std::uint8_t> bytes);

/// SHA-256 of what comes piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void add(std::span<const std::uint8_t> bytes);
  /// The digest of all that was added; a new one begins.
  [[nodiscard]] Digest finish();
  /// Forgets what was added.
  void reset();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A keyed digest (BLAKE2b-256): equal texts have equal fingerprints, but nobody can try texts without the key.
[[nodiscard]] Digest keyed_digest(std::span<const std::uint8_t> key, std::string_view text);

/// HMAC-SHA256 (RFC 2104), where somebody else checks it.
[[nodiscard]] Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view text);

[[nodiscard]] Bytes random_bytes(std::size_t count);
/// `count` random bytes as base64url without padding: 32 bytes are 43 characters.
[[nodiscard]] Secret random_text(std::size_t count);

[[nodiscard]] bool equal(std::span<const std::uint8_t> left, std::span<const std::uint8_t> right);
[[nodiscard]] bool equal(const Secret& left, const Secret& right);

[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view text);
[[nodiscard]] std::string to_base64url(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::optional<Bytes> from_base64url(std::string_view text);
/// The common alphabet, with padding.
[[nodiscard]] std::string to_base64(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::optional<Bytes> from_base64(std::string_view text);

/// Argon2id in libsodium's text form. Takes about 64 MiB and a tenth of a second: run it on a Pool.
[[nodiscard]] std::string hash_password(const Secret& password);
[[nodiscard]] bool verify_password(const Secret& password, const std::string& hash);

}  // namespace keyledger::crypto
