#include "api/handlers.h"
#include "api/query.h"
#include "api/replies.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

using service::NewToken;
using service::TokenInfo;

struct TokenCreate {
  std::string name{};
  std::vector<service::Scope> scopes{};
};
BOOST_DESCRIBE_STRUCT(TokenCreate, (), (name, scopes))

std::string write_new_token(const NewToken& made) {
  json::Writer out;
  out.begin_object();
  json::write_members(out, made.info);
  out.name("token").string(made.token.reveal());
  out.end_object();
  return out.take();
}

}  // namespace

Task<Result<Reply>> list_tokens(const Services* services, Call call) {
  const Result<std::int64_t> limit = page_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const Result<std::optional<std::int64_t>> after = read_cursor(call.request, "tokens");
  if (!after) co_return std::unexpected(after.error());
  Result<std::vector<TokenInfo>> tokens = co_await services->identity->tokens(AdminTokenId{after->value_or(0)}, *limit);
  if (!tokens) co_return std::unexpected(tokens.error());
  co_return list(*tokens, *limit, [](const TokenInfo& token) { return make_cursor("tokens", token.id.value); });
}

Task<Result<Reply>> create_token(const Services* services, Call call) {
  Result<TokenCreate> body = json::read_body<TokenCreate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::Once<NewToken> once{std::move(call.once), [](const NewToken& made) {
                                 return service::StoredAnswer{201, write_new_token(made)};
                               }};
  Result<NewToken> made = co_await services->identity->create_token(call.who.actor, std::move(body->name),
                                                                    std::move(body->scopes), std::move(once));
  if (!made) co_return std::unexpected(made.error());
  co_return created(write_new_token(*made), "/api/tokens/" + std::to_string(made->info.id.value));
}

Task<Result<Reply>> revoke_token(const Services* services, Call call) {
  const Result<AdminTokenId> id = path_id<AdminTokenId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<TokenInfo> token = co_await services->identity->revoke_token(call.who.actor, *id);
  if (!token) co_return std::unexpected(token.error());
  co_return ok(*token);
}

}  // namespace keyledger::api
