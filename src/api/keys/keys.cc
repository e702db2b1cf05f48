#include "api/handlers.h"
#include "api/query.h"
#include "api/replies.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

using service::KeyView;
using service::TestOutcome;

struct KeyCreate {
  std::string name{};
  Secret full_key{};
  AccountId account_id{};
  std::optional<std::string> provider{};
  std::optional<keyledger::keys::KeyType> key_type{};
  std::optional<ProviderKeyId> admin_key_id{};
  std::optional<std::string> notes{}, base_url{};
  std::optional<bool> test{};
};
BOOST_DESCRIBE_STRUCT(KeyCreate, (),
                      (name, full_key, account_id, provider, key_type, admin_key_id, notes, base_url, test))

struct KeyUpdate {
  std::optional<std::string> name{};
  std::optional<Secret> full_key{};
  std::optional<AccountId> account_id{};
  std::optional<std::string> provider{};
  std::optional<keyledger::keys::KeyType> key_type{};
  json::Patch<ProviderKeyId> admin_key_id{};
  json::Patch<std::string> notes{}, base_url{};
};
BOOST_DESCRIBE_STRUCT(KeyUpdate, (), (name, full_key, account_id, provider, key_type, admin_key_id, notes, base_url))

struct UnstoredKey {
  Secret full_key{};
  std::optional<std::string> provider{};
  std::optional<std::string> base_url{};
};
BOOST_DESCRIBE_STRUCT(UnstoredKey, (), (full_key, provider, base_url))

struct KeyText {
  Secret full_key{};
};
BOOST_DESCRIBE_STRUCT(KeyText, (), (full_key))

void write_test(json::Writer& out, const TestOutcome& outcome) {
  out.begin_object();
  out.name("verdict");
  json::write(out, outcome.verdict);
  out.name("code").string(outcome.code);
  out.name("provider_status").integer(outcome.provider_status);
  out.name("provider_message").string(outcome.provider_message);
  out.name("explanation").string(outcome.explanation);
  out.name("next_step").string(outcome.next_step);
  out.name("missing_scopes");
  json::write(out, outcome.missing_scopes);
  out.name("readings");
  json::write(out, outcome.readings);
  out.name("facts").begin_object();
  for (const auto& [name, value] : outcome.facts) out.name(name).string(value);
  out.end_object();
  out.name("tested_at");
  json::write(out, outcome.at);
  out.end_object();
}

Reply test_reply(const TestOutcome& outcome) {
  json::Writer out;
  write_test(out, outcome);
  return net::json_reply(200, out.take());
}

std::string tested_json(const service::TestedKey& tested) {
  json::Writer out;
  out.begin_object();
  out.name("key");
  json::write(out, tested.key);
  out.name("test");
  write_test(out, tested.test);
  out.end_object();
  return out.take();
}

/// Reads a body that holds a key, and wipes the text it came in.
template <typename T>
Result<T> read_secret_body(net::Request& request) {
  Result<T> body = json::read_body<T>(request.body);
  wipe(request.body);
  return body;
}

std::string path_of(const KeyView& key) {
  return "/api/keys/" + std::to_string(key.id.value);
}

Task<Result<Reply>> create_tested(const Services* services, Call call, service::NewKey key) {
  service::Once<service::TestedKey> once{std::move(call.once), [](const service::TestedKey& made) {
                                           return service::StoredAnswer{201, tested_json(made)};
                                         }};
  Result<service::TestedKey> made =
      co_await services->keys->create_tested(call.who.actor, std::move(key), std::move(once));
  if (!made) co_return std::unexpected(made.error());
  co_return created(tested_json(*made), path_of(made->key));
}

}  // namespace

Task<Result<Reply>> create_key(const Services* services, Call call) {
  Result<KeyCreate> body = read_secret_body<KeyCreate>(call.request);
  if (!body) co_return std::unexpected(body.error());
  service::NewKey key{std::move(body->name),
                      std::move(body->full_key),
                      body->account_id,
                      std::move(body->provider),
                      body->key_type,
                      body->admin_key_id,
                      std::move(body->notes).value_or(""),
                      std::move(body->base_url).value_or("")};
  if (body->test.value_or(false)) {
    Result<Reply> reply = co_await create_tested(services, std::move(call), std::move(key));
    co_return reply;
  }
  service::Once<KeyView> once{std::move(call.once), [](const KeyView& made) {
                                return service::StoredAnswer{201, json::to_json(made)};
                              }};
  Result<KeyView> made = co_await services->keys->create(call.who.actor, std::move(key), std::move(once));
  if (!made) co_return std::unexpected(made.error());
  co_return created(json::to_json(*made), path_of(*made));
}

Task<Result<Reply>> get_key(const Services* services, Call call) {
  const Result<ProviderKeyId> id = path_id<ProviderKeyId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<KeyView> key = co_await services->keys->get(*id);
  if (!key) co_return std::unexpected(key.error());
  co_return ok(*key);
}

Task<Result<Reply>> update_key(const Services* services, Call call) {
  const Result<ProviderKeyId> id = path_id<ProviderKeyId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<KeyUpdate> body = read_secret_body<KeyUpdate>(call.request);
  if (!body) co_return std::unexpected(body.error());
  service::KeyPatch patch;
  patch.name = std::move(body->name);
  patch.full_key = std::move(body->full_key);
  patch.account_id = body->account_id;
  patch.provider = std::move(body->provider);
  patch.key_type = body->key_type;
  patch.change_link = body->admin_key_id.present;
  patch.admin_key_id = body->admin_key_id.value;
  if (body->notes.present) patch.notes = std::move(body->notes.value).value_or("");
  if (body->base_url.present) patch.base_url = std::move(body->base_url.value).value_or("");
  Result<KeyView> key = co_await services->keys->update(call.who.actor, *id, std::move(patch));
  if (!key) co_return std::unexpected(key.error());
  co_return ok(*key);
}

Task<Result<Reply>> delete_key(const Services* services, Call call) {
  const Result<ProviderKeyId> id = path_id<ProviderKeyId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<void> removed = co_await services->keys->remove(call.who.actor, *id);
  if (!removed) co_return std::unexpected(removed.error());
  co_return no_content();
}

Task<Result<Reply>> reveal_key(const Services* services, Call call) {
  const Result<ProviderKeyId> id = path_id<ProviderKeyId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<Secret> key = co_await services->keys->reveal(call.who.actor, *id);
  if (!key) co_return std::unexpected(key.error());
  json::Writer out;
  out.begin_object();
  out.name("id").integer(id->value);
  out.name("full_key").string(key->reveal());
  out.end_object();
  co_return net::json_reply(200, out.take());
}

Task<Result<Reply>> test_key(const Services* services, Call call) {
  const Result<ProviderKeyId> id = path_id<ProviderKeyId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<TestOutcome> outcome = co_await services->keys->test(call.who.actor, *id);
  if (!outcome) co_return std::unexpected(outcome.error());
  co_return test_reply(*outcome);
}

Task<Result<Reply>> list_key_tests(const Services* services, Call call) {
  const Result<ProviderKeyId> id = path_id<ProviderKeyId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<std::int64_t> limit = page_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const Result<std::optional<std::int64_t>> before = read_cursor(call.request, "tests");
  if (!before) co_return std::unexpected(before.error());
  Result<std::vector<service::NumberedTest>> tests = co_await services->keys->tests(*id, *before, *limit);
  if (!tests) co_return std::unexpected(tests.error());
  const std::size_t shown = std::min(tests->size(), static_cast<std::size_t>(*limit));
  std::vector<keyledger::keys::KeyTestRecord> records;
  for (service::NumberedTest& test : *tests) records.push_back(std::move(test.record));
  co_return list(records, *limit, [&](const keyledger::keys::KeyTestRecord&) {
    return make_cursor("tests", (*tests)[shown - 1].number);
  });
}

Task<Result<Reply>> list_key_readings(const Services* services, Call call) {
  const Result<ProviderKeyId> id = path_id<ProviderKeyId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<std::vector<service::ReadingShown>> readings = co_await services->keys->readings(*id);
  if (!readings) co_return std::unexpected(readings.error());
  co_return list(*readings, static_cast<std::int64_t>(readings->size()),
                 [](const service::ReadingShown&) { return std::string{}; });  // all are on one page
}

Task<Result<Reply>> test_unstored_key(const Services* services, Call call) {
  Result<UnstoredKey> body = read_secret_body<UnstoredKey>(call.request);
  if (!body) co_return std::unexpected(body.error());
  service::UnsavedKey key{
      std::move(body->full_key), std::move(body->provider), {}, std::move(body->base_url).value_or("")};
  Result<TestOutcome> outcome = co_await services->keys->test_unsaved(call.who.actor, std::move(key));
  if (!outcome) co_return std::unexpected(outcome.error());
  co_return test_reply(*outcome);
}

Task<Result<Reply>> detect_key(const Services* services, Call call) {
  Result<KeyText> body = read_secret_body<KeyText>(call.request);
  if (!body) co_return std::unexpected(body.error());
  const Result<service::Recognised> recognised = services->keys->recognise(std::move(body->full_key));
  if (!recognised) co_return std::unexpected(recognised.error());
  co_return ok(*recognised);
}

}  // namespace keyledger::api
