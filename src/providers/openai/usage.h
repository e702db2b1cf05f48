// providers/openai/usage.h: the usage and cost reports of an organization, page by page.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "providers/call.h"
#include "providers/collect.h"

namespace keyledger::providers::openai {

/// Reads one result of a bucket into counts.
using ReadCounts = usage::Counts (*)(const json::Value& result, bool& odd);

/// One usage report.
struct Report {
  std::string_view name;  // of the dataset, and the end of the path
  std::string_view path;
  /// What it can be split by, the most important first: what is refused with 400 is given up from the end.
  std::span<const std::string_view> groups;
  ReadCounts counts;
  bool optional = false;  // newer than some servers: its absence is no problem
};

[[nodiscard]] std::span<const Report> usage_reports();
[[nodiscard]] const Report& cost_report();

/// Adds one page (a list of buckets) to the dataset.
void read_usage_page(const json::Value& page, const Report& report, Dataset& dataset);
void read_cost_page(const json::Value& page, Dataset& dataset);

/// "/organization/usage/completions?start_time=...": everything but the page.
[[nodiscard]] std::string report_target(const Report& report, const FetchRequest& range, std::size_t groups);

/// The model that a line item names: "gpt-6-astra" of "gpt-6-astra, input_tokens"; empty if none.
[[nodiscard]] std::string model_of(std::string_view line_item);

/// All reports of a range.
[[nodiscard]] Task<Fetched> fetch_reports(const Caller* caller, Access access, FetchRequest range);

}  // namespace keyledger::providers::openai
