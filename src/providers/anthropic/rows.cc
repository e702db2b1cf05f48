// How the rows of both families become ours.
#include "providers/answers.h"
#include "providers/anthropic/reports.h"

namespace keyledger::providers::anthropic {
namespace {

constexpr std::int64_t kCentsOfUnit = 100;

std::int64_t sum(std::initializer_list<std::int64_t> parts) {
  std::int64_t total = 0;
  for (const std::int64_t part : parts) {
    if (__builtin_add_overflow(total, part, &total)) return std::numeric_limits<std::int64_t>::max();
  }
  return total;
}

/// The counts, which both families write alike but for `requests`, which only analytics has.
usage::Counts read_counts(const json::Value& measures, Dataset& dataset) {
  CountReader read;
  const json::Value& written = measures["cache_creation"];
  usage::Counts counts;
  counts.requests = read.optional_count(measures["requests"]);
  counts.cached_tokens = read.count(measures["cache_read_input_tokens"]);
  counts.cache_write_tokens = read.count(written["ephemeral_5m_input_tokens"]);
  counts.cache_write_1h_tokens = read.count(written["ephemeral_1h_input_tokens"]);
  counts.input_tokens = sum({read.count(measures["uncached_input_tokens"]), counts.cached_tokens,
                             counts.cache_write_tokens, counts.cache_write_1h_tokens});
  counts.output_tokens = read.count(measures["output_tokens"]);
  counts.searches = read.count(measures["server_tool_use"]["web_search_requests"]);
  if (read.odd()) dataset.doubt();
  return counts;
}

std::string tier_of(const json::Value& group) {
  std::string tier = text_of(group["service_tier"]);
  return tier == "standard" ? std::string{} : tier;
}

void add_usage(const json::Value& group, const json::Value& measures, Instant start, Dataset& dataset) {
  dataset.add(usage::UsageRow{.start = start,
                              .project = text_of(group["workspace_id"]),
                              .remote_key = text_of(group["api_key_id"]),
                              .model = text_of(group["model"]),
                              .tier = tier_of(group),
                              .counts = read_counts(measures, dataset)});
}

/// The same words in both families: the kind of token, or the kind of cost where it is not about tokens.
std::string line_item_of(const json::Value& group) {
  for (const std::string_view name : {"token_type", "cost_type", "description"}) {
    std::string text = text_of(group[name]);
    if (!text.empty()) return text;
  }
  return {};
}

void add_cost(const json::Value& group, const json::Value& cost, Instant start, Dataset& dataset) {
  if (cost["amount"].is_null()) return;  // nothing was billed
  const std::optional<Amount> cents = amount_of(cost["amount"]);
  const std::optional<Currency> currency = cost["currency"].is_null() ? Currency{} : currency_of(cost["currency"]);
  if (!cents || !currency) return dataset.lose();
  dataset.add(usage::CostRow{.day = day_of(start),
                             .project = text_of(group["workspace_id"]),
                             .remote_key = text_of(group["api_key_id"]),
                             .model = text_of(group["model"]),
                             .line_item = line_item_of(group),
                             .currency = *currency,
                             .amount = divide(*cents, kCentsOfUnit)});
}

void add(Kind kind, const json::Value& group, const json::Value& measures, std::optional<Instant> start,
         Dataset& dataset) {
  if (!start) return dataset.lose();
  if (kind == Kind::messages) return add_usage(group, measures, *start, dataset);
  add_cost(group, measures, *start, dataset);
}

}  // namespace

void read_analytics_page(const json::Value& page, Kind kind, Dataset& dataset) {
  if (page["data"].array() == nullptr) return dataset.lose();
  const std::string_view measures = kind == Kind::messages ? "usage" : "cost";
  for (const json::Value& row : page["data"].items()) {
    add(kind, row["group"], row[measures], rfc3339_of(row["starting_at"]), dataset);
  }
}

void read_legacy_page(const json::Value& page, Kind kind, Dataset& dataset) {
  if (page["data"].array() == nullptr) return dataset.lose();
  for (const json::Value& bucket : page["data"].items()) {
    const std::optional<Instant> start = rfc3339_of(bucket["starting_at"]);
    for (const json::Value& result : bucket["results"].items()) add(kind, result, result, start, dataset);
  }
}

}  // namespace keyledger::providers::anthropic
