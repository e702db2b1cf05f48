// providers/call.h: one call to a provider, repeated with patience, its answer parsed and its refusal explained.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "json/value.h"
#include "providers/provider.h"

namespace keyledger::providers {

/// What a provider makes of an answer that is neither 2xx nor 3xx: a finding whose code stands in the table of
/// domain/keys/findings.h. `body` is null where the answer was not JSON. The provider's words may be put into
/// provider_message as they came: the Caller removes keys from them and shortens them; it also fills provider_status.
using Classify = std::function<keys::Finding(unsigned status, const net::Headers& headers, const json::Value& body)>;

/// How long a call is repeated. A single Retry-After over what is left of wait_max ends it at once.
struct Patience {
  int attempts_max = 4;
  std::chrono::milliseconds wait_max{60'000};  // all pauses of one call together
  bool repeat_timeouts = true;                 // a call that nobody answered in time took long already
};
inline constexpr Patience kSyncPatience{};
/// A person waits for a key test: one repetition, and not long.
inline constexpr Patience kTestPatience{
    .attempts_max = 2, .wait_max = std::chrono::milliseconds{5'000}, .repeat_timeouts = false};

/// Whether a request may be sent again after a connection broke, when nobody knows whether the provider saw it.
enum class Repeat {
  safe,    // it only reads
  unsafe,  // it uses up quota or changes something: only a refusal that says "later" is repeated
};

struct Call {
  net::ClientRequest request{};  // base, target, secret and its header; the method is GET unless set
  Classify classify{};           // empty: classify_by_status
  Repeat repeat = Repeat::safe;
  Patience patience = kSyncPatience;
};

/// What came of a call.
struct Answer {
  std::optional<json::Value> body{};  // whatever JSON came, also with an error
  unsigned status = 0;                // 0: there was no answer
  net::Headers headers{};
  std::optional<keys::Finding> finding{};  // why it is of no use; nothing with a 2xx and a JSON body

  [[nodiscard]] bool ok() const { return !finding; }
  /// The parsed body, or null.
  [[nodiscard]] const json::Value& json() const;
};

/// A request with the key as a Bearer token; JSON is asked for.
[[nodiscard]] net::ClientRequest bearer_request(const net::BaseUrl& base, std::string target, const Secret& key);

class Caller {
 public:
  /// Both outlive the Caller. Without a seed the back-off's jitter differs from process to process.
  Caller(const Http* http, const Clock* clock, std::optional<std::uint64_t> jitter_seed = std::nullopt);

  /// Sends, and sends again (exponential back-off with jitter, Retry-After, retry-after-ms, x-should-retry) after 408,
  /// 409, 429 that is classified as rate_limited, 500, 502, 503, 504, 529, and after broken connections where that is
  /// safe. A 2xx that is not JSON is malformed_answer; 3xx is unexpected_answer and is never followed. No finding ever
  /// contains the key.
  [[nodiscard]] Task<Answer> send(Call call) const;
  /// The commonest call: GET, key as Bearer token, patience of a sync.
  [[nodiscard]] Task<Answer> get(net::BaseUrl base, std::string target, Secret key, Classify classify = {}) const;

  [[nodiscard]] const Clock& clock() const { return *clock_; }

 private:
  [[nodiscard]] std::chrono::milliseconds backoff(int attempt) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> pause_before(const Answer& answer, const Call& call,
                                                                      int attempt,
                                                                      std::chrono::milliseconds waited) const;

  const Http* http_;
  const Clock* clock_;
  mutable std::atomic<std::uint64_t> jitter_;
};

// Pieces for classify functions.

/// The finding that a status alone suggests: 401 key_rejected, 402 billing_problem, 403 permission_denied, 429
/// rate_limited, 529 provider_overloaded, 408 and other 5xx provider_error, anything else unexpected_answer; with
/// error_message and Retry-After (seconds).
[[nodiscard]] keys::Finding classify_by_status(unsigned status, const net::Headers& headers, const json::Value& body);
/// The provider's own words out of the shapes that are in use: {"error": {"message"}}, {"error": "..."}, {"message"},
/// {"detail"} (text, or an object or list with message or msg), {"error_description"}, {"code", "error"}. Else empty.
[[nodiscard]] std::string error_message(const json::Value& body);
/// A provider's words, without what looks like a key and not too long, for findings that no Caller has cleaned.
[[nodiscard]] std::string provider_words(std::string_view text);

/// The finding for a failure of the connection (`reason` of net/client.h).
[[nodiscard]] keys::Finding connection_finding(const Error& error);

/// The verdict, code and words of a finding as the result of a key test; a valid key has no finding.
[[nodiscard]] KeyTest key_test(const std::optional<keys::Finding>& finding);

/// How long a provider asks to wait: retry-after-ms, or Retry-After in seconds or as an HTTP date.
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_after(const net::Headers& headers, Instant now);

/// Percent-encodes everything but unreserved characters, for query values and path segments.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace keyledger::providers
