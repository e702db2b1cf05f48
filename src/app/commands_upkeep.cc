#include <fmt/format.h>

#include "app/commands.h"
#include "app/completion.h"
#include "app/data_folder.h"

namespace keyledger::app {
namespace {

constexpr std::chrono::milliseconds kPollEvery{200};

const Columns kAudit{{"Id", "id", Kind::number},
                     {"At", "at", Kind::time},
                     {"Who", "actor_kind"},
                     {"Name", "actor_name", Kind::text, true},
                     {"From", "address"},
                     {"Did", "action"},
                     {"To", "subject", Kind::text, true}};
const Columns kAuditState{{"Whole", "whole", Kind::yes_no},         {"Lines", "lines", Kind::number},
                          {"Last line", "last_at", Kind::time},     {"Head", "head"},
                          {"Broken at", "broken_at", Kind::number}, {"What", "what"}};
const Columns kRekey{{"State", "state", Kind::status},
                     {"Sealed anew", "resealed", Kind::number},
                     {"Of", "total", Kind::number},
                     {"Explanation", "explanation"}};
const Columns kSettings{{"Time zone", "timezone"},
                        {"Sync every (seconds)", "sync_interval_seconds", Kind::number},
                        {"Keep calls (months)", "retention_months", Kind::number},
                        {"Seller", "seller_name"},
                        {"Seller's address", "seller_address"},
                        {"Seller's tax id", "seller_tax_id"},
                        {"Foot of invoices", "invoice_footer"},
                        {"Due after (days)", "payment_days", Kind::number},
                        {"Suspend after (days)", "arrears_days", Kind::number},
                        {"Fixed by the configuration", "fixed", Kind::words}};

/// Waits until the re-sealing has come to an end, and answers its last state.
Result<Answer> follow_rekey(Session& session, ApiClient& api, Result<Answer> state) {
  Progress progress(&session.console());
  while (state && state->value["state"].text() == "running") {
    progress.show(fmt::format("Sealing anew: {} of {}", state->value["resealed"].integer().value_or(0),
                              state->value["total"].integer().value_or(0)));
    session.console().pause(kPollEvery);
    state = api.get(Target{"/api/rekey"});
  }
  return state;
}

/// Makes the file of the new key, unless one is named or lies there already: then an earlier run goes on with it.
Result<void> make_new_key(Session& session) {
  if (session.settings().given.contains("new-master-key-file")) return {};
  const std::filesystem::path file = new_master_key_path(session.settings());
  const Result<void> made = create_key_file(file);
  if (made) session.say(fmt::format("A new master key is in {}.", file.string()));
  if (!made && made.error().reason != "file_exists") return made;
  return {};
}

/// A whole number from 0 on as its digits, or nothing.
Result<std::optional<std::string>> whole_number(const Session& session, const std::string& name) {
  const std::optional<std::string> text = session.value(name);
  if (text == "0") return text;
  return session.number(name);
}

}  // namespace

ExitCode list_audit(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    Target target{"/api/audit"};
    target.with("actor", session.text("--actor")).with("action", session.text("--action"));
    target.with("subject", session.text("--subject"));
    target.with("from", session.text("--from")).with("to", session.text("--to"));
    const bool all = session.on("--all");
    return session.show_list(all ? api.get_all(target) : api.get(target), kAudit, "No line matches.");
  });
}

ExitCode verify_audit(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    const Result<Answer> answer = api.get(Target{"/api/audit/verify"});
    const ExitCode shown = session.show_one(answer, kAuditState);
    if (shown != ExitCode::ok) return shown;
    const bool* whole = answer->value["whole"].boolean();
    return whole != nullptr && *whole ? ExitCode::ok : ExitCode::bad_news;
  });
}

ExitCode rekey(Session& session) {
  const Result<void> there = make_new_key(session);
  if (!there) return session.failed(there.error());
  return with_api(session, [&](ApiClient& api) {
    const Result<Answer> state = follow_rekey(session, api, api.post(Target{"/api/rekey"}, ""));
    const ExitCode shown = session.show_one(state, kRekey);
    if (shown != ExitCode::ok) return shown;
    return state->value["state"].text() == "finished" ? ExitCode::ok : ExitCode::failed;
  });
}

ExitCode show_settings(Session& session) {
  return with_api(session,
                  [&](ApiClient& api) { return session.show_one(api.get(Target{"/api/settings"}), kSettings); });
}

ExitCode change_settings(Session& session) {
  Body body;
  bool changes = false;
  for (const auto& [option, field] : {std::pair{"--zone", "timezone"},
                                      {"--seller-name", "seller_name"},
                                      {"--seller-address", "seller_address"},
                                      {"--seller-tax-id", "seller_tax_id"},
                                      {"--invoice-footer", "invoice_footer"}}) {
    const std::optional<std::string> text = session.value(option);
    if (!text) continue;
    body.text(field, *text);
    changes = true;
  }
  for (const auto& [option, field] : {std::pair{"--retention-months", "retention_months"},
                                      {"--payment-days", "payment_days"},
                                      {"--arrears-days", "arrears_days"}}) {
    const Result<std::optional<std::string>> number = whole_number(session, option);
    if (!number) return session.failed(number.error());
    if (!*number) continue;
    body.number(field, **number);
    changes = true;
  }
  if (!changes) return session.failed(usage_error("Give at least one setting, such as --zone Europe/Berlin.").error());
  const std::string said = body.take();
  return with_api(session,
                  [&](ApiClient& api) { return session.show_one(api.put(Target{"/api/settings"}, said), kSettings); });
}

ExitCode show_version(Session& session) {
  const std::string version = KEYLEDGER_VERSION;
  session.print(session.on("--json") ? Body{}.text("version", version).take() + "\n" : "keyledger " + version + "\n");
  return ExitCode::ok;
}

ExitCode print_completion(Session& session) {
  const std::string shell = session.text("SHELL");
  const Shell which = shell == "bash" ? Shell::bash : shell == "zsh" ? Shell::zsh : Shell::fish;
  session.print(completion_script(which, commands(), session.setting_table()));
  return ExitCode::ok;
}

}  // namespace keyledger::app
