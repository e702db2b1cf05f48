#include "providers/openai/usage.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/answers.h"
#include "providers/openai/errors.h"
#include "providers/paging.h"

namespace keyledger::providers::openai {
namespace {

// Buckets of one page: the most that the provider gives at each width.
constexpr int kDayBucketsMax = 31;
constexpr int kHourBucketsMax = 168;

struct Loop {
  const Report* report = nullptr;
  bool costs = false;
  FetchRequest range{};
};

/// The target of the first page with fewer and fewer groups, until the provider takes it.
struct FirstPage {
  Answer answer{};
  std::string target{};
};

Task<FirstPage> first_page(const Caller* caller, const Access* access, Loop loop) {
  FirstPage page;
  for (std::size_t groups = loop.report->groups.size();; --groups) {
    page.target = report_target(*loop.report, loop.range, groups);
    page.answer = co_await caller->get(access->base, page.target, access->key.copy(), &classify);
    const bool refused = !page.answer.ok() && page.answer.status == 400;
    if (!refused || groups == 0) co_return page;
  }
}

void read_page(const json::Value& page, const Loop& loop, Dataset& dataset) {
  if (loop.costs) {
    read_cost_page(page, dataset);
  } else {
    read_usage_page(page, *loop.report, dataset);
  }
}

/// One report to its last page. Returns what ended it early.
Task<std::optional<keys::Finding>> read_report(const Caller* caller, const Access* access, Loop loop,
                                               Dataset* dataset) {
  FirstPage first = co_await first_page(caller, access, loop);
  Answer answer = std::move(first.answer);
  Paging paging;
  while (answer.ok()) {
    read_page(answer.json(), loop, *dataset);
    if (dataset->full()) co_return std::nullopt;
    if (!paging.next(answer.json()["has_more"], answer.json()["next_page"])) {
      if (paging.endless()) co_return paging.finding();
      co_return std::nullopt;
    }
    std::string target = first.target + "&page=" + percent_encoded(paging.cursor());
    answer = co_await caller->get(access->base, std::move(target), access->key.copy(), &classify);
  }
  co_return of_organization(*answer.finding, access->type);
}

/// A report that this server does not have, and need not have.
bool absent(const Report& report, const std::optional<keys::Finding>& finding) {
  return report.optional && finding && (finding->provider_status == 404 || finding->provider_status == 400);
}

}  // namespace

std::string report_target(const Report& report, const FetchRequest& range, std::size_t groups) {
  const bool daily = range.width == usage::Width::day;
  std::string target =
      fmt::format("{}?start_time={}&end_time={}&bucket_width={}&limit={}", report.path, to_millis(range.from) / 1000,
                  to_millis(range.to) / 1000, daily ? "1d" : "1h", daily ? kDayBucketsMax : kHourBucketsMax);
  // Brackets are sent encoded; a list with commas would be taken for one name.
  for (std::size_t i = 0; i < groups; ++i) target += fmt::format("&group_by%5B%5D={}", report.groups[i]);
  return target;
}

Task<Fetched> fetch_reports(const Caller* caller, Access access, FetchRequest range) {
  std::vector<Loop> loops;
  for (const Report& report : usage_reports()) loops.push_back(Loop{.report = &report, .costs = false, .range = range});
  if (range.width == usage::Width::day) {
    loops.push_back(Loop{.report = &cost_report(), .costs = true, .range = range});
  }
  Fetched fetched;
  for (const Loop& loop : loops) {
    Dataset dataset{std::string{loop.report->name}, range};
    std::optional<keys::Finding> finding = co_await read_report(caller, &access, loop, &dataset);
    if (absent(*loop.report, finding)) continue;
    const bool hopeless = finding && concerns_every_call(*finding);
    dataset.finish(fetched, std::move(finding));
    if (hopeless) break;
  }
  co_return fetched;
}

}  // namespace keyledger::providers::openai
