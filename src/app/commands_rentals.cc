#include <fmt/format.h>

#include <fstream>
#include <istream>

#include "app/commands.h"

namespace keyledger::app {
namespace {

constexpr std::size_t kPasswordBytesMax =
    2 << 10;  // more than any may have, so that too long ones are told from cut ones
constexpr std::size_t kCsvBytesMax = 4 << 20;

const Columns kWebsites{{"Id", "id", Kind::number},
                        {"Name", "name", Kind::text, true},
                        {"Hours", "validity_hours", Kind::number},
                        {"After a rental", "after_rental"},
                        {"Rotation", "rotation"},
                        {"Accounts", "accounts.total", Kind::number},
                        {"Free", "accounts.available", Kind::number},
                        {"Rented", "accounts.rented", Kind::number},
                        {"Need a password", "accounts.needs_rotation", Kind::number},
                        {"Aside", "accounts.exception", Kind::number},
                        {"Address", "url", Kind::text, true}};

const Columns kAccounts{{"Id", "id", Kind::number},
                        {"Website", "website", Kind::text, true},
                        {"User name", "username", Kind::text, true},
                        {"E-mail", "email", Kind::text, true},
                        {"Status", "status", Kind::status},
                        {"Rented by", "rental.customer_name", Kind::text, true},
                        {"Until", "rental.expires_at", Kind::time},
                        {"Password set", "last_reset", Kind::time}};

const Columns kAccount{{"Id", "id", Kind::number},
                       {"Website", "website"},
                       {"User name", "username"},
                       {"E-mail", "email"},
                       {"Notes", "notes"},
                       {"Status", "status", Kind::status},
                       {"Put aside because", "exception_reason"},
                       {"Rented by", "rental.customer_name"},
                       {"Until", "rental.expires_at", Kind::time},
                       {"Password set", "last_reset", Kind::time},
                       {"Rotation tried", "rotation_attempts", Kind::number},
                       {"Tried again", "rotation_due_at", Kind::time},
                       {"Rotation failed", "rotation_error"},
                       {"Created", "created_at", Kind::time}};

const Columns kRentals{{"Id", "id", Kind::number},
                       {"Website", "website", Kind::text, true},
                       {"Account", "username", Kind::text, true},
                       {"Customer", "customer_name", Kind::text, true},
                       {"Key", "key_name", Kind::text, true},
                       {"Rented", "rented_at", Kind::time},
                       {"Until", "expires_at", Kind::time},
                       {"Ended", "ended_at", Kind::time},
                       {"How", "ended_by"},
                       {"Status", "status", Kind::status}};

const Columns kPasswords{{"Password set", "set_at", Kind::time}, {"By", "set_by"}};

/// The members that options give as text.
void add_texts(const Session& session, Body& body, std::initializer_list<std::pair<const char*, const char*>> options) {
  for (const auto& [option, field] : options) {
    const std::optional<std::string> value = session.value(option);
    if (value) body.text(field, *value);
  }
}

Result<std::string> website_body(const Session& session) {
  Body body;
  add_texts(session, body,
            {{"--name", "name"},
             {"--url", "url"},
             {"--description", "description"},
             {"--after-rental", "after_rental"},
             {"--rotation", "rotation"},
             {"--rotation-url", "rotation_url"}});
  const Result<std::optional<std::string>> hours = session.number("--validity-hours");
  if (!hours) return std::unexpected(hours.error());
  if (*hours) body.number("validity_hours", **hours);
  return body.take();
}

/// Shows a website, and the secret that this answer alone has.
ExitCode show_website(Session& session, const Result<Answer>& answer) {
  const ExitCode shown = session.show_one(answer, kWebsites);
  if (shown != ExitCode::ok || session.on("--json")) return shown;
  const std::optional<std::string_view> secret = answer->value["rotation_secret"].text();
  if (!secret) return shown;
  session.say("The secret that signs the webhook, shown this once:");
  session.print(std::string{*secret} + "\n");
  return shown;
}

/// A password from --password-file, from the terminal without showing it, or from what is piped in.
Result<Secret> read_password(Session& session) {
  if (session.on("--password")) {
    return usage_error(
        "A password on the command line can be seen by everybody on this machine and stays in the shell's history. "
        "Give it with --password-file FILE, pipe it in, or type it when asked.");
  }
  const std::optional<std::string> file = session.value("--password-file");
  if (!file && session.console().in_terminal) return session.console().ask_secret("Password: ");
  std::ifstream opened;
  if (file && *file != "-") {
    opened.open(*file, std::ios::binary);
    if (!opened) return fail(Code::not_found, fmt::format("{} cannot be opened.", *file), "no_such_file");
  }
  std::istream& in = opened.is_open() ? opened : *session.console().in;
  std::string text(kPasswordBytesMax, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  std::size_t length = static_cast<std::size_t>(in.gcount());
  while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r')) --length;
  Secret password{text.substr(0, length)};
  wipe(text);
  if (password.empty()) return usage_error("No password came in; pipe it in, or give --password-file FILE.");
  return password;
}

/// A file of accounts; it holds passwords.
Result<Secret> read_csv(Session& session, const std::string& file) {
  std::ifstream opened;
  if (file != "-") {
    opened.open(file, std::ios::binary);
    if (!opened) return fail(Code::not_found, fmt::format("{} cannot be opened.", file), "no_such_file");
  }
  std::istream& in = opened.is_open() ? opened : *session.console().in;
  std::string text(kCsvBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  const std::size_t length = static_cast<std::size_t>(in.gcount());
  Secret csv{text.substr(0, length)};
  wipe(text);
  if (length > kCsvBytesMax) return fail(Code::too_large, "The file has over 4 MB; split it.", "csv_too_large");
  return csv;
}

Result<Answer> send_import(Session& session, ApiClient& api, const Secret& csv, bool dry_run) {
  Body body;
  body.secret("csv", csv).raw("dry_run", dry_run ? "true" : "false");
  if (session.on("--skip-bad-lines")) body.raw("skip_bad_lines", "true");
  return api.post(Target{"/api/rental-accounts/import"}, body.take());
}

ExitCode show_import(Session& session, const Answer& answer) {
  const json::Array& bad = answer.value["errors"].items();
  if (session.on("--json")) {
    session.print(answer.text + "\n");
  } else if (session.on("--csv") || !bad.empty()) {
    const Columns columns{
        {"Line", "line", Kind::number}, {"Column", "field"}, {"What is wrong", "message", Kind::text, true}};
    session.print(session.on("--csv") ? to_csv(columns, bad) : to_table(columns, bad, session.console().style));
  }
  const bool* dry = answer.value["dry_run"].boolean();
  session.say(fmt::format("{} account{} {}, {} already there, {} bad line{}.",
                          answer.value["created"].integer().value_or(0),
                          answer.value["created"].integer().value_or(0) == 1 ? "" : "s",
                          dry != nullptr && *dry ? "would be added" : "added",
                          answer.value["skipped"].integer().value_or(0), bad.size(), bad.size() == 1 ? "" : "s"));
  return bad.empty() ? ExitCode::ok : ExitCode::bad_news;
}

/// A command on one thing: its id, then what to do with it.
template <typename Act>
ExitCode with_id(Session& session, Act act) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  return with_api(session, [&](ApiClient& api) { return act(api, **id); });
}

ExitCode removed(Session& session, const Result<Answer>& answer, std::string_view sentence) {
  if (!answer) return session.failed(answer.error());
  session.say(sentence);
  return ExitCode::ok;
}

}  // namespace

ExitCode list_websites(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    return session.show_list(api.get_all(Target{"/api/websites"}.with("q", session.text("--search"))), kWebsites,
                             "There are no websites yet. Add one with `keyledger websites create --name ...`.");
  });
}

ExitCode create_website(Session& session) {
  const Result<std::string> body = website_body(session);
  if (!body) return session.failed(body.error());
  return with_api(session,
                  [&](ApiClient& api) { return show_website(session, api.post(Target{"/api/websites"}, *body)); });
}

ExitCode update_website(Session& session) {
  const Result<std::string> body = website_body(session);
  if (!body) return session.failed(body.error());
  return with_id(session, [&](ApiClient& api, const std::string& id) {
    return show_website(session, api.put(path("/api/websites/", id), *body));
  });
}

ExitCode delete_website(Session& session) {
  return with_id(session, [&](ApiClient& api, const std::string& id) {
    return removed(session, api.remove(path("/api/websites/", id)), fmt::format("Website {} is removed.", id));
  });
}

ExitCode renew_rotation_secret(Session& session) {
  return with_id(session, [&](ApiClient& api, const std::string& id) {
    return show_website(session, api.post(path("/api/websites/", id, "/rotation-secret"), ""));
  });
}

ExitCode list_rental_accounts(Session& session) {
  Target target{"/api/rental-accounts"};
  target.with("website", session.text("--website")).with("status", session.text("--status"));
  target.with("q", session.text("--search"));
  const bool filtered = target.text().find('?') != std::string::npos;
  return with_api(session, [&](ApiClient& api) {
    return session.show_list(api.get_all(target), kAccounts,
                             filtered ? "No account matches."
                                      : "There are no rental accounts yet. Add one with `keyledger rental-accounts "
                                        "create`, or many with `keyledger rental-accounts import FILE`.");
  });
}

ExitCode show_rental_account(Session& session) {
  return with_id(session, [&](ApiClient& api, const std::string& id) {
    if (!session.on("--reveal")) return session.show_one(api.get(path("/api/rental-accounts/", id)), kAccount);
    const Result<Answer> answer = api.get(path("/api/rental-accounts/", id, "/password"));
    if (!answer) return session.failed(answer.error());
    const std::string password{answer->value["password"].text().value_or("")};
    session.print((session.on("--json") ? answer->text : password) + "\n");
    return ExitCode::ok;
  });
}

ExitCode create_rental_account(Session& session) {
  Body body;
  add_texts(session, body,
            {{"--website", "website"}, {"--username", "username"}, {"--email", "email"}, {"--notes", "notes"}});
  const Result<Secret> password = read_password(session);
  if (!password) return session.failed(password.error());
  body.secret("password", *password);
  return with_api(session, [&](ApiClient& api) {
    return session.show_one(api.post(Target{"/api/rental-accounts"}, body.take()), kAccount);
  });
}

ExitCode update_rental_account(Session& session) {
  Body body;
  add_texts(session, body, {{"--username", "username"}, {"--email", "email"}, {"--notes", "notes"}});
  return with_id(session, [&](ApiClient& api, const std::string& id) {
    return session.show_one(api.put(path("/api/rental-accounts/", id), body.take()), kAccount);
  });
}

ExitCode delete_rental_account(Session& session) {
  return with_id(session, [&](ApiClient& api, const std::string& id) {
    return removed(session, api.remove(path("/api/rental-accounts/", id)),
                   fmt::format("Rental account {} is removed; its rentals stay in the books.", id));
  });
}

ExitCode put_aside_rental_account(Session& session) {
  Body body;
  body.text("reason", session.text("--reason"));
  if (session.on("--take-back")) body.raw("take_back", "true");
  return with_id(session, [&](ApiClient& api, const std::string& id) {
    return session.show_one(api.post(path("/api/rental-accounts/", id, "/exception"), body.take()), kAccount);
  });
}

ExitCode restore_rental_account(Session& session) {
  return with_id(session, [&](ApiClient& api, const std::string& id) {
    return session.show_one(api.post(path("/api/rental-accounts/", id, "/restore"), ""), kAccount);
  });
}

ExitCode set_rental_account_password(Session& session) {
  const Result<Secret> password = read_password(session);
  if (!password) return session.failed(password.error());
  return with_id(session, [&](ApiClient& api, const std::string& id) {
    const std::string body = Body{}.secret("password", *password).take();
    return session.show_one(api.put(path("/api/rental-accounts/", id, "/password"), body), kAccount);
  });
}

ExitCode show_rental_account_history(Session& session) {
  return with_id(session, [&](ApiClient& api, const std::string& id) {
    const Result<Answer> answer = api.get(path("/api/rental-accounts/", id, "/history"));
    if (!answer) return session.failed(answer.error());
    const json::Array& rentals = answer->value["rentals"].items();
    if (session.on("--json")) {
      session.print(answer->text + "\n");
    } else if (session.on("--csv")) {
      session.print(to_csv(kRentals, rentals));
    } else {
      const TableStyle& style = session.console().style;
      session.print(to_table(kRentals, rentals, style) + "\n" +
                    to_table(kPasswords, answer->value["passwords"].items(), style));
    }
    return ExitCode::ok;
  });
}

ExitCode import_rental_accounts(Session& session) {
  const Result<Secret> csv = read_csv(session, session.text("FILE"));
  if (!csv) return session.failed(csv.error());
  return with_api(session, [&](ApiClient& api) {
    // Looked through first in any case: so that all bad lines are shown, not only the first.
    const Result<Answer> seen = send_import(session, api, *csv, true);
    if (!seen) return session.failed(seen.error());
    const bool bad = !seen->value["errors"].items().empty() && !session.on("--skip-bad-lines");
    if (session.on("--dry-run") || bad) {
      const ExitCode shown = show_import(session, *seen);
      if (bad && !session.on("--dry-run")) session.say("Nothing was changed.");
      return shown;
    }
    const Result<Answer> done = send_import(session, api, *csv, false);
    if (!done) return session.failed(done.error());
    return show_import(session, *done);
  });
}

ExitCode list_rentals(Session& session) {
  Target target{"/api/rentals"};
  for (const auto& [option, parameter] :
       {std::pair{"--customer", "customer_id"}, {"--key", "key_id"}, {"--account", "account_id"}}) {
    const Result<std::optional<std::string>> value = session.number(option);
    if (!value) return session.failed(value.error());
    target.with(parameter, value->value_or(""));
  }
  target.with("status", session.text("--status")).with("website", session.text("--website"));
  target.with("from", session.text("--from")).with("to", session.text("--to"));
  return with_api(session, [&](ApiClient& api) {
    const Result<Answer> page = session.on("--all") ? api.get_all(target) : api.get(target);
    return session.show_list(page, kRentals, "There are no such rentals.");
  });
}

ExitCode show_rental(Session& session) {
  return with_id(session, [&](ApiClient& api, const std::string& id) {
    return session.show_one(api.get(path("/api/rentals/", id)), kRentals);
  });
}

ExitCode take_back_rental(Session& session) {
  return with_id(session, [&](ApiClient& api, const std::string& id) {
    return session.show_one(api.post(path("/api/rentals/", id, "/take-back"), ""), kRentals);
  });
}

}  // namespace keyledger::app
