#include <fmt/format.h>

#include "api/call.h"
#include "api/replies.h"
#include "api/session/cookie.h"
#include "crypto/hash.h"
#include "service/events.h"

namespace keyledger::api {
namespace {

using service::Principal;

bool is_write(const Entry& entry) {
  return entry.method != Method::get && entry.method != Method::head;
}

bool has_word(std::string_view words, std::string_view word) {
  return (" " + std::string{words} + " ").find(" " + std::string{word} + " ") != std::string::npos;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    words.emplace_back(word);
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return words;
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

Result<void> check_scope(const Entry& entry, const std::optional<Principal>& who) {
  if (entry.who == Who::anyone) return {};
  if (!who) return fail(Code::unauthenticated, "Sign in, or send an admin token as Authorization: Bearer kla_...");
  const bool enough = entry.who == Who::signed_in || who->may(service::Scope::admin) ||
                      (entry.who == Who::reader && who->may(service::Scope::read));
  if (enough) return {};
  return fail(
      Code::forbidden,
      fmt::format("This token lacks the scope {}; make one that has it.", entry.who == Who::reader ? "read" : "admin"),
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

Result<void> check_origin(const Entry& entry, const Principal* who, const net::Request& request) {
  if (!is_write(entry) && !entry.reveals) return {};
  const bool by_cookie = who != nullptr && who->session.has_value();
  const bool sign_in = entry.who == Who::anyone;
  if (!by_cookie && !sign_in) return {};
  if (same_origin(request, sign_in)) return {};
  return fail(Code::forbidden, "The request does not come from this dashboard's own page.", "cross_origin");
}

Result<void> check_media_type(const net::Request& request) {
  if (request.body.empty()) return {};
  const std::string_view type = request.headers.find("Content-Type").value_or("");
  const std::string_view essence = type.substr(0, type.find(';'));
  constexpr std::string_view kJson = "application/json";
  const bool json =
      essence.size() >= kJson.size() &&
      std::equal(kJson.begin(), kJson.end(), essence.begin(),
                 [](char want, char have) { return want == (have | (have >= 'A' && have <= 'Z' ? 32 : 0)); }) &&
      essence.find_first_not_of(' ', kJson.size()) == std::string_view::npos;
  if (json) return {};
  return fail(Code::invalid_argument, "Send the body as Content-Type: application/json.", "unsupported_media_type");
}

Result<void> check_query(const Entry& entry, const net::Request& request) {
  std::vector<std::string_view> seen;
  for (const auto& [name, value] : request.query) {
    if (!has_word(entry.query, name) || name.empty()) {
      return fail(Code::invalid_argument, fmt::format("There is no parameter {}; leave it out.", name.substr(0, 64)),
                  "unknown_parameter", name.substr(0, 64));
    }
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      return fail(Code::invalid_argument, fmt::format("The parameter {} is given twice; give it once.", name),
                  "unknown_parameter", name);
    }
    seen.push_back(name);
  }
  return {};
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

Reply refuse(const Error& error) {
  Reply reply = problem(error);
  if (error.reason == "unsupported_media_type") {
    reply = net::problem_reply({.status = 415, .code = error.reason, .detail = error.message});
  }
  return reply;
}

Task<Reply> answer(const Services* services, const Entry* entry, Call call) {
  Result<Reply> reply = co_await entry->handler(services, std::move(call));
  if (!reply) co_return refuse(reply.error());
  if (!entry->changes.empty()) services->events->publish(service::EventKind::changed, words_of(entry->changes));
  co_return std::move(*reply);
}

/// Frees the Idempotency-Key however the handler ends.
struct Running {
  service::Idempotency* idempotency;
  const service::OnceTicket* ticket;
  ~Running() { idempotency->end(*ticket); }
};

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
  const Running running{services->idempotency, &ticket};
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
  Result<void> fine = check_scope(*entry, who);
  if (fine) fine = check_origin(*entry, who ? &*who : nullptr, request);
  if (fine) fine = check_media_type(request);
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
  Reply reply = co_await answer(services, entry, std::move(call));
  co_return reply;
}

}  // namespace keyledger::api
