#include "api/handlers.h"
#include "api/query.h"
#include "api/replies.h"
#include "api/session/cookie.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

using service::SessionInfo;

struct SignIn {
  Secret password{};
};
BOOST_DESCRIBE_STRUCT(SignIn, (), (password))

struct PasswordChange {
  std::optional<Secret> current_password{};
  Secret new_password{};
};
BOOST_DESCRIBE_STRUCT(PasswordChange, (), (current_password, new_password))

struct ActorShown {
  service::ActorKind kind{};
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(ActorShown, (), (kind, name))

struct IdentityShown {
  ActorShown actor{};
  std::vector<service::Scope> scopes{};
  std::optional<SessionInfo> session{};
  std::string version{};
};
BOOST_DESCRIBE_STRUCT(IdentityShown, (), (actor, scopes, session, version))

Task<Result<IdentityShown>> show(const Services* services, service::Principal who) {
  IdentityShown shown{{who.actor.kind, who.actor.name}, who.scopes, {}, services->version};
  if (who.session) {
    Result<std::vector<SessionInfo>> open = co_await services->identity->sessions(who);
    if (!open) co_return std::unexpected(open.error());
    for (const SessionInfo& session : *open) {
      if (session.current) shown.session = session;
    }
  }
  co_return shown;
}

}  // namespace

Task<Result<Reply>> get_session(const Services* services, Call call) {
  Result<IdentityShown> shown = co_await show(services, std::move(call.who));
  if (!shown) co_return std::unexpected(shown.error());
  co_return ok(*shown);
}

Task<Result<Reply>> sign_in(const Services* services, Call call) {
  Result<SignIn> body = json::read_body<SignIn>(call.request.body);
  wipe(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  const std::string address = call.request.peer.address;
  std::string agent{call.request.headers.find("User-Agent").value_or("")};
  Result<service::NewSession> session =
      co_await services->identity->sign_in(std::move(body->password), address, std::move(agent));
  if (!session) co_return std::unexpected(session.error());
  Result<std::optional<service::Principal>> who =
      co_await services->identity->from_session(session->token.copy(), address);
  if (!who) co_return std::unexpected(who.error());
  if (!*who) co_return fail(Code::unauthenticated, "The session has ended already; sign in again.");
  Result<IdentityShown> shown = co_await show(services, std::move(**who));
  if (!shown) co_return std::unexpected(shown.error());
  Reply reply = ok(*shown);
  const auto lasts = std::chrono::floor<std::chrono::seconds>(session->expires_at - services->clock->now());
  reply.headers.add("Set-Cookie", session_cookie(session->token, call.request.peer.tls, lasts));
  co_return reply;
}

Task<Result<Reply>> sign_out(const Services* services, Call call) {
  Result<void> ended = co_await services->identity->sign_out(call.who);
  if (!ended) co_return std::unexpected(ended.error());
  Reply reply = no_content();
  reply.headers.add("Set-Cookie", cleared_session_cookie(call.request.peer.tls));
  co_return reply;
}

Task<Result<Reply>> list_sessions(const Services* services, Call call) {
  const Result<std::int64_t> limit = page_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const Result<std::optional<std::int64_t>> before = read_cursor(call.request, "sessions");
  if (!before) co_return std::unexpected(before.error());
  Result<std::vector<SessionInfo>> sessions = co_await services->identity->sessions(call.who);
  if (!sessions) co_return std::unexpected(sessions.error());
  if (*before) {
    std::erase_if(*sessions, [&](const SessionInfo& session) { return session.id.value >= **before; });
  }
  co_return list(*sessions, *limit,
                 [](const SessionInfo& session) { return make_cursor("sessions", session.id.value); });
}

Task<Result<Reply>> end_session(const Services* services, Call call) {
  const Result<SessionId> id = path_id<SessionId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<void> ended = co_await services->identity->end_session(call.who, *id);
  if (!ended) co_return std::unexpected(ended.error());
  co_return no_content();
}

Task<Result<Reply>> change_password(const Services* services, Call call) {
  Result<PasswordChange> body = json::read_body<PasswordChange>(call.request.body);
  wipe(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  Secret current = body->current_password ? std::move(*body->current_password) : Secret{};
  Result<void> changed =
      co_await services->identity->change_password(call.who, std::move(current), std::move(body->new_password));
  if (!changed) co_return std::unexpected(changed.error());
  co_return no_content();
}

}  // namespace keyledger::api
