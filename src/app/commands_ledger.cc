#include "app/commands.h"

namespace keyledger::app {
namespace {

constexpr std::int64_t kRowsDefault = 50;

const Columns kActivity{{"Id", "id", Kind::number},
                        {"At", "at", Kind::time},
                        {"Key", "key_name", Kind::text, true},
                        {"Hint", "key_hint"},
                        {"Customer", "customer_name", Kind::text, true},
                        {"Action", "action"},
                        {"Website", "website"},
                        {"Account", "account_username", Kind::text, true},
                        {"Status", "status", Kind::status},
                        {"HTTP", "http_status", Kind::number},
                        {"From", "ip_address"},
                        {"Took (ms)", "duration_ms", Kind::number}};
const Columns kLedgerState{{"Whole", "whole", Kind::yes_no},
                           {"Events", "events", Kind::number},
                           {"Blocks", "blocks", Kind::number},
                           {"Not yet in a block", "open_events", Kind::number},
                           {"First event", "first_at", Kind::time},
                           {"Last event", "last_at", Kind::time},
                           {"Head", "head"},
                           {"Rollups agree", "rollups_agree", Kind::yes_no},
                           {"Broken at", "broken_at", Kind::number},
                           {"What", "what"}};
const Columns kLedgerStats{{"Events", "events", Kind::number},      {"Blocks", "blocks", Kind::number},
                           {"Keys", "keys", Kind::number},          {"First event", "first_at", Kind::time},
                           {"Last event", "last_at", Kind::time},   {"Kept from", "kept_from", Kind::time},
                           {"Today", "events_today", Kind::number}, {"Refused today", "refused_today", Kind::number}};

bool says(const json::Value& value, std::string_view name) {
  const bool* flag = value[name].boolean();
  return flag != nullptr && *flag;
}

}  // namespace

ExitCode list_activity(Session& session) {
  Target target{"/api/activity"};
  for (const auto& [option, parameter] : {std::pair{"--key", "key_id"}, {"--customer", "customer_id"}}) {
    const Result<std::optional<std::string>> id = session.number(option);
    if (!id) return session.failed(id.error());
    target.with(parameter, id->value_or(""));
  }
  for (const auto& [option, parameter] : {std::pair{"--action", "action"},
                                          {"--status", "status"},
                                          {"--website", "website"},
                                          {"--from", "from"},
                                          {"--to", "to"}}) {
    target.with(parameter, session.text(option));
  }
  const Result<std::optional<std::string>> limit = session.number("--limit");
  if (!limit) return session.failed(limit.error());
  const std::size_t rows = std::stoull(limit->value_or(std::to_string(kRowsDefault)));
  return with_api(session, [&](ApiClient& api) {
    return session.show_list(api.get_first(target, rows), kActivity, "No call matches.");
  });
}

ExitCode verify_ledger(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    const Result<Answer> answer = api.get(Target{"/api/ledger/verify"});
    const ExitCode shown = session.show_one(answer, kLedgerState);
    if (shown != ExitCode::ok) return shown;
    const bool good = says(answer->value, "whole") && says(answer->value, "rollups_agree");
    return good ? ExitCode::ok : ExitCode::bad_news;
  });
}

ExitCode show_ledger_stats(Session& session) {
  return with_api(session,
                  [&](ApiClient& api) { return session.show_one(api.get(Target{"/api/ledger/stats"}), kLedgerStats); });
}

}  // namespace keyledger::app
