#include <fmt/format.h>

#include "app/commands.h"

namespace keyledger::app {
namespace {

const Columns kAccounts{{"Id", "id", Kind::number},          {"E-mail", "email", Kind::text, true},
                        {"Name", "name", Kind::text, true},  {"Organization", "organization_name", Kind::text, true},
                        {"Keys", "key_count", Kind::number}, {"Created", "created_at", Kind::time}};

std::string account_body(const Session& session) {
  Body body;
  for (const auto& [option, field] :
       {std::pair{"--email", "email"}, {"--name", "name"}, {"--organization", "organization_name"}}) {
    const std::optional<std::string> value = session.value(option);
    if (value) body.text(field, *value);
  }
  return body.take();
}

}  // namespace

ExitCode list_accounts(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    return session.show_list(api.get_all(Target{"/api/accounts"}.with("q", session.text("--search"))), kAccounts,
                             "There are no accounts yet. Add one with `keyledger accounts create --email ...`.");
  });
}

ExitCode create_account(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    return session.show_one(api.post(Target{"/api/accounts"}, account_body(session)), kAccounts);
  });
}

ExitCode update_account(Session& session) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  return with_api(session, [&](ApiClient& api) {
    return session.show_one(api.put(path("/api/accounts/", **id), account_body(session)), kAccounts);
  });
}

ExitCode delete_account(Session& session) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  return with_api(session, [&](ApiClient& api) {
    const Result<Answer> answer =
        api.remove(path("/api/accounts/", **id).with("cascade", session.on("--cascade") ? "true" : ""));
    if (!answer) return session.failed(answer.error());
    session.say(fmt::format("Account {} is deleted.", **id));
    return ExitCode::ok;
  });
}

}  // namespace keyledger::app
