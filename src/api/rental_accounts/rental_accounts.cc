#include "service/rentals/rental_accounts.h"

#include "api/handlers.h"
#include "api/patch.h"
#include "api/query.h"
#include "api/rentals/rental_json.h"
#include "api/replies.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

using service::RentalAccountView;

struct AccountCreate {
  std::string website{}, username{};
  Secret password{};
  std::optional<std::string> email{}, notes{};
};
BOOST_DESCRIBE_STRUCT(AccountCreate, (), (website, username, password, email, notes))

struct AccountUpdate {
  std::optional<std::string> username{};
  json::Patch<std::string> email{}, notes{};
};
BOOST_DESCRIBE_STRUCT(AccountUpdate, (), (username, email, notes))

struct PutAside {
  std::string reason{};
  std::optional<bool> take_back{};
};
BOOST_DESCRIBE_STRUCT(PutAside, (), (reason, take_back))

struct NewPassword {
  Secret password{};
};
BOOST_DESCRIBE_STRUCT(NewPassword, (), (password))

struct ImportBody {
  Secret csv{};
  std::optional<bool> dry_run{}, skip_bad_lines{};
};
BOOST_DESCRIBE_STRUCT(ImportBody, (), (csv, dry_run, skip_bad_lines))

/// Reads a body that holds a secret, and wipes the text it came in.
template <typename T>
Result<T> read_secret_body(net::Request& request) {
  Result<T> body = json::read_body<T>(request.body);
  wipe(request.body);
  return body;
}

}  // namespace

Task<Result<Reply>> create_rental_account(const Services* services, Call call) {
  Result<AccountCreate> body = read_secret_body<AccountCreate>(call.request);
  if (!body) co_return std::unexpected(body.error());
  service::NewRentalAccount account{std::move(body->website), std::move(body->username),
                                    std::move(body->email).value_or(""), std::move(body->notes).value_or(""),
                                    std::move(body->password)};
  service::Once<RentalAccountView> once{std::move(call.once), [](const RentalAccountView& made) {
                                          return service::StoredAnswer{201, json::to_json(made)};
                                        }};
  Result<RentalAccountView> made =
      co_await services->rental_accounts->create(call.who.actor, std::move(account), std::move(once));
  if (!made) co_return std::unexpected(made.error());
  co_return created(json::to_json(*made), "/api/rental-accounts/" + std::to_string(made->id.value));
}

Task<Result<Reply>> get_rental_account(const Services* services, Call call) {
  const Result<RentalAccountId> id = path_id<RentalAccountId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<RentalAccountView> account = co_await services->rental_accounts->get(*id);
  if (!account) co_return std::unexpected(account.error());
  co_return ok(*account);
}

Task<Result<Reply>> update_rental_account(const Services* services, Call call) {
  const Result<RentalAccountId> id = path_id<RentalAccountId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<AccountUpdate> body = json::read_body<AccountUpdate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::RentalAccountPatch patch{std::move(body->username), text_of(std::move(body->email)),
                                    text_of(std::move(body->notes))};
  Result<RentalAccountView> account = co_await services->rental_accounts->update(call.who.actor, *id, std::move(patch));
  if (!account) co_return std::unexpected(account.error());
  co_return ok(*account);
}

Task<Result<Reply>> delete_rental_account(const Services* services, Call call) {
  const Result<RentalAccountId> id = path_id<RentalAccountId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<void> removed = co_await services->rental_accounts->remove(call.who.actor, *id);
  if (!removed) co_return std::unexpected(removed.error());
  co_return no_content();
}

Task<Result<Reply>> put_aside_rental_account(const Services* services, Call call) {
  const Result<RentalAccountId> id = path_id<RentalAccountId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<PutAside> body = json::read_body<PutAside>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  const bool take_back = body->take_back.value_or(false);
  Result<RentalAccountView> account =
      co_await services->rental_accounts->put_aside(call.who.actor, *id, std::move(body->reason), take_back);
  if (!account) co_return std::unexpected(account.error());
  co_return ok(*account);
}

Task<Result<Reply>> restore_rental_account(const Services* services, Call call) {
  const Result<RentalAccountId> id = path_id<RentalAccountId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<RentalAccountView> account = co_await services->rental_accounts->restore(call.who.actor, *id);
  if (!account) co_return std::unexpected(account.error());
  co_return ok(*account);
}

Task<Result<Reply>> put_rental_account_password(const Services* services, Call call) {
  const Result<RentalAccountId> id = path_id<RentalAccountId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<NewPassword> body = read_secret_body<NewPassword>(call.request);
  if (!body) co_return std::unexpected(body.error());
  Result<RentalAccountView> account =
      co_await services->rental_accounts->put_password(call.who.actor, *id, std::move(body->password));
  if (!account) co_return std::unexpected(account.error());
  co_return ok(*account);
}

Task<Result<Reply>> reveal_rental_account_password(const Services* services, Call call) {
  const Result<RentalAccountId> id = path_id<RentalAccountId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<Secret> password = co_await services->rental_accounts->reveal(call.who.actor, *id);
  if (!password) co_return std::unexpected(password.error());
  json::Writer out;
  out.begin_object();
  out.name("id").integer(id->value);
  out.name("password").string(password->reveal());
  out.end_object();
  co_return net::json_reply(200, out.take());
}

Task<Result<Reply>> get_rental_account_history(const Services* services, Call call) {
  const Result<RentalAccountId> id = path_id<RentalAccountId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<service::RentalAccountHistory> history = co_await services->rental_accounts->history(*id);
  if (!history) co_return std::unexpected(history.error());
  co_return ok(*history);
}

Task<Result<Reply>> import_rental_accounts(const Services* services, Call call) {
  Result<ImportBody> body = read_secret_body<ImportBody>(call.request);
  if (!body) co_return std::unexpected(body.error());
  const service::ImportOptions options{body->dry_run.value_or(false), body->skip_bad_lines.value_or(false)};
  service::Once<service::ImportReport> once{std::move(call.once), [](const service::ImportReport& report) {
                                              return service::StoredAnswer{200, json::to_json(report)};
                                            }};
  Result<service::ImportReport> report =
      co_await services->rental_accounts->import_csv(call.who.actor, std::move(body->csv), options, std::move(once));
  if (!report) co_return std::unexpected(report.error());
  co_return ok(*report);
}

}  // namespace keyledger::api
