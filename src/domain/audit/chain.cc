#include "domain/audit/chain.h"

#include <fmt/format.h>

#include <algorithm>

namespace keyledger::audit {
namespace {

/// The bytes that a hash covers.
class Encoding {
 public:
  Encoding& number(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    for (int shift = 56; shift >= 0; shift -= 8) bytes_.push_back(static_cast<char>((bits >> shift) & 0xffU));
    return *this;
  }
  Encoding& text(std::string_view value) {
    number(static_cast<std::int64_t>(value.size()));
    bytes_ += value;
    return *this;
  }
  [[nodiscard]] Digest digest() const { return crypto::sha256(bytes_); }

 private:
  std::string bytes_{};
};

std::optional<Digest> digest_of(std::string_view hex) {
  const std::optional<crypto::Bytes> bytes = crypto::from_hex(hex);
  Digest digest{};
  if (!bytes || bytes->size() != digest.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

std::string missing(std::int64_t first, std::int64_t last) {
  if (first == last) return fmt::format("line {} is missing", first);
  return fmt::format("lines {} to {} are missing", first, last);
}

}  // namespace

Digest genesis() {
  return Encoding{}.text("keyledger audit log, version 1").digest();
}

Digest next_hash(const Digest& previous, const AuditEntry& entry) {
  Encoding encoding;
  encoding.text({reinterpret_cast<const char*>(previous.data()), previous.size()});
  encoding.number(entry.id).number(to_millis(entry.at));
  for (const std::string* text :
       {&entry.actor_kind, &entry.actor_name, &entry.address, &entry.action, &entry.subject, &entry.details}) {
    encoding.text(*text);
  }
  return encoding.digest();
}

std::optional<Broken> ChainVerifier::feed(const AuditEntry& entry, std::string_view stored_hash_hex) {
  const std::int64_t before = last_id_;
  const Digest expected = next_hash(last_hash_, entry);
  const std::optional<Digest> stored = digest_of(stored_hash_hex);
  last_id_ = entry.id;
  last_hash_ = stored.value_or(expected);
  if (entry.id <= before) {
    return Broken{entry.id, fmt::format("line {} stands after line {}", entry.id, before)};
  }
  if (entry.id - 1 > before) return Broken{entry.id, missing(before + 1, entry.id - 1)};
  if (!stored) return Broken{entry.id, fmt::format("the hash of line {} cannot be read", entry.id)};
  if (*stored != expected) return Broken{entry.id, fmt::format("line {} was changed", entry.id)};
  return std::nullopt;
}

std::optional<Broken> ChainVerifier::head(std::int64_t last_id, std::string_view last_hash_hex) const {
  if (last_id_ < last_id) return Broken{last_id_ + 1, missing(last_id_ + 1, last_id)};
  if (last_id_ > last_id) return Broken{last_id + 1, fmt::format("line {} was added behind the last", last_id + 1)};
  if (last_id == 0) return std::nullopt;
  if (digest_of(last_hash_hex) == last_hash_) return std::nullopt;
  return Broken{last_id, fmt::format("line {} is not the one that was written last", last_id)};
}

}  // namespace keyledger::audit
