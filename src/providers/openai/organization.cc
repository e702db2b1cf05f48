#include "providers/openai/organization.h"

#include <fmt/format.h>

#include <limits>

#include "providers/answers.h"
#include "providers/collect.h"
#include "providers/openai/errors.h"
#include "providers/paging.h"

namespace keyledger::providers::openai {
namespace {

constexpr int kItemsOfPage = 100;
/// Keys are asked for project by project: so many calls at most.
constexpr std::size_t kProjectsAskedMax = 2'000;

struct Listed {
  json::Array items{};
  std::optional<keys::Finding> finding{};
  std::string organization{};
};

/// The cursor of a list: its last_id, or the id of its last item where the server leaves that out.
const json::Value& last_id(const json::Value& page) {
  if (page["last_id"].text()) return page["last_id"];
  const json::Array& items = page["data"].items();
  return items.empty() ? page["last_id"] : items.back()["id"];
}

/// A whole list. `target` already has a query.
Task<Listed> read_list(const Caller* caller, const Access* access, std::string target) {
  Listed listed;
  Paging paging;
  std::string page_target = target;
  for (;;) {
    Answer answer = co_await caller->get(access->base, page_target, access->key.copy(), &classify);
    if (!answer.ok()) {
      listed.finding = of_organization(std::move(*answer.finding), access->type);
      co_return listed;
    }
    listed.organization = answer.headers.find("openai-organization").value_or("");
    const json::Value& page = answer.json();
    for (const json::Value& item : page["data"].items()) listed.items.push_back(item);
    const json::Value& more = page["has_more"];
    // These lists always tell whether there is more; one that does not has one page.
    const bool again = more.boolean() != nullptr && paging.next(more, last_id(page));
    if (paging.endless()) listed.finding = paging.finding();
    if (!again) co_return listed;
    page_target = target + "&after=" + percent_encoded(paging.cursor());
  }
}

RemoteKey remote_key(const json::Value& item, std::string project, Instant now) {
  RemoteKey key{.id = text_of(item["id"]),
                .name = text_of(item["name"]),
                .redacted = text_of(item["redacted_value"]),
                .project = std::move(project),
                .status = text_of(item["owner_project_access"])};
  const std::optional<Instant> expires = unix_seconds(item["expires_at"]);
  if (expires && *expires <= now) key.status = "expired";
  return key;
}

/// Every admin key of an organization sees the same projects, and no other organization has them: the oldest names it.
std::string oldest(const json::Array& projects) {
  std::string id;
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  for (const json::Value& project : projects) {
    const std::int64_t created = project["created_at"].integer().value_or(std::numeric_limits<std::int64_t>::max());
    const std::string candidate = text_of(project["id"]);
    if (candidate.empty() || (!id.empty() && (created > first || (created == first && candidate > id)))) continue;
    id = candidate;
    first = created;
  }
  return id;
}

/// Takes the keys of a project. False when asking further projects is useless.
bool take_project_keys(Discovery& found, const RemoteProject& project, Listed listed, Instant now) {
  for (const json::Value& item : listed.items) found.keys.push_back(remote_key(item, project.id, now));
  if (!listed.finding) return true;
  // An archived project may refuse to list its keys; none of them works any more.
  const bool gone = project.status == "archived" && listed.finding->provider_status / 100 == 4;
  const bool hopeless = concerns_every_call(*listed.finding) || listed.finding->code == "missing_scope";
  if (!gone || hopeless) add_finding(found.findings, std::move(*listed.finding));
  return !hopeless;
}

void take_projects(Discovery& found, Listed listed) {
  found.organization = listed.organization;
  for (const json::Value& item : listed.items) {
    RemoteProject project{.id = text_of(item["id"]), .name = text_of(item["name"]), .status = text_of(item["status"])};
    if (!project.id.empty()) found.projects.push_back(std::move(project));
  }
  // Half a list could leave out the oldest project, and give one organization two identities.
  if (!listed.finding) found.identity = oldest(listed.items);
  if (listed.finding) add_finding(found.findings, std::move(*listed.finding));
}

}  // namespace

Task<Discovery> discover_organization(const Caller* caller, Access access) {
  Discovery found;
  const Instant now = caller->clock().now();
  std::string projects_target = fmt::format("/organization/projects?limit={}&include_archived=true", kItemsOfPage);
  Listed projects = co_await read_list(caller, &access, std::move(projects_target));
  const bool hopeless = projects.finding && concerns_every_call(*projects.finding);
  take_projects(found, std::move(projects));
  if (hopeless) co_return found;

  std::string admin_target = fmt::format("/organization/admin_api_keys?limit={}", kItemsOfPage);
  Listed admin_keys = co_await read_list(caller, &access, std::move(admin_target));
  for (const json::Value& item : admin_keys.items) found.keys.push_back(remote_key(item, {}, now));
  if (admin_keys.finding) add_finding(found.findings, std::move(*admin_keys.finding));

  std::size_t asked = 0;
  for (const RemoteProject& project : found.projects) {
    if (++asked > kProjectsAskedMax) {
      add_finding(found.findings, keys::Finding{.code = "answer_too_large"});
      break;
    }
    std::string target = fmt::format("/organization/projects/{}/api_keys?limit={}&owner_project_access=any",
                                     percent_encoded(project.id), kItemsOfPage);
    Listed listed = co_await read_list(caller, &access, std::move(target));
    const bool go_on = take_project_keys(found, project, std::move(listed), now);
    if (!go_on) break;
  }
  co_return found;
}

}  // namespace keyledger::providers::openai
