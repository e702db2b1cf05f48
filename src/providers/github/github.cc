#include "providers/github/github.h"

#include <fmt/format.h>

#include "providers/answers.h"
#include "providers/github/answers.h"
#include "providers/table/classify.h"

namespace keyledger::providers::github {
namespace {

constexpr int kHistoryDays = 730;  // the last 24 months

table::Row github_row() {
  table::Row row;
  row.description = {.id = "github",
                     .name = "GitHub",
                     .base_url = "https://api.github.com",
                     .console_url = "https://github.com/settings/tokens",
                     .reads_cost = true,
                     .reads_readings = true,
                     .history_days = kHistoryDays};
  // The version pins the shape of the answers. GitHub also wants a User-Agent, which our client sends to everybody.
  row.headers = {{"Accept", "application/vnd.github+json"}, {"X-GitHub-Api-Version", "2022-11-28"}};
  row.test = {.target = "/user", .read = read_user};
  row.readings = {.target = "/rate_limit", .read = read_rate_limit};
  row.refusals = {
      {.status = 401, .code = "key_rejected"},
      {.status = 403, .part = "rate limit", .code = "rate_limited"},
      {.status = 403, .part = "not accessible by", .code = "missing_scope"},
  };
  return row;
}

/// Both statuses are used for "you may not see this"; the permission has a name in the settings of a token.
keys::Finding without_permission(keys::Finding finding) {
  finding.code = "missing_scope";
  finding.missing_scopes = {"Plan: read"};
  return finding;
}

}  // namespace

GitHub::GitHub(const Http* http, const Clock* clock) : TableProvider(github_row(), http, clock) {}

Call GitHub::billing_call(const Access& access, const std::string& login, std::chrono::year_month month) const {
  Call call = call_for(access.base, access.key,
                       fmt::format("/users/{}/settings/billing/usage?year={}&month={}", percent_encoded(login),
                                   static_cast<int>(month.year()), static_cast<unsigned>(month.month())));
  call.classify = [refusals = &row().refusals](unsigned status, const net::Headers& headers, const json::Value& body) {
    keys::Finding finding = table::classify(*refusals, status, headers, body);
    const bool refused = (status == 403 || status == 404) && finding.code != "rate_limited";
    return refused ? without_permission(std::move(finding)) : finding;
  };
  return call;
}

Task<Discovery> GitHub::discover(Access access) const {
  Discovery discovery;
  Call call = call_for(access.base, access.key, row().test, kSyncPatience);
  const Answer user = co_await caller().send(std::move(call));
  if (!user.ok()) {
    discovery.findings.push_back(*user.finding);
    co_return discovery;
  }
  discovery.identity = discovery.organization = text_of(user.json()["login"]);
  co_return discovery;
}

Task<Fetched> GitHub::fetch(Access access, FetchRequest request) const {
  Fetched fetched;
  if (request.width != usage::Width::day) co_return fetched;
  Dataset dataset{"billing_usage", request};
  Call user_call = call_for(access.base, access.key, row().test, kSyncPatience);
  const Answer user = co_await caller().send(std::move(user_call));
  const std::string login = text_of(user.json()["login"]);
  std::optional<keys::Finding> finding = user.finding;
  if (!finding && login.empty()) finding = keys::Finding{.code = "unexpected_answer", .provider_status = 200};
  if (finding) {
    dataset.finish(fetched, std::move(finding));
    co_return fetched;
  }
  for (const std::chrono::year_month month : months_of(request)) {
    Call call = billing_call(access, login, month);
    const Answer answer = co_await caller().send(std::move(call));
    finding = answer.ok() ? take_billing(answer.json(), request, dataset) : answer.finding;
    if (finding) break;
  }
  dataset.finish(fetched, std::move(finding));
  co_return fetched;
}

}  // namespace keyledger::providers::github
