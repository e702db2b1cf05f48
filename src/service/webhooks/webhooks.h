// service/webhooks/webhooks.h: tells other programs what has happened, signed, from a queue that a crash does not
// empty.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/secret.h"
#include "service/actor.h"
#include "service/core.h"
#include "service/once.h"
#include "service/usage/alarm.h"
#include "service/webhooks/queue.h"
#include "store/webhook_store.h"

namespace keyledger::service {

class EventHub;

using store::DeliveryState;
using store::WebhookDeliveryId;
using store::WebhookEndpointId;

struct WebhookEndpoint {
  WebhookEndpointId id{};
  std::string url{}, description{};
  std::vector<std::string> topics{};  // empty: all
  bool enabled = true;
  std::string disabled_reason{};
  std::int64_t failed_in_a_row = 0;
  std::optional<Instant> last_delivered_at{};
  Instant created_at{}, updated_at{};
};
BOOST_DESCRIBE_STRUCT(WebhookEndpoint, (),
                      (id, url, description, topics, enabled, disabled_reason, failed_in_a_row, last_delivered_at,
                       created_at, updated_at))

struct WebhookDelivery {
  WebhookDeliveryId id{};
  WebhookEndpointId endpoint_id{};
  std::string message_id{};  // "msg_..." as in the header webhook-id; the same for every attempt
  std::string topic{};
  DeliveryState state = DeliveryState::pending;
  std::int64_t attempts = 0;
  std::optional<Instant> next_attempt_at{}, last_attempt_at{}, delivered_at{};
  std::optional<std::int64_t> last_status{};  // HTTP
  std::string last_error{};
  std::string payload{};  // the JSON that is sent
  Instant created_at{};
};
BOOST_DESCRIBE_STRUCT(WebhookDelivery, (),
                      (id, endpoint_id, message_id, topic, state, attempts, next_attempt_at, last_attempt_at,
                       delivered_at, last_status, last_error, payload, created_at))

struct EndpointDraft {
  std::string url{}, description{};
  std::vector<std::string> topics{};
};
struct EndpointPatch {
  std::optional<std::string> url{}, description{};
  std::optional<std::vector<std::string>> topics{};
  std::optional<bool> enabled{};
};

/// An endpoint that was made just now, or has a new signing secret, which is shown this once.
struct MadeEndpoint {
  WebhookEndpoint endpoint{};
  Secret secret{};  // "whsec_..."
};

/// What came of one POST. `status` is set where there was an answer at all.
struct WebhookOutcome {
  std::optional<std::int64_t> status{};
  std::string error{};  // empty: delivered. Kept with the delivery, and never carries a secret
};

/// Calls out of the process. The app implements it.
class WebhookSender {
 public:
  virtual ~WebhookSender() = default;
  /// Whether this address may be told, as far as can be said without calling it.
  /// Errors: invalid_argument, field url, reasons malformed_url, insecure_url (http to other than this machine),
  ///         private_address (this machine or a private network, also where a name leads there).
  [[nodiscard]] virtual runtime::Task<Result<void>> check(std::string url) = 0;
  /// One POST with the three headers of Standard Webhooks. It fails with anything but a 2xx answer in 15 seconds, and
  /// where `check` would.
  [[nodiscard]] virtual runtime::Task<WebhookOutcome> post(std::string url, std::string body, std::string message_id,
                                                           std::string timestamp, std::string signature) = 0;
};

/// How long to wait after so many attempts that failed: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 20 h more,
/// three days in all. Nothing: it is given up.
[[nodiscard]] std::optional<std::chrono::seconds> webhook_pause(std::int64_t attempts);

/// Delivered at least once, in the order of time while all goes well. A receiver that answers 410 is disabled.
class Webhooks {
 public:
  static constexpr std::size_t kEndpointsMax = 50;
  static constexpr std::size_t kTopicsMax = 50;
  static constexpr std::size_t kAtOnce = 4;  // deliveries under way; one to an endpoint
  static constexpr std::chrono::days kKept{90};

  struct Parts {
    Core core{};
    WebhookSender* sender = nullptr;
    const WebhookQueue* queue = nullptr;
    EventHub* events = nullptr;  // or nobody
    Alarm* alarm = nullptr;      // rung when something is due sooner than was known
  };
  explicit Webhooks(Parts parts) : parts_(parts) {}

  [[nodiscard]] runtime::Task<Result<std::vector<WebhookEndpoint>>> list() const;
  /// Errors: not_found, reason unknown_webhook.
  [[nodiscard]] runtime::Task<Result<WebhookEndpoint>> get(WebhookEndpointId id) const;
  /// Errors: those of WebhookSender::check; invalid_argument, reasons unknown_value (topics), too_long,
  ///         control_characters; conflict, reason too_many_endpoints.
  [[nodiscard]] runtime::Task<Result<MadeEndpoint>> create(Actor actor, EndpointDraft draft, Once<MadeEndpoint> once);
  /// While it is disabled nothing new is queued for it, and what is pending waits. Errors: as create; not_found.
  [[nodiscard]] runtime::Task<Result<WebhookEndpoint>> update(Actor actor, WebhookEndpointId id, EndpointPatch patch);
  /// With its deliveries. Errors: not_found, reason unknown_webhook.
  [[nodiscard]] runtime::Task<Result<void>> remove(Actor actor, WebhookEndpointId id);
  /// The one before signs nothing any more. Errors: not_found, reason unknown_webhook.
  [[nodiscard]] runtime::Task<Result<MadeEndpoint>> renew_secret(Actor actor, WebhookEndpointId id);

  struct DeliveryQuery {
    WebhookEndpointId endpoint_id{};
    WebhookDeliveryId before{};  // 0: from the newest on
    std::optional<DeliveryState> state{};
    std::int64_t limit = 50;
  };
  /// One more than `limit` where there are more. Errors: not_found, reason unknown_webhook.
  [[nodiscard]] runtime::Task<Result<std::vector<WebhookDelivery>>> deliveries(DeliveryQuery query) const;
  /// Tries one that is pending now; makes another of one that is over, under the same message id.
  /// Errors: not_found, reason unknown_delivery; conflict, reason endpoint_disabled.
  [[nodiscard]] runtime::Task<Result<WebhookDelivery>> resend(Actor actor, WebhookDeliveryId id);
  /// Sends a message of type "test" now, once, also to an endpoint that is disabled, and answers how it went.
  /// Errors: not_found, reason unknown_webhook.
  [[nodiscard]] runtime::Task<Result<WebhookDelivery>> test(Actor actor, WebhookEndpointId id);

  /// Until `stop`; for the executor of the app, which has one thread, once. Returns after the calls under way.
  [[nodiscard]] runtime::Task<> run();
  void stop();  // from any thread

  /// Delivers all that is due, and answers when the next is. A slow receiver does not hold up the others.
  [[nodiscard]] runtime::Task<Result<std::optional<Instant>>> deliver_due();
  /// Forgets deliveries older than kKept. Answers how many.
  [[nodiscard]] runtime::Task<Result<std::int64_t>> forget_old();

 private:
  struct Attempt;
  /// Starts what is due as far as there is room; answers when the next is.
  [[nodiscard]] runtime::Task<Result<std::optional<Instant>>> begin_due();
  [[nodiscard]] runtime::Task<> deliver(store::WebhookStore::Due due);
  [[nodiscard]] runtime::Task<> attempt(store::WebhookStore::Due due);
  [[nodiscard]] runtime::Task<WebhookOutcome> call(Attempt attempt);
  void announce();

  Parts parts_;
  std::atomic<bool> stopping_{false};
  // What follows belongs to the executor of `run`.
  std::set<WebhookEndpointId> busy_{};
  std::map<WebhookEndpointId, std::uint64_t> served_{};  // the turn in which each was called last
  std::uint64_t turn_ = 0;
  bool unannounced_ = false;
  runtime::SteadyTime announced_at_{};
};

}  // namespace keyledger::service
