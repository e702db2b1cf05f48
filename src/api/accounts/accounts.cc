#include "api/handlers.h"
#include "api/patch.h"
#include "api/query.h"
#include "api/replies.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

using keys::Account;

struct AccountCreate {
  std::string email{};
  std::optional<std::string> name{}, organization_name{};
};
BOOST_DESCRIBE_STRUCT(AccountCreate, (), (email, name, organization_name))

struct AccountUpdate {
  std::optional<std::string> email{};
  json::Patch<std::string> name{}, organization_name{};
};
BOOST_DESCRIBE_STRUCT(AccountUpdate, (), (email, name, organization_name))

}  // namespace

Task<Result<Reply>> create_account(const Services* services, Call call) {
  Result<AccountCreate> body = json::read_body<AccountCreate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::NewAccount account{std::move(body->email), std::move(body->name).value_or(""),
                              std::move(body->organization_name).value_or("")};
  service::Once<Account> once{std::move(call.once), [](const Account& made) {
                                return service::StoredAnswer{201, json::to_json(made)};
                              }};
  Result<Account> made = co_await services->accounts->create(call.who.actor, std::move(account), std::move(once));
  if (!made) co_return std::unexpected(made.error());
  co_return created(json::to_json(*made), "/api/accounts/" + std::to_string(made->id.value));
}

Task<Result<Reply>> get_account(const Services* services, Call call) {
  const Result<AccountId> id = path_id<AccountId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<Account> account = co_await services->accounts->get(*id);
  if (!account) co_return std::unexpected(account.error());
  co_return ok(*account);
}

Task<Result<Reply>> update_account(const Services* services, Call call) {
  const Result<AccountId> id = path_id<AccountId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<AccountUpdate> body = json::read_body<AccountUpdate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::AccountPatch patch{std::move(body->email), text_of(std::move(body->name)),
                              text_of(std::move(body->organization_name))};
  Result<Account> account = co_await services->accounts->update(call.who.actor, *id, std::move(patch));
  if (!account) co_return std::unexpected(account.error());
  co_return ok(*account);
}

Task<Result<Reply>> delete_account(const Services* services, Call call) {
  const Result<AccountId> id = path_id<AccountId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const std::string_view cascade = call.request.query_value("cascade").value_or("false");
  if (cascade != "true" && cascade != "false") {
    co_return fail(Code::invalid_argument, "cascade is true or false.", "unknown_value", "cascade");
  }
  Result<void> removed = co_await services->accounts->remove(call.who.actor, *id, cascade == "true");
  if (!removed) co_return std::unexpected(removed.error());
  co_return no_content();
}

}  // namespace keyledger::api
