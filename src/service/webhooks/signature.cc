#include "service/webhooks/signature.h"

#include <fmt/format.h>

#include "crypto/hash.h"

namespace keyledger::service {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kSecretBytes = 32;  // the specification asks for 24 to 64

}  // namespace

Secret make_webhook_secret() {
  return Secret{std::string{kPrefix} + crypto::to_base64(crypto::random_bytes(kSecretBytes))};
}

Result<std::string> sign_webhook(const Secret& secret, std::string_view id, std::int64_t unix_seconds,
                                 std::string_view body) {
  const std::string_view text = secret.reveal();
  std::optional<crypto::Bytes> key;
  if (text.starts_with(kPrefix)) key = crypto::from_base64(text.substr(kPrefix.size()));
  if (!key) return fail(Code::internal, "The webhook's secret is none; make a new one.", "seal_broken");
  const crypto::Digest digest = crypto::hmac_sha256(*key, fmt::format("{}.{}.{}", id, unix_seconds, body));
  return "v1," + crypto::to_base64(digest);
}

}  // namespace keyledger::service
