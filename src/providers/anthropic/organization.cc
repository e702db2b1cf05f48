#include "providers/anthropic/organization.h"

#include <fmt/format.h>

#include "providers/answers.h"
#include "providers/anthropic/request.h"
#include "providers/collect.h"
#include "providers/paging.h"

namespace keyledger::providers::anthropic {
namespace {

constexpr int kItemsOfPage = 1'000;
/// Spend limits are a handful; their list is read to this page.
constexpr int kSpendLimitPagesMax = 10;

struct Listed {
  json::Array items{};
  std::optional<keys::Finding> finding{};
};

/// A whole list. `target` already has a query.
Task<Listed> read_list(const Caller* caller, const Access* access, std::string target) {
  Listed listed;
  Paging paging;
  std::string page_target = target;
  for (;;) {
    Call call = request(*access, page_target, kSyncPatience);
    Answer answer = co_await caller->send(std::move(call));
    if (!answer.ok()) {
      listed.finding = std::move(answer.finding);
      co_return listed;
    }
    const json::Value& page = answer.json();
    for (const json::Value& item : page["data"].items()) listed.items.push_back(item);
    const json::Value& more = page["has_more"];
    // These lists always tell whether there is more; one that does not has one page.
    const bool again = more.boolean() != nullptr && paging.next(more, page["last_id"]);
    if (paging.endless()) listed.finding = paging.finding();
    if (!again) co_return listed;
    page_target = target + "&after_id=" + percent_encoded(paging.cursor());
  }
}

RemoteProject workspace_of(const json::Value& item) {
  return RemoteProject{.id = text_of(item["id"]),
                       .name = text_of(item["name"]),
                       .status = item["archived_at"].is_null() ? "active" : "archived"};
}

/// The version 2026-10-21 has the workspace in `scope` alone, the one before it in both places.
RemoteKey key_of(const json::Value& item) {
  std::string workspace = text_of(item["scope"]["workspace_id"]);
  if (workspace.empty()) workspace = text_of(item["workspace_id"]);
  return RemoteKey{.id = text_of(item["id"]),
                   .name = text_of(item["name"]),
                   .redacted = text_of(item["partial_key_hint"]),
                   .project = std::move(workspace),
                   .status = text_of(item["status"])};
}

std::optional<std::int64_t> header_count(const net::Headers& headers, std::string_view name) {
  const std::optional<std::string_view> text = headers.find(name);
  const std::optional<std::int64_t> number = text ? json::integer_of(*text) : std::nullopt;
  return number && *number >= 0 ? number : std::nullopt;
}

/// "spend_limit_monthly", of the organization or the tier; limits of workspaces and members are not the key's.
std::optional<usage::Reading> spend_limit_of(const json::Value& item) {
  const std::string scope = text_of(item["scope"]["type"]);
  const std::optional<std::int64_t> cents = item["amount"].integer();
  const std::optional<Currency> currency = currency_of(item["currency"]);
  const bool* enabled = item["is_enabled"].boolean();
  const bool off = enabled != nullptr && !*enabled;
  if ((scope != "organization" && scope != "usage_tier") || off || !cents || *cents < 0) return std::nullopt;
  const std::string period = text_of(item["period"]);
  std::string name = scope == "usage_tier" ? "tier_limit" : "spend_limit";
  if (!period.empty()) name += "_" + period;
  return money_limit(std::move(name), *cents, currency.value_or(Currency{}));
}

Task<Provider::Readings> read_spend_limits(const Caller* caller, const Access* access) {
  Provider::Readings found;
  const std::string target = "/v1/organizations/spend_limits?limit=100";
  std::string page_target = target;
  Paging paging{kSpendLimitPagesMax};
  for (;;) {
    Call call = request(*access, page_target, kSyncPatience);
    Answer answer = co_await caller->send(std::move(call));
    if (!answer.ok()) {
      // Not every organization has spend limits, and not every key may read them; that is no problem of the key.
      if (answer.status != 403 && answer.status != 404) found.findings.push_back(std::move(*answer.finding));
      co_return found;
    }
    for (const json::Value& item : answer.json()["data"].items()) {
      if (std::optional<usage::Reading> reading = spend_limit_of(item)) found.readings.push_back(std::move(*reading));
    }
    if (!paging.next(answer.json()["has_more"], answer.json()["next_page"])) co_return found;
    page_target = target + "&page=" + percent_encoded(paging.cursor());
  }
}

}  // namespace

std::vector<usage::Reading> rate_limit_readings(const net::Headers& headers) {
  static constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
      {"requests", "requests"}, {"tokens", "tokens"}, {"input-tokens", "tokens"}, {"output-tokens", "tokens"}};
  std::vector<usage::Reading> readings;
  for (const auto& [kind, unit] : kKinds) {
    const std::string prefix = fmt::format("anthropic-ratelimit-{}-", kind);
    usage::Reading reading{.name = fmt::format("rate_{}", kind), .unit = std::string{unit}};
    std::ranges::replace(reading.name, '-', '_');
    reading.limit = header_count(headers, prefix + "limit");
    reading.remaining = header_count(headers, prefix + "remaining");
    if (!reading.limit && !reading.remaining) continue;
    const Result<Instant> reset = parse_rfc3339(headers.find(prefix + "reset").value_or(""));
    if (reset) reading.resets_at = *reset;
    readings.push_back(std::move(reading));
  }
  return readings;
}

Task<Discovery> discover_organization(const Caller* caller, Access access) {
  Discovery found;
  Call call = request(access, "/v1/organizations/me", kSyncPatience);
  Answer me = co_await caller->send(std::move(call));
  if (!me.ok()) {
    keys::Finding exact = co_await of_organization(caller, &access, std::move(*me.finding), kSyncPatience);
    found.findings.push_back(std::move(exact));
    co_return found;
  }
  found.identity = text_of(me.json()["id"]);
  found.organization = text_of(me.json()["name"]);

  std::string workspaces_target =
      fmt::format("/v1/organizations/workspaces?limit={}&include_archived=true", kItemsOfPage);
  Listed workspaces = co_await read_list(caller, &access, std::move(workspaces_target));
  for (const json::Value& item : workspaces.items) found.projects.push_back(workspace_of(item));
  if (workspaces.finding) add_finding(found.findings, std::move(*workspaces.finding));

  std::string keys_target = fmt::format("/v1/organizations/api_keys?limit={}", kItemsOfPage);
  Listed listed = co_await read_list(caller, &access, std::move(keys_target));
  for (const json::Value& item : listed.items) found.keys.push_back(key_of(item));
  if (listed.finding) add_finding(found.findings, std::move(*listed.finding));
  co_return found;
}

Task<Provider::Readings> read_limits(const Caller* caller, Access access) {
  Provider::Readings found;
  if (access.type == keys::KeyType::admin) {
    found = co_await read_spend_limits(caller, &access);
    co_return found;
  }
  Call call = request(access, "/v1/models?limit=1", kSyncPatience);
  Answer answer = co_await caller->send(std::move(call));
  found.readings = rate_limit_readings(answer.headers);
  if (answer.finding) found.findings.push_back(std::move(*answer.finding));
  co_return found;
}

}  // namespace keyledger::providers::anthropic
