#include "crypto/hash.h"

#define OPENSSL_API_COMPAT 10101
#include <openssl/sha.h>
#include <sodium.h>

namespace keyledger::crypto {
namespace {

constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

const unsigned char* data_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string encode_base64(std::span<const std::uint8_t> bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');  // one more than the text, for the zero
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  text.pop_back();
  return text;
}

std::string encode_base64url(std::span<const std::uint8_t> bytes) {
  return encode_base64(bytes, kVariant);
}

std::optional<Bytes> decode_base64(std::string_view text, int variant) {
  Bytes bytes(text.size() / 4 * 3 + 3);
  std::size_t length = 0;
  const char* end = nullptr;
  const int outcome = sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), /*ignore=*/nullptr,
                                        &length, &end, variant);
  if (outcome != 0 || end != text.data() + text.size()) return std::nullopt;
  bytes.resize(length);
  return bytes;
}

}  // namespace

void initialise() {
  check_invariant(sodium_init() >= 0, "the system has randomness");  // 1 when it was called before
}

Digest sha256(std::span<const std::uint8_t> bytes) {
  Digest digest;
  SHA256(bytes.data(), bytes.size(), digest.data());
  return digest;
}

Digest sha256(std::string_view text) {
  return sha256(std::span{data_of(text), text.size()});
}

/// By the functions that OpenSSL 3 would rather see replaced: its newer ones allocate for each digest, and every call
/// of a customer begins with one. They run the same code, with the processor's instructions where it has them.
struct Sha256::Impl {
  SHA256_CTX context{};
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {
  reset();
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::reset() {
  check_invariant(SHA256_Init(&impl_->context) == 1, "a digest can begin");
}

void Sha256::add(std::span<const std::uint8_t> bytes) {
  check_invariant(SHA256_Update(&impl_->context, bytes.data(), bytes.size()) == 1, "a digest takes bytes");
}

Digest Sha256::finish() {
  Digest digest;
  check_invariant(SHA256_Final(digest.data(), &impl_->context) == 1, "a digest can end");
  reset();
  return digest;
}

Digest keyed_digest(std::span<const std::uint8_t> key, std::string_view text) {
  check_invariant(key.size() >= crypto_generichash_KEYBYTES_MIN && key.size() <= crypto_generichash_KEYBYTES_MAX,
                  "a digest's key has 16 to 64 bytes");
  Digest digest;
  crypto_generichash(digest.data(), digest.size(), data_of(text), text.size(), key.data(), key.size());
  return digest;
}

Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view text) {
  Digest digest;
  crypto_auth_hmacsha256_state state;  // unlike the one-step function it takes a key of any length
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, data_of(text), text.size());
  crypto_auth_hmacsha256_final(&state, digest.data());
  sodium_memzero(&state, sizeof state);
  return digest;
}

Bytes random_bytes(std::size_t count) {
  Bytes bytes(count);
  if (count > 0) randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

Secret random_text(std::size_t count) {
  Bytes bytes = random_bytes(count);
  Secret text{encode_base64url(bytes)};
  sodium_memzero(bytes.data(), bytes.size());
  return text;
}

bool equal(std::span<const std::uint8_t> left, std::span<const std::uint8_t> right) {
  if (left.size() != right.size()) return false;
  return left.empty() || sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

bool equal(const Secret& left, const Secret& right) {
  const std::string_view one = left.reveal();
  const std::string_view other = right.reveal();
  return equal(std::span{data_of(one), one.size()}, std::span{data_of(other), other.size()});
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
  Bytes bytes(text.size() / 2 + 1);  // never none: libsodium takes no null pointer
  std::size_t length = 0;
  const char* end = nullptr;
  const int outcome =
      sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), /*ignore=*/nullptr, &length, &end);
  if (outcome != 0 || end != text.data() + text.size()) return std::nullopt;
  bytes.resize(length);
  return bytes;
}

std::string to_base64url(std::span<const std::uint8_t> bytes) {
  return encode_base64url(bytes);
}

std::optional<Bytes> from_base64url(std::string_view text) {
  return decode_base64(text, kVariant);
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
  return encode_base64(bytes, sodium_base64_VARIANT_ORIGINAL);
}

std::optional<Bytes> from_base64(std::string_view text) {
  return decode_base64(text, sodium_base64_VARIANT_ORIGINAL);
}

std::string hash_password(const Secret& password) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  const std::string_view plain = password.reveal();
  const int outcome = crypto_pwhash_str_alg(text.data(), plain.data(), plain.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13);
  // It only fails without memory. Going on would store a hash that nobody can sign in with.
  check_invariant(outcome == 0, "there are 64 MiB to hash a password");
  return text.data();
}

bool verify_password(const Secret& password, const std::string& hash) {
  if (!hash.starts_with(crypto_pwhash_STRPREFIX) || hash.size() >= crypto_pwhash_STRBYTES) return false;
  const std::string_view plain = password.reveal();
  return crypto_pwhash_str_verify(hash.c_str(), plain.data(), plain.size()) == 0;
}

}  // namespace keyledger::crypto
