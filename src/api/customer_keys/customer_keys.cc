#include "service/customers/customer_keys.h"

#include <fmt/format.h>

#include "api/customer_keys/key_json.h"
#include "api/handlers.h"
#include "api/query.h"
#include "api/replies.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

using keyledger::limits::Limit;
using service::CustomerKeyView;
using service::IssuedKey;

constexpr std::int64_t kGraceDefaultSeconds = 86'400;

struct CustomerKeyCreate {
  std::string name{};
  std::optional<std::string> email{}, notes{};
  std::optional<CustomerId> customer_id{};
  std::optional<billing::PlanId> plan_id{};
  std::optional<std::int64_t> rate_limit{};
  std::optional<std::vector<Limit>> limits{};
  std::optional<Instant> expires_at{};
  std::optional<std::vector<std::string>> allowed_ips{}, allowed_actions{};
  std::optional<json::Value> metadata{};
};
BOOST_DESCRIBE_STRUCT(CustomerKeyCreate, (),
                      (name, email, notes, customer_id, plan_id, rate_limit, limits, expires_at, allowed_ips,
                       allowed_actions, metadata))

struct CustomerKeyUpdate {
  std::optional<std::string> name{};
  json::Patch<std::string> notes{};
  std::optional<std::int64_t> rate_limit{};
  json::Patch<std::vector<Limit>> limits{};
  json::Patch<Instant> expires_at{};
  json::Patch<std::vector<std::string>> allowed_ips{}, allowed_actions{};
  json::Patch<json::Value> metadata{};
};
BOOST_DESCRIBE_STRUCT(CustomerKeyUpdate, (),
                      (name, notes, rate_limit, limits, expires_at, allowed_ips, allowed_actions, metadata))

struct Rotation {
  std::optional<std::int64_t> grace_seconds{};
};
BOOST_DESCRIBE_STRUCT(Rotation, (), (grace_seconds))

/// A field that is given as null is emptied.
template <typename T>
std::optional<T> emptied(json::Patch<T> patch) {
  if (!patch.present) return std::nullopt;
  return std::move(patch.value).value_or(T{});
}

/// The text of an object; empty for null.
Result<std::string> metadata_text(const std::optional<json::Value>& value) {
  if (!value) return std::string{};
  if (value->object() != nullptr) return json::to_json(*value);
  return fail(Code::invalid_argument, fmt::format("metadata has to be an object, not {}.", value->kind()), "wrong_type",
              "metadata");
}

/// The one answer that has the key in it.
std::string to_json(const IssuedKey& issued) {
  json::Writer out;
  out.begin_object();
  write_key_members(out, issued.info);
  out.name("key").string(issued.key.reveal());
  out.name("message").string(issued.message);
  out.end_object();
  return out.take();
}

service::Once<IssuedKey> once_of(Call& call, std::int64_t status) {
  return {std::move(call.once), [status](const IssuedKey& issued) {
            return service::StoredAnswer{status, to_json(issued)};
          }};
}

Result<service::NewCustomerKey> new_key(std::string_view text) {
  Result<CustomerKeyCreate> body = json::read_body<CustomerKeyCreate>(text);
  if (!body) return std::unexpected(body.error());
  Result<std::string> metadata = metadata_text(body->metadata);
  if (!metadata) return std::unexpected(metadata.error());
  service::NewCustomerKey key;
  key.name = std::move(body->name);
  key.email = std::move(body->email).value_or("");
  key.customer_id = body->customer_id;
  key.plan_id = body->plan_id;
  key.rate_limit = body->rate_limit;
  key.limits = std::move(body->limits).value_or(std::vector<Limit>{});
  key.expires_at = body->expires_at;
  key.allowed_ips = std::move(body->allowed_ips).value_or(std::vector<std::string>{});
  key.allowed_actions = std::move(body->allowed_actions).value_or(std::vector<std::string>{});
  key.notes = std::move(body->notes).value_or("");
  key.metadata = std::move(*metadata);
  return key;
}

Result<service::CustomerKeyPatch> key_patch(std::string_view text) {
  Result<CustomerKeyUpdate> body = json::read_body<CustomerKeyUpdate>(text);
  if (!body) return std::unexpected(body.error());
  Result<std::string> metadata = metadata_text(body->metadata.value);
  if (!metadata) return std::unexpected(metadata.error());
  service::CustomerKeyPatch patch;
  patch.name = std::move(body->name);
  patch.notes = emptied(std::move(body->notes));
  if (body->metadata.present) patch.metadata = std::move(*metadata);
  patch.rate_limit = body->rate_limit;
  patch.limits = emptied(std::move(body->limits));
  if (body->expires_at.present) patch.expires_at = body->expires_at.value;
  patch.allowed_ips = emptied(std::move(body->allowed_ips));
  patch.allowed_actions = emptied(std::move(body->allowed_actions));
  return patch;
}

}  // namespace

Task<Result<Reply>> create_customer_key(const Services* services, Call call) {
  Result<service::NewCustomerKey> key = new_key(call.request.body);
  if (!key) co_return std::unexpected(key.error());
  service::Once<IssuedKey> once = once_of(call, 201);
  Result<IssuedKey> made = co_await services->customer_keys->create(call.who.actor, std::move(*key), std::move(once));
  if (!made) co_return std::unexpected(made.error());
  co_return created(to_json(*made), "/api/customer-keys/" + std::to_string(made->info.id.value));
}

Task<Result<Reply>> get_customer_key(const Services* services, Call call) {
  const Result<CustomerKeyId> id = path_id<CustomerKeyId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<CustomerKeyView> key = co_await services->customer_keys->get(*id);
  if (!key) co_return std::unexpected(key.error());
  co_return net::json_reply(200, key_json(*key));
}

Task<Result<Reply>> update_customer_key(const Services* services, Call call) {
  const Result<CustomerKeyId> id = path_id<CustomerKeyId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<service::CustomerKeyPatch> patch = key_patch(call.request.body);
  if (!patch) co_return std::unexpected(patch.error());
  Result<CustomerKeyView> key = co_await services->customer_keys->update(call.who.actor, *id, std::move(*patch));
  if (!key) co_return std::unexpected(key.error());
  co_return net::json_reply(200, key_json(*key));
}

Task<Result<Reply>> revoke_customer_key(const Services* services, Call call) {
  const Result<CustomerKeyId> id = path_id<CustomerKeyId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<CustomerKeyView> key = co_await services->customer_keys->revoke(call.who.actor, *id);
  if (!key) co_return std::unexpected(key.error());
  co_return net::json_reply(200, key_json(*key));
}

Task<Result<Reply>> rotate_customer_key(const Services* services, Call call) {
  const Result<CustomerKeyId> id = path_id<CustomerKeyId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const std::string_view text = call.request.body.empty() ? "{}" : std::string_view{call.request.body};
  const Result<Rotation> body = json::read_body<Rotation>(text);
  if (!body) co_return std::unexpected(body.error());
  const std::chrono::seconds grace{body->grace_seconds.value_or(kGraceDefaultSeconds)};
  service::Once<IssuedKey> once = once_of(call, 200);
  Result<IssuedKey> made = co_await services->customer_keys->rotate(call.who.actor, *id, grace, std::move(once));
  if (!made) co_return std::unexpected(made.error());
  co_return net::json_reply(200, to_json(*made));
}

}  // namespace keyledger::api
