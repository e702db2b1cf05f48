#include "providers/serpapi/answers.h"

#include "providers/answers.h"
#include "providers/table/readers.h"

namespace keyledger::providers::serpapi {
namespace {

/// Searches bought beside the plan.
void take_extra(const json::Value& body, table::Told& told) {
  usage::Reading reading{.name = "extra_searches", .unit = "searches"};
  reading.remaining = table::count_of(body["extra_credits"]);
  if (reading.remaining) told.readings.push_back(std::move(reading));
}

void take_hour(const json::Value& body, table::Told& told) {
  // Both names occur: the older one counts sixty minutes back, the newer one since the full hour.
  const bool newer = !body["this_hour_searches"].is_null();
  told.readings.push_back(table::counted("hourly_searches", "searches",
                                         newer ? body["this_hour_searches"] : body["last_hour_searches"],
                                         body["account_rate_limit_per_hour"]));
}

}  // namespace

table::Told read_account(const json::Value& body, const net::Headers&, Instant) {
  const std::optional<std::int64_t> left = table::count_of(body["total_searches_left"]);
  if (!left && body["account_id"].is_null() && body["plan_id"].is_null()) return table::unexpected();
  table::Told told;
  if (left == 0) told.code = "quota_used_up";
  table::add_fact(told, "account", body["account_id"]);
  table::add_fact(told, "email", body["account_email"]);
  table::add_fact(told, "plan", body["plan_name"]);
  table::add_fact(told, "plan_price", body["plan_monthly_price"]);
  usage::Reading month = table::counted("searches", "searches", body["this_month_usage"], body["searches_per_month"]);
  if (left) month.remaining = left;  // also what was bought beside the plan
  told.readings.push_back(std::move(month));
  take_hour(body, told);
  take_extra(body, told);
  return told;
}

table::Row serpapi_row() {
  table::Row row;
  row.description = {.id = "serpapi",
                     .name = "SerpAPI",
                     .base_url = "https://serpapi.com",
                     .console_url = "https://serpapi.com/manage-api-key",
                     .reads_readings = true};
  row.secret_query = "api_key";
  row.test = {.target = "/account.json", .read = read_account};
  row.readings = row.test;
  row.refusals = {
      {.status = 401, .code = "key_rejected"},
      {.status = 429, .part = "run out of searches", .code = "quota_used_up"},
  };
  return row;
}

}  // namespace keyledger::providers::serpapi
