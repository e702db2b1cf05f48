#include "providers/anthropic/reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "providers/anthropic/request.h"
#include "providers/paging.h"

namespace keyledger::providers::anthropic {
namespace {

constexpr std::chrono::days kAnalyticsRangeMax{31};
constexpr std::chrono::days kAnalyticsReach{365};
constexpr Day kAnalyticsFirst{std::chrono::year{2026} / std::chrono::January / 1};
constexpr int kAnalyticsRowsOfPage = 1'000;
constexpr int kDayBucketsMax = 31;
constexpr int kHourBucketsMax = 168;

using Target = std::string (*)(Kind, const FetchRequest&);
using ReadPage = void (*)(const json::Value&, Kind, Dataset&);

/// One of the two families of reports.
struct Family {
  Target target;
  ReadPage read;
  std::string_view beta;
};
constexpr Family kAnalytics{&analytics_target, &read_analytics_page, kAnalyticsBeta};
constexpr Family kLegacy{&legacy_target, &read_legacy_page, {}};

/// Who asks, and for what.
struct Question {
  const Caller* caller = nullptr;
  const Access* access = nullptr;
  Kind kind = Kind::messages;
};

/// One range of one family to its last page. Returns what ended it early.
Task<std::optional<keys::Finding>> read_range(Question question, const Family* family, FetchRequest range,
                                              Dataset* dataset) {
  const std::string target = family->target(question.kind, range);
  std::string page_target = target;
  Paging paging;
  for (;;) {
    Call call = request(*question.access, page_target, kSyncPatience, family->beta);
    Answer answer = co_await question.caller->send(std::move(call));
    if (!answer.ok()) co_return std::move(answer.finding);
    family->read(answer.json(), question.kind, *dataset);
    if (dataset->full()) co_return std::nullopt;
    if (!paging.next(answer.json()["has_more"], answer.json()["next_page"])) break;
    page_target = target + "&page=" + percent_encoded(paging.cursor());
  }
  if (paging.endless()) co_return paging.finding();
  co_return std::nullopt;
}

/// The range in pieces that analytics takes.
std::vector<FetchRequest> pieces(const FetchRequest& range) {
  std::vector<FetchRequest> cut;
  for (Instant from = range.from; from < range.to; from += kAnalyticsRangeMax) {
    cut.push_back({.width = range.width, .from = from, .to = std::min(range.to, from + kAnalyticsRangeMax)});
  }
  return cut;
}

/// Analytics will not answer this, today or tomorrow: it is not open to the organization or the key.
bool refuses_for_good(const keys::Finding& finding) {
  const int status = finding.provider_status;
  return status == 400 || status == 401 || status == 403 || status == 404;
}

/// Analytics for what it reaches back to, the older reports for what lies before.
Task<std::optional<keys::Finding>> read_newest_family(Question question, FetchRequest range, Dataset* dataset) {
  const Instant begin{analytics_begin(question.caller->clock().now())};
  FetchRequest recent = range;
  recent.from = std::max(range.from, begin);
  for (const FetchRequest& piece : pieces(recent)) {
    std::optional<keys::Finding> finding = co_await read_range(question, &kAnalytics, piece, dataset);
    if (finding) co_return finding;
  }
  if (range.from >= begin) co_return std::nullopt;
  FetchRequest older = range;
  older.to = std::min(range.to, begin);
  std::optional<keys::Finding> finding = co_await read_range(question, &kLegacy, older, dataset);
  co_return finding;
}

/// A failure that may pass is told and not worked around: the older report knows less, and would replace the better
/// rows that are stored.
Task<std::optional<keys::Finding>> read_dataset(Question question, FetchRequest range, Dataset* dataset) {
  std::optional<keys::Finding> finding = co_await read_newest_family(question, range, dataset);
  if (!finding || !refuses_for_good(*finding)) co_return finding;
  *dataset = Dataset{std::string{dataset_name(question.kind)}, range};
  std::optional<keys::Finding> legacy_finding = co_await read_range(question, &kLegacy, range, dataset);
  if (!legacy_finding) co_return std::nullopt;
  keys::Finding exact =
      co_await of_organization(question.caller, question.access, std::move(*legacy_finding), kSyncPatience);
  co_return exact;
}

std::string groups(std::initializer_list<std::string_view> names) {
  std::string query;
  for (const std::string_view name : names) query += fmt::format("&group_by%5B%5D={}", name);
  return query;
}

std::string bounds(const FetchRequest& range) {
  return fmt::format("?starting_at={}&ending_at={}", percent_encoded(to_rfc3339(range.from)),
                     percent_encoded(to_rfc3339(range.to)));
}

std::string_view width_name(usage::Width width) {
  return width == usage::Width::day ? "1d" : "1h";
}

}  // namespace

std::string_view dataset_name(Kind kind) {
  return kind == Kind::messages ? "messages" : "cost";
}

Day analytics_begin(Instant now) {
  // The day that holds the instant 365 days ago has begun before it.
  return std::max(kAnalyticsFirst, day_of(now - kAnalyticsReach) + std::chrono::days{1});
}

std::string analytics_target(Kind kind, const FetchRequest& range) {
  const bool messages = kind == Kind::messages;
  // In the order of time the pages stay the same while new use comes in; by size, rows would move between them.
  std::string target =
      fmt::format("/v1/organizations/analytics/{}{}&time_bucket_width={}&order_by=time&order=asc&limit={}",
                  messages ? "usage" : "cost", bounds(range), width_name(range.width), kAnalyticsRowsOfPage);
  target += groups({"api_key_id", "model", "workspace_id"});
  return target + (messages ? groups({"service_tier"}) : groups({"cost_type", "token_type"}));
}

std::string legacy_target(Kind kind, const FetchRequest& range) {
  const int buckets = range.width == usage::Width::day ? kDayBucketsMax : kHourBucketsMax;
  const std::string query = fmt::format("{}&bucket_width={}&limit={}", bounds(range), width_name(range.width), buckets);
  if (kind == Kind::cost) return "/v1/organizations/cost_report" + query + groups({"workspace_id", "description"});
  return "/v1/organizations/usage_report/messages" + query +
         groups({"api_key_id", "workspace_id", "model", "service_tier"});
}

Task<Fetched> fetch_reports(const Caller* caller, Access access, FetchRequest range) {
  std::vector<Kind> kinds{Kind::messages};
  if (range.width == usage::Width::day) kinds.push_back(Kind::cost);  // nobody bills by the hour
  Fetched fetched;
  for (const Kind kind : kinds) {
    const Question question{.caller = caller, .access = &access, .kind = kind};
    Dataset dataset{std::string{dataset_name(kind)}, range};
    std::optional<keys::Finding> finding = co_await read_dataset(question, range, &dataset);
    const bool hopeless = finding && concerns_every_call(*finding);
    dataset.finish(fetched, std::move(finding));
    if (hopeless) break;
  }
  co_return fetched;
}

}  // namespace keyledger::providers::anthropic
