#include "providers/openrouter/openrouter.h"

#include <fmt/format.h>

#include "providers/answers.h"
#include "providers/openrouter/answers.h"
#include "providers/table/classify.h"
#include "providers/table/readers.h"

namespace keyledger::providers::openrouter {
namespace {

constexpr int kKeyPagesMax = 100;  // 10,000 keys
constexpr int kHistoryDays = 30;

table::Row openrouter_row() {
  table::Row row;
  row.description = {.id = "openrouter",
                     .name = "OpenRouter",
                     .base_url = "https://openrouter.ai/api/v1",
                     .console_url = "https://openrouter.ai/settings/keys",
                     .reads_usage = true,
                     .reads_cost = true,
                     .reads_readings = true,
                     .lists_keys = true,
                     .window_days = kHistoryDays,
                     .history_days = kHistoryDays};
  row.test = {.target = "/key", .read = read_key};
  row.readings = row.test;
  row.refusals = {{.status = 402, .code = "insufficient_quota"}};
  return row;
}

std::string last_id(const Discovery& discovery) {
  return discovery.keys.empty() ? std::string{} : discovery.keys.back().id;
}

}  // namespace

OpenRouter::OpenRouter(const Http* http, const Clock* clock) : TableProvider(openrouter_row(), http, clock) {}

Call OpenRouter::management_call(const Access& access, std::string target) const {
  Call call = call_for(access.base, access.key, std::move(target));
  call.classify = [refusals = &row().refusals](unsigned status, const net::Headers& headers, const json::Value& body) {
    keys::Finding finding = table::classify(*refusals, status, headers, body);
    if (status == 403) finding.code = "admin_key_needed";
    return finding;
  };
  return call;
}

Task<Discovery> OpenRouter::discover(Access access) const {
  Discovery discovery;
  Call key_call = call_for(access.base, access.key, row().test, kSyncPatience);
  const Answer key = co_await caller().send(std::move(key_call));
  if (!key.ok() || !is_management_key(key.json())) {
    discovery.findings.push_back(key.finding.value_or(keys::Finding{.code = "admin_key_needed"}));
    co_return discovery;
  }
  discovery.organization = text_of(key.json()["data"]["organization_id"]);
  discovery.identity = discovery.organization;
  if (discovery.identity.empty()) discovery.identity = text_of(key.json()["data"]["creator_user_id"]);
  for (int page = 0; page < kKeyPagesMax; ++page) {
    Call call = management_call(
        access, fmt::format("/keys?offset={}&include_disabled=true", static_cast<std::size_t>(page) * kKeysPerPage));
    const Answer answer = co_await caller().send(std::move(call));
    if (!answer.ok()) {
      add_finding(discovery.findings, *answer.finding);
      co_return discovery;
    }
    const std::string last = last_id(discovery);
    const std::size_t count = take_keys(answer.json(), discovery);
    // A server that does not know `offset` answers the same page for ever.
    if (count < kKeysPerPage || last_id(discovery) == last) co_return discovery;
  }
  add_finding(discovery.findings, {.code = "paging_never_ends"});
  co_return discovery;
}

Task<Fetched> OpenRouter::fetch(Access access, FetchRequest request) const {
  Fetched fetched;
  // Of days further back it tells nothing, and nothing must not replace what is stored of them.
  const Day oldest = day_of(now()) - std::chrono::days{kHistoryDays};
  if (request.width != usage::Width::day) co_return fetched;
  if (day_of(request.from) < oldest) {
    fetched.findings.push_back({.code = "truncated_history"});
    co_return fetched;
  }
  Dataset dataset{"activity", request};
  Call call = management_call(access, "/activity");
  const Answer answer = co_await caller().send(std::move(call));
  dataset.finish(fetched, answer.ok() ? take_activity(answer.json(), request, dataset) : answer.finding);
  co_return fetched;
}

Task<Provider::Readings> OpenRouter::readings(Access access) const {
  Call key_call = call_for(access.base, access.key, row().readings, kSyncPatience);
  const Answer key = co_await caller().send(std::move(key_call));
  Readings all = table::take_readings(key, read_key, now());
  if (!key.ok() || !is_management_key(key.json())) co_return all;
  Call credits_call = management_call(access, "/credits");
  const Answer credits = co_await caller().send(std::move(credits_call));
  Readings more = table::take_readings(credits, read_credits, now());
  for (usage::Reading& reading : more.readings) all.readings.push_back(std::move(reading));
  for (keys::Finding& finding : more.findings) add_finding(all.findings, std::move(finding));
  co_return all;
}

}  // namespace keyledger::providers::openrouter
