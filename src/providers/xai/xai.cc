#include "providers/xai/xai.h"

#include <fmt/format.h>

#include "providers/answers.h"
#include "providers/collect.h"
#include "providers/table/readers.h"
#include "providers/xai/answers.h"

namespace keyledger::providers::xai {
namespace {

constexpr std::string_view kCostsDataset = "costs";

table::Row xai_row() {
  table::Row row;
  row.description = {.id = "xai",
                     .name = "xAI",
                     .base_url = "https://api.x.ai/v1",
                     .management_base_url = "https://management-api.x.ai",
                     .console_url = "https://console.x.ai",
                     .reads_cost = true,
                     .reads_readings = true};
  row.test = {.target = "/api-key", .read = read_key};
  row.refusals = {
      {.status = 400, .part = "API key", .code = "key_rejected"},
      {.status = 401, .code = "key_rejected"},
      {.status = 403, .part = "blocked", .code = "key_blocked"},
      {.status = 403, .part = "disabled", .code = "key_disabled"},
  };
  return row;
}

std::string team_of(const Answer& validation) {
  const std::string team = text_of(validation.json()["teamId"]);
  return team.empty() ? text_of(validation.json()["scopeId"]) : team;
}

/// Why there is no team to ask about; nothing if there is one.
std::optional<keys::Finding> obstacle(const Answer& validation) {
  if (!validation.ok()) return validation.finding;
  if (team_of(validation).empty()) return keys::Finding{.code = "unexpected_answer", .provider_status = 200};
  return std::nullopt;
}

void append(Provider::Readings& all, Provider::Readings more) {
  for (usage::Reading& reading : more.readings) all.readings.push_back(std::move(reading));
  for (keys::Finding& finding : more.findings) add_finding(all.findings, std::move(finding));
}

}  // namespace

Xai::Xai(const Http* http, const Clock* clock) : TableProvider(xai_row(), http, clock) {}

net::BaseUrl Xai::management_base(const Access& access) const {
  if (access.management_base) return *access.management_base;
  return net::parse_base_url(description().management_base_url).value_or(access.base);
}

Call Xai::validation_call(const Access& access, Patience patience) const {
  return call_for(management_base(access), access.key, "/auth/management-keys/validation", patience);
}

Task<KeyTest> Xai::test(Access access) const {
  const bool management = access.type == keys::KeyType::admin;
  Call call = management ? validation_call(access, kTestPatience)
                         : call_for(access.base, access.key, row().test, kTestPatience);
  const Answer answer = co_await caller().send(std::move(call));
  co_return table::judge(answer, management ? read_management_key : read_key, access.key, now());
}

Task<Discovery> Xai::discover(Access access) const {
  Discovery discovery;
  if (access.type != keys::KeyType::admin) co_return discovery;
  Call call = validation_call(access, kSyncPatience);
  const Answer validation = co_await caller().send(std::move(call));
  if (const std::optional<keys::Finding> finding = obstacle(validation)) {
    discovery.findings.push_back(*finding);
  } else {
    discovery.identity = discovery.organization = team_of(validation);
  }
  co_return discovery;
}

Task<Fetched> Xai::fetch(Access access, FetchRequest request) const {
  Fetched fetched;
  if (request.width != usage::Width::day) co_return fetched;
  if (access.type != keys::KeyType::admin) {
    fetched.findings.push_back({.code = "admin_key_needed"});
    co_return fetched;
  }
  Dataset dataset{std::string{kCostsDataset}, request};
  Call question = validation_call(access, kSyncPatience);
  const Answer validation = co_await caller().send(std::move(question));
  if (std::optional<keys::Finding> finding = obstacle(validation)) {
    dataset.finish(fetched, std::move(finding));
    co_return fetched;
  }
  Call call = call_for(management_base(access), access.key,
                       fmt::format("/v1/billing/teams/{}/usage", percent_encoded(team_of(validation))));
  call.request.method = net::Method::post;
  call.request.headers.add("Content-Type", "application/json");
  call.request.body = usage_question(day_of(request.from), day_of(request.to));
  const Answer answer = co_await caller().send(std::move(call));
  dataset.finish(fetched, answer.ok() ? take_usage(answer.json(), request, dataset) : answer.finding);
  co_return fetched;
}

Task<Provider::Readings> Xai::readings(Access access) const {
  Readings all;
  if (access.type != keys::KeyType::admin) co_return all;
  const net::BaseUrl base = management_base(access);
  Call question = validation_call(access, kSyncPatience);
  const Answer validation = co_await caller().send(std::move(question));
  if (const std::optional<keys::Finding> finding = obstacle(validation)) {
    all.findings.push_back(*finding);
    co_return all;
  }
  const std::string team = "/v1/billing/teams/" + percent_encoded(team_of(validation));
  Call balance_call = call_for(base, access.key, team + "/prepaid/balance");
  const Answer prepaid = co_await caller().send(std::move(balance_call));
  append(all, table::take_readings(prepaid, read_balance, now()));
  Call preview_call = call_for(base, access.key, team + "/postpaid/invoice/preview");
  const Answer preview = co_await caller().send(std::move(preview_call));
  append(all, table::take_readings(preview, read_invoice_preview, now()));
  co_return all;
}

}  // namespace keyledger::providers::xai
