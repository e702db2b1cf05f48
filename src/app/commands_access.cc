#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "app/commands.h"
#include "crypto/hash.h"

namespace keyledger::app {
namespace {

const Columns kTokens{{"Id", "id", Kind::number},
                      {"Name", "name", Kind::text, true},
                      {"Token", "hint"},
                      {"Scopes", "scopes", Kind::words},
                      {"Created", "created_at", Kind::time},
                      {"Last used", "last_used_at", Kind::time},
                      {"Revoked", "revoked_at", Kind::time}};
const Columns kSessions{{"Id", "id", Kind::number},
                        {"From", "address"},
                        {"Browser", "user_agent", Kind::text, true},
                        {"Signed in", "created_at", Kind::time},
                        {"Last seen", "last_seen_at", Kind::time},
                        {"Ends", "expires_at", Kind::time}};

/// ["admin", "read"] from words that may be joined by commas.
std::string scopes_json(const std::vector<std::string>& given) {
  json::Writer out;
  out.begin_array();
  for (const std::string& words : given) {
    std::size_t start = 0;
    while (start <= words.size()) {
      const std::size_t end = std::min(words.find(',', start), words.size());
      out.string(std::string_view{words}.substr(start, end - start));
      start = end + 1;
    }
  }
  out.end_array();
  return out.take();
}

Result<Secret> ask_new_password(Session& session) {
  Console& console = session.console();
  if (!console.in_terminal) return session.read_key("");
  Result<Secret> first = console.ask_secret("New password: ");
  if (!first) return first;
  Result<Secret> second = console.ask_secret("And once more: ");
  if (!second) return second;
  if (!crypto::equal(*first, *second)) {
    return fail(Code::invalid_argument, "The two are not the same; nothing was changed.", "passwords_differ");
  }
  return first;
}

}  // namespace

ExitCode create_token(Session& session) {
  Body body;
  body.text("name", session.text("--name")).raw("scopes", scopes_json(session.values("--scopes")));
  return with_api(session, [&](ApiClient& api) {
    const Result<Answer> made = api.post(Target{"/api/tokens"}, body.take());
    if (!made) return session.failed(made.error());
    if (session.on("--json")) {
      session.print(made->text + "\n");
      return ExitCode::ok;
    }
    session.print(std::string{made->value["token"].text().value_or("")} + "\n");
    *session.console().err << "This is the only time the token is shown. Send it as Authorization: Bearer ...\n";
    return ExitCode::ok;
  });
}

ExitCode list_tokens(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    return session.show_list(api.get_all(Target{"/api/tokens"}), kTokens, "There are no admin tokens.");
  });
}

ExitCode revoke_token(Session& session) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  return with_api(session, [&](ApiClient& api) {
    return session.show_one(api.post(path("/api/tokens/", **id, "/revoke"), ""), kTokens);
  });
}

ExitCode change_password(Session& session) {
  Body body;
  if (session.on("--server")) {
    Result<Secret> current = session.console().ask_secret("Current password: ");
    if (!current) return session.failed(current.error());
    body.secret("current_password", *current);
  }
  const Result<Secret> wanted = ask_new_password(session);
  if (!wanted) return session.failed(wanted.error());
  body.secret("new_password", *wanted);
  return with_api(session, [&](ApiClient& api) {
    const Result<Answer> answer = api.put(Target{"/api/password"}, body.take());
    if (!answer) return session.failed(answer.error());
    session.say("The owner's password is changed; every browser has to sign in again.");
    return ExitCode::ok;
  });
}

ExitCode list_sessions(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    return session.show_list(api.get_all(Target{"/api/sessions"}), kSessions, "Nobody is signed in.");
  });
}

ExitCode end_session(Session& session) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  return with_api(session, [&](ApiClient& api) {
    const Result<Answer> answer = api.remove(path("/api/sessions/", **id));
    if (!answer) return session.failed(answer.error());
    session.say(fmt::format("Session {} has ended.", **id));
    return ExitCode::ok;
  });
}

}  // namespace keyledger::app
