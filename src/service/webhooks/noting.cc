#include "service/webhooks/noting.h"

#include <array>

#include "base/utf8.h"
#include "service/audit.h"
#include "service/webhooks/views.h"

namespace keyledger::service {
namespace {

using store::Transaction;
using store::WebhookStore;
using Delivery = WebhookStore::Delivery;
using Endpoint = WebhookStore::Endpoint;

constexpr std::size_t kErrorBytesMax = 500;
constexpr std::int64_t kGone = 410;
const Actor kSelf{ActorKind::system, "webhooks", {}};

/// What the receiver said, or why it could not: one line that a page can show.
std::string shortened(std::string error) {
  if (error.size() <= kErrorBytesMax) return error;
  std::size_t end = kErrorBytesMax;
  while (end > 0 && utf8::sequence_length(std::string_view{error}.substr(end)) == 0) --end;
  error.resize(end);
  return error;
}

Result<void> disable_gone(Transaction& transaction, Endpoint& endpoint, Instant now) {
  endpoint.disabled_at = endpoint.updated_at = now;
  endpoint.disabled_reason = "The receiver answered 410: it wants no more messages.";
  return record_audit(transaction, now, kSelf, "webhooks.disable", webhook_subject(endpoint.id),
                      {{"reason", endpoint.disabled_reason}});
}

}  // namespace

std::optional<std::chrono::seconds> webhook_pause(std::int64_t attempts) {
  using std::chrono::hours;
  using std::chrono::minutes;
  static constexpr std::array<std::chrono::seconds, 9> kPauses{
      std::chrono::seconds{5}, minutes{5}, minutes{30}, hours{2}, hours{5}, hours{10}, hours{14}, hours{20}, hours{20}};
  if (attempts < 1 || attempts > std::ssize(kPauses)) return std::nullopt;
  return kPauses[static_cast<std::size_t>(attempts - 1)];
}

Result<Delivery> note_attempt(Transaction& transaction, Delivery delivery, const WebhookOutcome& outcome, bool again,
                              Instant now) {
  Result<Endpoint> endpoint = WebhookStore::get(transaction, delivery.endpoint_id);
  if (!endpoint) return std::unexpected(endpoint.error());
  const bool delivered = outcome.error.empty();
  delivery.attempts += 1;
  delivery.last_attempt_at = now;
  delivery.last_status = outcome.status;
  delivery.last_error = shortened(outcome.error);
  delivery.next_attempt_at.reset();
  if (delivered) {
    delivery.state = DeliveryState::delivered;
    delivery.delivered_at = endpoint->last_delivered_at = now;
    endpoint->failed_in_a_row = 0;
  } else {
    endpoint->failed_in_a_row += 1;
    const std::optional<std::chrono::seconds> pause = again ? webhook_pause(delivery.attempts) : std::nullopt;
    if (pause) delivery.next_attempt_at = now + *pause;
    if (!pause) delivery.state = DeliveryState::failed;
  }
  Result<void> done{};
  if (outcome.status == kGone && !endpoint->disabled_at) done = disable_gone(transaction, *endpoint, now);
  if (done) done = WebhookStore::update(transaction, *endpoint);
  if (done) done = WebhookStore::update(transaction, delivery);
  if (!done) return std::unexpected(done.error());
  return delivery;
}

}  // namespace keyledger::service
