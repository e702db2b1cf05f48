#include "app/customer_views.h"

namespace keyledger::app {

const Columns& customer_columns() {
  static const Columns columns{{"Id", "id", Kind::number},
                               {"Name", "name", Kind::text, true},
                               {"E-mail", "email", Kind::text, true},
                               {"Keys", "key_count", Kind::number},
                               {"Zone", "timezone"},
                               {"Suspended", "suspended_at", Kind::time},
                               {"Created", "created_at", Kind::time},
                               {"Notes", "notes", Kind::text, true}};
  return columns;
}

const Columns& customer_key_columns() {
  static const Columns columns{{"Id", "id", Kind::number},
                               {"Name", "name", Kind::text, true},
                               {"Customer", "customer_name", Kind::text, true},
                               {"E-mail", "customer_email", Kind::text, true},
                               {"Key", "hint"},
                               {"Status", "status", Kind::status},
                               {"A day", "rate_limit", Kind::number},
                               {"Requests", "total_requests", Kind::number},
                               {"Last used", "last_used_at", Kind::time},
                               {"Created", "created_at", Kind::time},
                               {"Expires", "expires_at", Kind::time}};
  return columns;
}

const Columns& key_call_columns() {
  static const Columns columns{{"At", "at", Kind::time},
                               {"Action", "action"},
                               {"Website", "website"},
                               {"Account", "account_username", Kind::text, true},
                               {"Status", "status", Kind::status},
                               {"HTTP", "http_status", Kind::number},
                               {"From", "ip_address"}};
  return columns;
}

const Columns& call_columns() {
  static const Columns columns = [] {
    Columns made = key_call_columns();
    made.insert(made.begin() + 1, {"Key", "key_name", Kind::text, true});
    return made;
  }();
  return columns;
}

const Columns& stats_columns() {
  static const Columns columns{
      {"Days", "period_days", Kind::number},     {"Requests", "total_requests", Kind::number},
      {"Success rate (%)", "success_rate"},      {"Failed", "failed", Kind::number},
      {"Refused", "refused", Kind::number},      {"Rentals", "rentals", Kind::number},
      {"Returns", "returns", Kind::number},      {"Unique accounts", "unique_accounts", Kind::number},
      {"Websites", "websites_used", Kind::words}};
  return columns;
}

std::string key_card(const json::Value& key, const TableStyle& style) {
  static const Columns kMore{{"Revoked", "revoked_at", Kind::time},
                             {"Rotated", "rotated_at", Kind::time},
                             {"Old text until", "previous_valid_until", Kind::time},
                             {"Only from", "allowed_ips", Kind::words},
                             {"Only for", "allowed_actions", Kind::words},
                             {"Notes", "notes"}};
  static const Columns kStandings{{"Limit", "metric"},
                                  {"Window", "window"},
                                  {"Amount", "amount", Kind::number},
                                  {"Used", "used", Kind::number},
                                  {"Left", "remaining", Kind::number},
                                  {"More at", "resets_at", Kind::time}};
  Columns shown = customer_key_columns();
  for (const Column& column : kMore) {
    const json::Value& value = key[column.path];
    if (!value.items().empty() || !value.text().value_or("").empty()) shown.push_back(column);
  }
  const json::Array& standings = key["standings"].items();
  std::string text = to_card(shown, key, style);
  if (!standings.empty()) text += "\n" + to_table(kStandings, standings, style);
  return text;
}

}  // namespace keyledger::app
