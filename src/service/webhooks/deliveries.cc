#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "service/audit.h"
#include "service/events.h"
#include "service/webhooks/noting.h"
#include "service/webhooks/signature.h"
#include "service/webhooks/views.h"

// The part of Webhooks that sends.

namespace keyledger::service {
namespace {

using store::Transaction;
using store::WebhookStore;
using Delivery = WebhookStore::Delivery;
using Endpoint = WebhookStore::Endpoint;

constexpr std::chrono::milliseconds kLookAgain{60'000};    // a wall clock may be set while the timer runs
constexpr std::chrono::milliseconds kAfterFailure{5'000};  // the disk is full, say
constexpr std::chrono::milliseconds kAnnounceEvery{1'000};
constexpr std::chrono::hours kForgetEvery{1};

/// What came of one of the queue, which meanwhile may be another's affair: it was removed with its endpoint.
Result<void> note_due(Transaction& transaction, WebhookDeliveryId id, const WebhookOutcome& outcome, Instant now) {
  const Result<Delivery> delivery = WebhookStore::get(transaction, id);
  if (!delivery && delivery.error().code == Code::not_found) return {};
  if (!delivery) return std::unexpected(delivery.error());
  if (delivery->state != DeliveryState::pending) return {};
  const Result<Delivery> noted = note_attempt(transaction, *delivery, outcome, true, now);
  if (!noted) return std::unexpected(noted.error());
  return {};
}

}  // namespace

/// What an attempt needs: read before, and not kept.
struct Webhooks::Attempt {
  WebhookEndpointId endpoint_id{};
  std::string url{}, message_id{}, payload{};
  store::Bytes sealed_secret{};
};

runtime::Task<WebhookOutcome> Webhooks::call(Attempt attempt) {
  const Result<Secret> secret = parts_.core.keyring->open(attempt.sealed_secret, sealed_row(attempt.endpoint_id));
  if (!secret) co_return WebhookOutcome{{}, secret.error().message};
  const std::int64_t seconds = to_millis(parts_.core.clock->now()) / 1'000;
  Result<std::string> signature = sign_webhook(*secret, attempt.message_id, seconds, attempt.payload);
  if (!signature) co_return WebhookOutcome{{}, signature.error().message};
  WebhookOutcome outcome =
      co_await parts_.sender->post(std::move(attempt.url), std::move(attempt.payload), std::move(attempt.message_id),
                                   std::to_string(seconds), std::move(*signature));
  co_return outcome;
}

runtime::Task<Result<WebhookDelivery>> Webhooks::test(Actor actor, WebhookEndpointId id) {
  const Instant now = parts_.core.clock->now();
  auto read = [id](Transaction& transaction) -> Result<Attempt> {
    Result<Endpoint> endpoint = WebhookStore::get(transaction, id);
    if (!endpoint) return std::unexpected(endpoint.error());
    Result<store::Bytes> secret = WebhookStore::sealed_secret(transaction, id);
    if (!secret) return std::unexpected(secret.error());
    return Attempt{.endpoint_id = id, .url = std::move(endpoint->url), .sealed_secret = std::move(*secret)};
  };
  Result<Attempt> attempt = co_await parts_.core.store->readers().run<Attempt>(std::move(read));
  if (!attempt) co_return std::unexpected(attempt.error());
  attempt->message_id = WebhookQueue::make_message_id();
  attempt->payload = parts_.queue->payload("test", now, {{"message", "This is a test."}});
  const WebhookStore::Message message{attempt->message_id, "test", attempt->payload, now};
  WebhookOutcome outcome = co_await call(std::move(*attempt));
  auto keep = [actor = std::move(actor), id, message, outcome, now,
               after = parts_.core.clock->now()](Transaction& transaction) -> Result<WebhookDelivery> {
    const Result<std::optional<std::int64_t>> number = WebhookStore::add_message(transaction, message);
    if (!number) return std::unexpected(number.error());
    check_invariant(number->has_value(), "a random message id is new");
    const Result<Endpoint> endpoint = WebhookStore::get(transaction, id);  // it may have gone while it was called
    if (!endpoint) return std::unexpected(endpoint.error());
    const Result<WebhookDeliveryId> made = WebhookStore::add_delivery(transaction, **number, id, now);
    if (!made) return std::unexpected(made.error());
    const Result<Delivery> delivery = WebhookStore::get(transaction, *made);
    if (!delivery) return std::unexpected(delivery.error());
    Result<Delivery> noted = note_attempt(transaction, *delivery, outcome, false, after);
    if (!noted) return std::unexpected(noted.error());
    const Result<void> audited = record_audit(transaction, after, actor, "webhooks.test", webhook_subject(id));
    if (!audited) return std::unexpected(audited.error());
    return delivery_view(std::move(*noted));
  };
  Result<WebhookDelivery> tested = co_await parts_.core.store->writer().run<WebhookDelivery>(std::move(keep));
  co_return tested;
}

runtime::Task<> Webhooks::attempt(WebhookStore::Due due) {
  auto read = [due](Transaction& transaction) -> Result<std::optional<Attempt>> {
    Result<Delivery> delivery = WebhookStore::get(transaction, due.id);
    if (!delivery && delivery.error().code == Code::not_found) return std::nullopt;
    if (!delivery) return std::unexpected(delivery.error());
    Result<Endpoint> endpoint = WebhookStore::get(transaction, delivery->endpoint_id);
    if (!endpoint) return std::unexpected(endpoint.error());
    if (endpoint->disabled_at || delivery->state != DeliveryState::pending) return std::nullopt;
    Result<store::Bytes> secret = WebhookStore::sealed_secret(transaction, endpoint->id);
    if (!secret) return std::unexpected(secret.error());
    return Attempt{endpoint->id, std::move(endpoint->url), std::move(delivery->message_id),
                   std::move(delivery->payload), std::move(*secret)};
  };
  using MaybeAttempt = std::optional<Attempt>;
  Result<MaybeAttempt> found = co_await parts_.core.store->readers().run<MaybeAttempt>(std::move(read));
  if (found && !*found) co_return;
  Result<void> noted{};
  if (found) {
    WebhookOutcome outcome = co_await call(std::move(**found));
    if (!outcome.error.empty()) {
      log::warn("a webhook was not delivered", {{"endpoint", due.endpoint_id.value}, {"why", outcome.error}});
    }
    auto keep = [due, outcome = std::move(outcome), now = parts_.core.clock->now()](Transaction& transaction) {
      return note_due(transaction, due.id, outcome, now);
    };
    noted = co_await parts_.core.store->writer().run<void>(std::move(keep));
  } else {
    noted = std::unexpected(found.error());
  }
  if (noted) co_return;
  // It is sent again, since nobody will know that it was; but not at once, and not in a circle.
  log::error("what became of a webhook could not be stored", {{"why", noted.error().detail}});
  co_await runtime::sleep_for(kAfterFailure);
}

runtime::Task<> Webhooks::deliver(WebhookStore::Due due) {
  bool thrown = false;
  try {
    co_await attempt(due);
  } catch (const std::exception& exception) {
    log::error("a webhook could not be sent", {{"why", exception.what()}});
    thrown = true;
  }
  if (thrown) co_await runtime::sleep_for(kAfterFailure);
  busy_.erase(due.endpoint_id);
  unannounced_ = true;
  parts_.alarm->ring();
}

runtime::Task<Result<std::optional<Instant>>> Webhooks::begin_due() {
  struct Round {
    std::vector<WebhookStore::Due> due{};
    std::optional<Instant> next{};
  };
  auto look = [now = parts_.core.clock->now()](Transaction& transaction) -> Result<Round> {
    Result<std::vector<WebhookStore::Due>> due = WebhookStore::due(transaction, now);
    if (!due) return std::unexpected(due.error());
    const Result<std::optional<Instant>> next = WebhookStore::next_due(transaction);
    if (!next) return std::unexpected(next.error());
    return Round{std::move(*due), *next};
  };
  Result<Round> round = co_await parts_.core.store->readers().run<Round>(std::move(look));
  if (!round) co_return std::unexpected(round.error());
  const runtime::Executor executor = co_await boost::asio::this_coro::executor;
  // Whoever was called longest ago comes first: receivers that hang, each with a long queue, starve nobody.
  std::ranges::stable_sort(round->due, {}, [this](const WebhookStore::Due& due) { return served_[due.endpoint_id]; });
  for (const WebhookStore::Due& due : round->due) {
    if (busy_.size() >= kAtOnce || stopping_) break;
    if (!busy_.insert(due.endpoint_id).second) continue;
    served_[due.endpoint_id] = ++turn_;
    runtime::spawn(executor, deliver(due), "webhook");
  }
  co_return round->next;
}

void Webhooks::announce() {
  const runtime::SteadyTime now = std::chrono::steady_clock::now();
  if (!unannounced_ || parts_.events == nullptr) return;
  if (!busy_.empty() && now - announced_at_ < kAnnounceEvery) return;
  unannounced_ = false;
  announced_at_ = now;
  parts_.events->publish(EventKind::changed, {"webhooks"});
}

runtime::Task<Result<std::optional<Instant>>> Webhooks::deliver_due() {
  for (;;) {
    Result<std::optional<Instant>> next = co_await begin_due();
    announce();
    if (busy_.empty()) co_return next;
    co_await parts_.alarm->wait(kLookAgain);  // until one is done, or something new has come
  }
}

runtime::Task<Result<std::int64_t>> Webhooks::forget_old() {
  auto forget = [before = parts_.core.clock->now() - kKept](Transaction& transaction) {
    return WebhookStore::forget_before(transaction, before);
  };
  Result<std::int64_t> forgotten = co_await parts_.core.store->writer().run<std::int64_t>(std::move(forget));
  co_return forgotten;
}

runtime::Task<> Webhooks::run() {
  std::optional<Instant> forgot_at;
  while (!stopping_) {
    const Instant now = parts_.core.clock->now();
    if (!forgot_at || now - *forgot_at > kForgetEvery) {
      const Result<std::int64_t> forgotten = co_await forget_old();
      if (!forgotten) log::warn("old webhooks could not be forgotten", {{"why", forgotten.error().detail}});
      forgot_at = now;
    }
    const Result<std::optional<Instant>> next = co_await deliver_due();
    std::chrono::milliseconds wait = kLookAgain;
    if (!next) {
      log::warn("webhooks that are due could not be read; trying again", {{"why", next.error().detail}});
      wait = kAfterFailure;
    } else if (*next) {
      wait = std::clamp(**next - parts_.core.clock->now(), std::chrono::milliseconds{0}, kLookAgain);
    }
    if (!stopping_ && wait > std::chrono::milliseconds{0}) co_await parts_.alarm->wait(wait);
  }
}

void Webhooks::stop() {
  stopping_ = true;
  parts_.alarm->ring();
}

}  // namespace keyledger::service
