// service/webhooks/queue.h: what has happened, put into the queue of webhooks by whoever makes it happen.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/instant.h"
#include "base/money.h"
#include "store/database.h"

namespace keyledger::service {

/// What can be told. A topic is written with a dot in place of its first underscore: "invoice.finalised".
BOOST_DEFINE_ENUM_CLASS(WebhookTopic, invoice_finalised, invoice_paid, subscription_changed, limit_reached, key_revoked,
                        rental_expired, budget_reached)
[[nodiscard]] std::string topic_text(WebhookTopic topic);
/// Errors: invalid_argument, reason unknown_value, field topics.
[[nodiscard]] Result<WebhookTopic> parse_topic(std::string_view text);

/// A member of a message's `data`. Nothing secret is ever one.
struct WebhookFact {
  std::string name{};
  std::variant<std::nullptr_t, std::string, std::int64_t, bool, Money, Instant> value{nullptr};
};

class WebhookQueue {
 public:
  /// What may wait for one endpoint. Past it the endpoint is disabled, which its reason says: nothing is lost in
  /// silence.
  static constexpr std::int64_t kPendingMax = 100'000;

  /// Writes {"type": topic, "timestamp": ..., "data": {...}} as JSON.
  using Format = std::function<std::string(std::string_view topic, Instant at, const std::vector<WebhookFact>& data)>;
  explicit WebhookQueue(Format format) : format_(std::move(format)) {}

  /// Queues a message for every endpoint that wants the topic, inside the caller's transaction: it goes out if and only
  /// if that commits. Costs one read where nobody wants it. `message_id` is for what may be told again and shall be
  /// queued once: of a message that is there already nothing is queued.
  [[nodiscard]] Result<void> tell(store::Transaction& transaction, WebhookTopic topic,
                                  const std::vector<WebhookFact>& data, Instant now, std::string message_id = {}) const;
  /// Whether any endpoint wants it: for those who would have to read what they tell.
  [[nodiscard]] Result<bool> wanted(store::Transaction& transaction, WebhookTopic topic) const;
  /// Called after each commit that has queued something: wakes the deliveries. Set before the first.
  void when_told(std::function<void()> wake) { wake_ = std::move(wake); }

  [[nodiscard]] std::string payload(std::string_view type, Instant at, const std::vector<WebhookFact>& data) const {
    return format_(type, at, data);
  }
  /// "msg_" and 24 random characters.
  [[nodiscard]] static std::string make_message_id();

 private:
  Format format_;
  std::function<void()> wake_{};
};

}  // namespace keyledger::service
