#include "service/webhooks/queue.h"

#include <fmt/format.h>

#include "base/log.h"
#include "crypto/hash.h"
#include "store/webhook_store.h"

namespace keyledger::service {
namespace {

using store::Transaction;
using store::WebhookStore;

constexpr std::size_t kMessageIdBytes = 18;  // 24 characters

bool wants(std::string_view topics, std::string_view topic) {
  return topics.empty() || fmt::format(",{},", topics).find(fmt::format(",{},", topic)) != std::string::npos;
}

Result<std::vector<WebhookStore::Listener>> listeners_of(Transaction& transaction, const std::string& topic) {
  Result<std::vector<WebhookStore::Listener>> listeners = WebhookStore::listeners(transaction);
  if (!listeners) return listeners;
  std::erase_if(*listeners, [&](const WebhookStore::Listener& listener) { return !wants(listener.topics, topic); });
  return listeners;
}

/// An endpoint that cannot keep up, or does not answer for days on end, hears no more until somebody has looked.
Result<void> disable_full(Transaction& transaction, store::WebhookEndpointId id, Instant now) {
  Result<WebhookStore::Endpoint> endpoint = WebhookStore::get(transaction, id);
  if (!endpoint) return std::unexpected(endpoint.error());
  endpoint->disabled_at = endpoint->updated_at = now;
  endpoint->disabled_reason = fmt::format("More than {} messages are waiting.", WebhookQueue::kPendingMax);
  log::error("a webhook endpoint was disabled", {{"endpoint", id.value}, {"why", endpoint->disabled_reason}});
  return WebhookStore::update(transaction, *endpoint);
}

}  // namespace

std::string topic_text(WebhookTopic topic) {
  std::string text = boost::describe::enum_to_string(topic, "");
  text[text.find('_')] = '.';
  return text;
}

Result<WebhookTopic> parse_topic(std::string_view text) {
  std::string all;
  std::optional<WebhookTopic> found;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<WebhookTopic>>([&](auto enumerator) {
    const std::string topic = topic_text(enumerator.value);
    if (topic == text) found = enumerator.value;
    all += (all.empty() ? "" : ", ") + topic;
  });
  if (found) return *found;
  return fail(Code::invalid_argument, "The topics are " + all + ".", "unknown_value", "topics");
}

std::string WebhookQueue::make_message_id() {
  return "msg_" + crypto::to_base64url(crypto::random_bytes(kMessageIdBytes));
}

Result<bool> WebhookQueue::wanted(Transaction& transaction, WebhookTopic topic) const {
  const Result<std::vector<WebhookStore::Listener>> listeners = listeners_of(transaction, topic_text(topic));
  if (!listeners) return std::unexpected(listeners.error());
  return !listeners->empty();
}

Result<void> WebhookQueue::tell(Transaction& transaction, WebhookTopic topic, const std::vector<WebhookFact>& data,
                                Instant now, std::string message_id) const {
  const std::string text = topic_text(topic);
  const Result<std::vector<WebhookStore::Listener>> listeners = listeners_of(transaction, text);
  if (!listeners) return std::unexpected(listeners.error());
  if (listeners->empty()) return {};
  if (message_id.empty()) message_id = make_message_id();
  const Result<std::optional<std::int64_t>> message =
      WebhookStore::add_message(transaction, {std::move(message_id), text, payload(text, now, data), now});
  if (!message) return std::unexpected(message.error());
  if (!*message) return {};
  for (const WebhookStore::Listener& listener : *listeners) {
    const Result<store::WebhookDeliveryId> queued =
        WebhookStore::add_delivery(transaction, **message, listener.id, now);
    if (!queued) return std::unexpected(queued.error());
    const Result<bool> full = WebhookStore::more_pending_than(transaction, listener.id, kPendingMax);
    if (!full) return std::unexpected(full.error());
    const Result<void> disabled = *full ? disable_full(transaction, listener.id, now) : Result<void>{};
    if (!disabled) return disabled;
  }
  if (wake_) transaction.after_commit([wake = wake_] { wake(); });
  return {};
}

}  // namespace keyledger::service
