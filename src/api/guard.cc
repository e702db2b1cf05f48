#include <fmt/format.h>

#include "api/checks.h"
#include "api/compression.h"
#include "api/replies.h"
#include "api/session/cookie.h"
#include "crypto/hash.h"

namespace keyledger::api {
namespace {

using service::Principal;

bool is_write(const Entry& entry) {
  return entry.method != Method::get && entry.method != Method::head;
}

/// The credentials' owner; nothing if there are none or they are not valid.
Task<Result<std::optional<Principal>>> authenticate(const Services* services, const net::Request* request) {
  if (request->peer.local_socket) {
    Principal local;
    local.actor = {service::ActorKind::local, "command line", {}};
    local.scopes = {service::Scope::admin};
    co_return local;
  }
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view authorization = request->headers.find("Authorization").value_or("");
  if (authorization.starts_with(kBearer)) {
    Secret token{std::string{authorization.substr(kBearer.size())}};
    Result<std::optional<Principal>> who =
        co_await services->identity->from_token(std::move(token), request->peer.address);
    co_return who;
  }
  std::optional<Secret> cookie = read_session_cookie(*request);
  if (!cookie || !authorization.empty()) co_return std::nullopt;
  Result<std::optional<Principal>> who =
      co_await services->identity->from_session(std::move(*cookie), request->peer.address);
  co_return who;
}

std::string_view scope_of(Who who) {
  if (who == Who::reader || who == Who::machine) return "read";
  return who == Who::verifier ? "verify" : "admin";
}

/// Whether the request was sent on this machine itself. What a proxy hands on comes from here, too, and says so.
bool from_this_machine(const net::Request& request) {
  constexpr std::string_view kByProxies[] = {"Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"};
  for (const std::string_view name : kByProxies) {
    if (request.headers.count(name) > 0) return false;
  }
  return request.peer.address == "::1" || request.peer.address.starts_with("127.");
}

Result<void> check_scope(const Entry& entry, const std::optional<Principal>& who, const net::Request& request) {
  if (entry.who == Who::anyone || (entry.who == Who::machine && from_this_machine(request))) return {};
  if (!who) return fail(Code::unauthenticated, "Sign in, or send an admin token as Authorization: Bearer kla_...");
  const bool enough = entry.who == Who::signed_in || who->may(service::Scope::admin) ||
                      (scope_of(entry.who) == "read" && who->may(service::Scope::read)) ||
                      (entry.who == Who::verifier && who->may(service::Scope::verify));
  if (enough) return {};
  return fail(Code::forbidden, fmt::format("This token lacks the scope {}; make one that has it.", scope_of(entry.who)),
              "insufficient_scope");
}

/// Whether a browser says that the page that asks is ours. A browser always says so on writes; one that says nothing is
/// none, and then it has to prove itself by other means than a cookie.
bool same_origin(const net::Request& request, bool silence_is_fine) {
  const std::optional<std::string_view> site = request.headers.find("Sec-Fetch-Site");
  if (site) return *site == "same-origin";
  const std::optional<std::string_view> origin = request.headers.find("Origin");
  if (!origin) return silence_is_fine;
  const std::size_t scheme = origin->find("://");
  return scheme != std::string_view::npos && origin->substr(scheme + 3) == request.headers.find("Host").value_or("");
}

/// Over plain http to another machine browsers say nothing of a read. The dashboard then adds a header of its own,
/// which a page of another origin could only send after asking, and it would be refused.
bool names_its_page(const net::Request& request) {
  if (request.headers.find("Sec-Fetch-Site") || request.headers.find("Origin")) return false;
  return request.headers.find("X-Keyledger").value_or("") == "dashboard";
}

Result<void> check_origin(const Entry& entry, const Principal* who, const net::Request& request) {
  if (!is_write(entry) && !entry.reveals) return {};
  const bool by_cookie = who != nullptr && who->session.has_value();
  const bool sign_in = entry.who == Who::anyone;
  if (!by_cookie && !sign_in) return {};
  if (same_origin(request, sign_in) || (entry.reveals && names_its_page(request))) return {};
  return fail(Code::forbidden, "The request does not come from this dashboard's own page.", "cross_origin");
}

/// The ticket of a request with an Idempotency-Key: bound to the caller and the route, so that nobody meets another's.
Result<std::optional<service::OnceTicket>> ticket_of(const Entry& entry, const Principal& who,
                                                     const net::Request& request) {
  const std::optional<std::string_view> key = request.headers.find("Idempotency-Key");
  if (!key || !entry.once) return std::nullopt;
  const Result<void> fine = service::Idempotency::check(*key);
  if (!fine) return std::unexpected(fine.error());
  service::OnceTicket ticket;
  const std::string caller = who.token ? fmt::format("token/{}", who.token->value)
                                       : boost::describe::enum_to_string(who.actor.kind, "unknown");
  ticket.scope = fmt::format("{} POST {}", caller, entry.pattern);
  ticket.key = *key;
  ticket.body_digest = crypto::to_hex(crypto::sha256(request.body));
  return ticket;
}

Task<Reply> answer(const Services* services, const Entry* entry, Call call) {
  Result<Reply> reply = co_await entry->handler(services, std::move(call));
  if (!reply) co_return refuse(reply.error());
  announce(services, *entry);
  co_return std::move(*reply);
}

/// Runs a handler under its Idempotency-Key, or repeats the first answer.
Task<Reply> answer_once(const Services* services, const Entry* entry, Call call) {
  const service::OnceTicket ticket = *call.once;
  Result<std::optional<service::StoredAnswer>> first = co_await services->idempotency->begin(ticket);
  if (!first) co_return refuse(first.error());
  if (*first) {
    Reply repeated = net::json_reply(static_cast<unsigned>((*first)->status), std::move((*first)->body));
    repeated.headers.set("Idempotent-Replayed", "true");
    co_return repeated;
  }
  const RunningOnce running{services->idempotency, &ticket};
  Reply reply = co_await answer(services, entry, std::move(call));
  co_return reply;
}

}  // namespace

Task<Reply> guarded(const Services* services, const Entry* entry, net::Request request) {
  std::optional<Principal> who;
  if (entry->who != Who::anyone) {
    Result<std::optional<Principal>> found = co_await authenticate(services, &request);
    if (!found) co_return refuse(found.error());
    who = std::move(*found);
  }
  Result<void> fine = check_scope(*entry, who, request);
  if (fine) fine = check_origin(*entry, who ? &*who : nullptr, request);
  if (fine) fine = entry->body_types.empty() ? check_media_type(request) : check_body_type(*entry, request);
  if (fine) fine = check_query(*entry, request);
  if (!fine) co_return refuse(fine.error());
  Call call;
  if (who) call.who = std::move(*who);
  Result<std::optional<service::OnceTicket>> ticket = ticket_of(*entry, call.who, request);
  if (!ticket) co_return refuse(ticket.error());
  call.once = std::move(*ticket);
  call.request = std::move(request);
  if (call.once) {
    Reply once = co_await answer_once(services, entry, std::move(call));
    co_return once;
  }
  const bool compressible = may_compress(*entry);
  const bool gzip_is_fine = compressible && accepts_gzip(call.request);
  Result<Reply> reply = co_await entry->handler(services, std::move(call));
  if (!reply) co_return refuse(reply.error());
  announce(services, *entry);
  if (!compressible || !worth_compressing(*reply)) co_return std::move(*reply);
  Reply smaller = co_await compressed(services->workers, gzip_is_fine, std::move(*reply));
  co_return smaller;
}

}  // namespace keyledger::api
