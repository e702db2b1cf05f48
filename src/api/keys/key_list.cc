// The list of held keys, on a page and as a file, and the testing of all that are in it.
#include "api/handlers.h"
#include "api/listing.h"
#include "service/key_test_runs.h"

namespace keyledger::api {
namespace {

using keyledger::keys::KeySort;
using service::KeyQuery;
using service::KeyView;

constexpr std::string_view kList = "keys";

Result<service::KeyFilter> key_filter(const net::Request& request) {
  const Result<std::optional<AccountId>> account = query_id<AccountId>(request, "account_id");
  if (!account) return std::unexpected(account.error());
  const Result<std::optional<ProviderKeyId>> admin = query_id<ProviderKeyId>(request, "admin_key_id");
  if (!admin) return std::unexpected(admin.error());
  const auto status = query_word<keyledger::keys::KeyStatus>(request, "status");
  if (!status) return std::unexpected(status.error());
  const auto type = query_word<keyledger::keys::KeyType>(request, "key_type");
  if (!type) return std::unexpected(type.error());
  Result<std::optional<std::string>> provider = query_text(request, "provider");
  if (!provider) return std::unexpected(provider.error());
  Result<std::optional<std::string>> search = query_text(request, "q");
  if (!search) return std::unexpected(search.error());
  return service::KeyFilter{std::move(*provider), *account, *status, *type, *admin, std::move(*search).value_or("")};
}

Result<KeyQuery> key_query(const net::Request& request) {
  using enum KeySort;
  Result<ListPage<KeySort>> page = query_page<KeySort>(request, kList, {name, provider, key_type, account, status});
  if (!page) return std::unexpected(page.error());
  Result<service::KeyFilter> filter = key_filter(request);
  if (!filter) return std::unexpected(filter.error());
  return KeyQuery{std::move(*page), std::move(*filter)};
}

/// Never the key itself.
std::vector<std::string> cells_of(const KeyView& key) {
  const bool tested = key.last_test.has_value();
  return {std::to_string(key.id.value),
          key.name,
          key.masked_key,
          key.provider,
          cell(key.key_type),
          key.account_name,
          key.admin_key_name.value_or(""),
          cell(key.status),
          tested ? to_rfc3339(key.last_test->at) : "",
          tested ? key.last_test->code : "",
          key.remote_id,
          key.remote_project,
          key.base_url,
          to_rfc3339(key.created_at),
          key.notes};
}

}  // namespace

Task<Result<Reply>> list_keys(const Services* services, Call call) {
  Result<KeyQuery> query = key_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  Result<Listed<KeyView>> keys = co_await services->keys->list(std::move(*query));
  if (!keys) co_return std::unexpected(keys.error());
  co_return listed_reply(call.request, kList, *keys);
}

Task<Result<Reply>> list_keys_csv(const Services* services, Call call) {
  Result<KeyQuery> query = key_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  CsvListing<KeyQuery, KeyView> table{
      "keys.csv",
      {"id", "name", "key", "provider", "type", "account", "admin_key", "status", "tested_at", "test_code", "remote_id",
       "remote_project", "base_url", "created_at", "notes"},
      [](const Services* from, KeyQuery page) { return from->keys->list(std::move(page)); },
      &cells_of};
  Result<Reply> reply = co_await csv_list(services, std::move(table), std::move(*query));
  co_return reply;
}

Task<Result<Reply>> get_key_test_run(const Services* services, Call) {
  co_return ok(services->key_tests->state());
}

Task<Result<Reply>> start_key_test_run(const Services* services, Call call) {
  Result<service::KeyFilter> filter = key_filter(call.request);
  if (!filter) co_return std::unexpected(filter.error());
  Result<service::KeyTestRun> run = co_await services->key_tests->start(call.who.actor, std::move(*filter));
  if (!run) co_return std::unexpected(run.error());
  co_return net::json_reply(202, json::to_json(*run));
}

}  // namespace keyledger::api
