#include <fmt/format.h>

#include <algorithm>

#include "base/fields.h"
#include "service/audit.h"
#include "service/webhooks/signature.h"
#include "service/webhooks/views.h"

// The administrative side of Webhooks: who is told what.

namespace keyledger::service {
namespace {

using store::Transaction;
using store::WebhookStore;
using Endpoint = WebhookStore::Endpoint;

constexpr std::size_t kDescriptionMax = 200;

/// Each once, in the order of WebhookTopic, comma between. Errors: invalid_argument, reasons unknown_value, too_many.
Result<std::string> check_topics(const std::vector<std::string>& texts) {
  if (texts.size() > Webhooks::kTopicsMax) {
    return fail(Code::invalid_argument, "Name each topic once.", "too_many", "topics");
  }
  std::vector<WebhookTopic> topics;
  for (const std::string& text : texts) {
    const Result<WebhookTopic> topic = parse_topic(text);
    if (!topic) return std::unexpected(topic.error());
    topics.push_back(*topic);
  }
  std::ranges::sort(topics);
  const auto again = std::ranges::unique(topics);
  topics.erase(again.begin(), again.end());
  std::string joined;
  for (const WebhookTopic topic : topics) joined += (joined.empty() ? "" : ",") + topic_text(topic);
  return joined;
}

std::vector<std::string> split_topics(std::string_view joined) {
  std::vector<std::string> topics;
  while (!joined.empty()) {
    const std::size_t end = std::min(joined.find(','), joined.size());
    topics.emplace_back(joined.substr(0, end));
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return topics;
}

/// The address without path and query, which may hold what is not everybody's.
std::string host_part(const std::string& url) {
  const std::size_t scheme = url.find("://");
  return url.substr(0, url.find_first_of("/?#", scheme == std::string::npos ? 0 : scheme + 3));
}

Result<Secret> make_secret(Transaction& transaction, const Core& core, WebhookEndpointId id) {
  Secret secret = make_webhook_secret();
  const Result<void> put = WebhookStore::put_secret(transaction, id, core.keyring->seal(secret, sealed_row(id)));
  if (!put) return std::unexpected(put.error());
  return secret;
}

Result<MadeEndpoint> make_endpoint(Transaction& transaction, const Core& core, const Actor& actor, Endpoint endpoint,
                                   const Once<MadeEndpoint>& once) {
  const Result<std::vector<Endpoint>> all = WebhookStore::all(transaction);
  if (!all) return std::unexpected(all.error());
  if (all->size() >= Webhooks::kEndpointsMax) {
    return fail(Code::conflict, fmt::format("There are {} webhook endpoints already; remove one.", all->size()),
                "too_many_endpoints");
  }
  const Result<WebhookEndpointId> id = WebhookStore::insert(transaction, endpoint);
  if (!id) return std::unexpected(id.error());
  endpoint.id = *id;
  Result<Secret> secret = make_secret(transaction, core, *id);
  if (!secret) return std::unexpected(secret.error());
  Result<void> done = record_audit(transaction, endpoint.created_at, actor, "webhooks.create", webhook_subject(*id),
                                   {{"address", host_part(endpoint.url)}, {"topics", endpoint.topics}});
  MadeEndpoint made{endpoint_view(std::move(endpoint)), std::move(*secret)};
  if (done) done = Idempotency::remember(transaction, core, once, made);
  if (!done) return std::unexpected(done.error());
  return made;
}

struct CheckedPatch {
  std::optional<std::string> url{}, description{}, topics{};
  std::optional<bool> enabled{};
};

Result<CheckedPatch> check_patch(EndpointPatch patch) {
  CheckedPatch checked{.url = std::move(patch.url), .enabled = patch.enabled};
  if (patch.description) {
    Result<std::string> description = fields::check_line(*patch.description, "description", kDescriptionMax);
    if (!description) return std::unexpected(description.error());
    checked.description = std::move(*description);
  }
  if (patch.topics) {
    Result<std::string> topics = check_topics(*patch.topics);
    if (!topics) return std::unexpected(topics.error());
    checked.topics = std::move(*topics);
  }
  return checked;
}

void apply(Endpoint& endpoint, const CheckedPatch& patch, Instant now) {
  if (patch.url) endpoint.url = *patch.url;
  if (patch.description) endpoint.description = *patch.description;
  if (patch.topics) endpoint.topics = *patch.topics;
  endpoint.updated_at = now;
  if (!patch.enabled || *patch.enabled == !endpoint.disabled_at) return;
  endpoint.disabled_at = *patch.enabled ? std::nullopt : std::optional{now};
  endpoint.disabled_reason = *patch.enabled ? "" : "Disabled by hand.";
  endpoint.failed_in_a_row = 0;
}

}  // namespace

WebhookEndpoint endpoint_view(Endpoint row) {
  return {.id = row.id,
          .url = std::move(row.url),
          .description = std::move(row.description),
          .topics = split_topics(row.topics),
          .enabled = !row.disabled_at,
          .disabled_reason = std::move(row.disabled_reason),
          .failed_in_a_row = row.failed_in_a_row,
          .last_delivered_at = row.last_delivered_at,
          .created_at = row.created_at,
          .updated_at = row.updated_at};
}

std::string sealed_row(WebhookEndpointId id) {
  return fmt::format("webhook_endpoints/{}/sealed_secret", id.value);
}

std::string webhook_subject(WebhookEndpointId id) {
  return fmt::format("webhooks/{}", id.value);
}

runtime::Task<Result<std::vector<WebhookEndpoint>>> Webhooks::list() const {
  auto read = [](Transaction& transaction) -> Result<std::vector<WebhookEndpoint>> {
    Result<std::vector<Endpoint>> rows = WebhookStore::all(transaction);
    if (!rows) return std::unexpected(rows.error());
    std::vector<WebhookEndpoint> endpoints;
    for (Endpoint& row : *rows) endpoints.push_back(endpoint_view(std::move(row)));
    return endpoints;
  };
  using Endpoints = std::vector<WebhookEndpoint>;
  Result<Endpoints> endpoints = co_await parts_.core.store->readers().run<Endpoints>(std::move(read));
  co_return endpoints;
}

runtime::Task<Result<WebhookEndpoint>> Webhooks::get(WebhookEndpointId id) const {
  auto read = [id](Transaction& transaction) -> Result<WebhookEndpoint> {
    Result<Endpoint> row = WebhookStore::get(transaction, id);
    if (!row) return std::unexpected(row.error());
    return endpoint_view(std::move(*row));
  };
  Result<WebhookEndpoint> endpoint = co_await parts_.core.store->readers().run<WebhookEndpoint>(std::move(read));
  co_return endpoint;
}

runtime::Task<Result<MadeEndpoint>> Webhooks::create(Actor actor, EndpointDraft draft, Once<MadeEndpoint> once) {
  Result<CheckedPatch> checked = check_patch({{}, std::move(draft.description), std::move(draft.topics), {}});
  if (!checked) co_return std::unexpected(checked.error());
  const Result<void> reachable = co_await parts_.sender->check(draft.url);
  if (!reachable) co_return std::unexpected(reachable.error());
  const Instant now = parts_.core.clock->now();
  Endpoint endpoint{.url = std::move(draft.url),
                    .description = std::move(*checked->description),
                    .topics = std::move(*checked->topics),
                    .created_at = now,
                    .updated_at = now};
  auto make = [core = parts_.core, actor = std::move(actor), endpoint = std::move(endpoint), once = std::move(once)](
                  Transaction& transaction) { return make_endpoint(transaction, core, actor, endpoint, once); };
  Result<MadeEndpoint> made = co_await parts_.core.store->writer().run<MadeEndpoint>(std::move(make));
  co_return made;
}

runtime::Task<Result<WebhookEndpoint>> Webhooks::update(Actor actor, WebhookEndpointId id, EndpointPatch patch) {
  Result<CheckedPatch> checked = check_patch(std::move(patch));
  if (!checked) co_return std::unexpected(checked.error());
  if (checked->url) {
    const Result<void> reachable = co_await parts_.sender->check(*checked->url);
    if (!reachable) co_return std::unexpected(reachable.error());
  }
  auto change = [actor = std::move(actor), id, patch = std::move(*checked), alarm = parts_.alarm,
                 now = parts_.core.clock->now()](Transaction& transaction) -> Result<WebhookEndpoint> {
    Result<Endpoint> endpoint = WebhookStore::get(transaction, id);
    if (!endpoint) return std::unexpected(endpoint.error());
    apply(*endpoint, patch, now);
    Result<void> done = WebhookStore::update(transaction, *endpoint);
    if (done) {
      done = record_audit(transaction, now, actor, "webhooks.update", webhook_subject(id),
                          {{"address", host_part(endpoint->url)},
                           {"topics", endpoint->topics},
                           {"enabled", endpoint->disabled_at ? "no" : "yes"}});
    }
    if (!done) return std::unexpected(done.error());
    transaction.after_commit([alarm] { alarm->ring(); });
    return endpoint_view(std::move(*endpoint));
  };
  Result<WebhookEndpoint> endpoint = co_await parts_.core.store->writer().run<WebhookEndpoint>(std::move(change));
  co_return endpoint;
}

runtime::Task<Result<void>> Webhooks::remove(Actor actor, WebhookEndpointId id) {
  auto take_away = [actor = std::move(actor), id,
                    now = parts_.core.clock->now()](Transaction& transaction) -> Result<void> {
    const Result<Endpoint> endpoint = WebhookStore::get(transaction, id);
    if (!endpoint) return std::unexpected(endpoint.error());
    const Result<void> removed = WebhookStore::remove(transaction, id);
    if (!removed) return removed;
    return record_audit(transaction, now, actor, "webhooks.delete", webhook_subject(id),
                        {{"address", host_part(endpoint->url)}});
  };
  Result<void> removed = co_await parts_.core.store->writer().run<void>(std::move(take_away));
  co_return removed;
}

runtime::Task<Result<MadeEndpoint>> Webhooks::renew_secret(Actor actor, WebhookEndpointId id) {
  auto renew = [core = parts_.core, actor = std::move(actor), id,
                now = parts_.core.clock->now()](Transaction& transaction) -> Result<MadeEndpoint> {
    Result<Endpoint> endpoint = WebhookStore::get(transaction, id);
    if (!endpoint) return std::unexpected(endpoint.error());
    endpoint->updated_at = now;
    Result<void> done = WebhookStore::update(transaction, *endpoint);
    if (!done) return std::unexpected(done.error());
    Result<Secret> secret = make_secret(transaction, core, id);
    if (!secret) return std::unexpected(secret.error());
    done = record_audit(transaction, now, actor, "webhooks.renew_secret", webhook_subject(id),
                        {{"address", host_part(endpoint->url)}});
    if (!done) return std::unexpected(done.error());
    return MadeEndpoint{endpoint_view(std::move(*endpoint)), std::move(*secret)};
  };
  Result<MadeEndpoint> made = co_await parts_.core.store->writer().run<MadeEndpoint>(std::move(renew));
  co_return made;
}

}  // namespace keyledger::service
