#include "crypto/sealing.h"

#include <sodium.h>

#include <algorithm>

namespace keyledger::crypto {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kHeaderBytes = 1 + kIdBytes;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;  // 24
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;       // 16
constexpr std::size_t kSealedBytesMin = kHeaderBytes + kNonceBytes + kTagBytes;

/// The header is bound too, so that a later version cannot be passed off as this one.
Bytes associated_data(std::span<const std::uint8_t> header, std::string_view row) {
  Bytes data(header.size() + row.size());
  std::copy(row.begin(), row.end(), std::copy(header.begin(), header.end(), data.begin()));
  return data;
}

std::unexpected<Error> broken(std::string_view row) {
  return fail(Code::internal, "A stored secret was changed or belongs elsewhere; enter it again.", "seal_broken", {},
              std::string{row});
}

}  // namespace

MasterKey MasterKey::generate() {
  MasterKey key;
  randombytes_buf(key.key_.data(), key.key_.size());
  return key;
}

Result<MasterKey> MasterKey::parse(const Secret& text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::string_view digits = text.reveal();
  digits.remove_prefix(std::min(digits.find_first_not_of(kBlanks), digits.size()));
  digits = digits.substr(0, digits.find_last_not_of(kBlanks) + 1);  // npos + 1 is 0: nothing but blanks
  MasterKey key;
  std::optional<Bytes> bytes = from_hex(digits);
  if (!bytes || bytes->size() != key.key_.size()) {
    if (bytes) sodium_memzero(bytes->data(), bytes->size());
    return fail(Code::invalid_argument, "A master key is 64 hex digits.", "malformed_master_key");
  }
  std::copy(bytes->begin(), bytes->end(), key.key_.begin());
  sodium_memzero(bytes->data(), bytes->size());
  return key;
}

Secret MasterKey::to_text() const {
  return Secret{to_hex(key_)};
}

std::array<std::uint8_t, kIdBytes> MasterKey::id() const {
  const Digest digest = keyed_digest(key_, "keyledger master key id");
  std::array<std::uint8_t, kIdBytes> front{};
  std::copy_n(digest.begin(), front.size(), front.begin());
  return front;
}

Bytes MasterKey::derive(std::string_view purpose) const {
  // The colon keeps every purpose apart from the text that makes the id.
  const Digest digest = keyed_digest(key_, "keyledger derived key:" + std::string{purpose});
  return {digest.begin(), digest.end()};
}

MasterKey::MasterKey(MasterKey&& other) noexcept : key_(other.key_) {
  sodium_memzero(other.key_.data(), other.key_.size());
}

MasterKey& MasterKey::operator=(MasterKey&& other) noexcept {
  if (this == &other) return *this;
  key_ = other.key_;
  sodium_memzero(other.key_.data(), other.key_.size());
  return *this;
}

MasterKey::~MasterKey() {
  sodium_memzero(key_.data(), key_.size());
}

Bytes seal(const MasterKey& key, const Secret& plain, std::string_view row) {
  const std::string_view text = plain.reveal();
  const std::array<std::uint8_t, kIdBytes> id = key.id();
  Bytes sealed(kSealedBytesMin + text.size());
  sealed[0] = kVersion;
  std::copy(id.begin(), id.end(), sealed.begin() + 1);
  std::uint8_t* const nonce = sealed.data() + kHeaderBytes;
  randombytes_buf(nonce, kNonceBytes);  // 192 bits: random ones do not meet
  const Bytes bound = associated_data(std::span{sealed}.first(kHeaderBytes), row);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonceBytes, nullptr,
                                             reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                             bound.data(), bound.size(), nullptr, nonce, key.bytes().data());
  return sealed;
}

bool sealed_under(const MasterKey& key, std::span<const std::uint8_t> sealed) {
  if (sealed.size() < kSealedBytesMin || sealed[0] != kVersion) return false;
  const std::array<std::uint8_t, kIdBytes> id = key.id();
  return std::equal(id.begin(), id.end(), sealed.begin() + 1);
}

Result<Secret> open(const MasterKey& key, std::span<const std::uint8_t> sealed, std::string_view row) {
  if (sealed.size() < kSealedBytesMin || sealed[0] != kVersion) return broken(row);
  if (!sealed_under(key, sealed)) {
    return fail(Code::internal, "A stored secret was sealed under another master key; bring that key file back.",
                "sealed_under_another_key", {}, std::string{row});
  }
  const std::span<const std::uint8_t> nonce = sealed.subspan(kHeaderBytes, kNonceBytes);
  const std::span<const std::uint8_t> cipher = sealed.subspan(kHeaderBytes + kNonceBytes);
  const Bytes bound = associated_data(sealed.first(kHeaderBytes), row);
  std::string plain(cipher.size() - kTagBytes, '\0');
  const int outcome = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr, cipher.data(), cipher.size(), bound.data(),
      bound.size(), nonce.data(), key.bytes().data());
  if (outcome != 0) return broken(row);
  return Secret{std::move(plain)};
}

}  // namespace keyledger::crypto
