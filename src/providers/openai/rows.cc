// The table of reports, and how their results become rows.
#include <algorithm>
#include <array>

#include "providers/answers.h"
#include "providers/openai/usage.h"

namespace keyledger::providers::openai {
namespace {

constexpr std::array<std::string_view, 5> kModelGroups = {"model", "api_key_id", "project_id", "batch", "service_tier"};
constexpr std::array<std::string_view, 2> kCallGroups = {"api_key_id", "project_id"};
constexpr std::array<std::string_view, 1> kProjectGroups = {"project_id"};
constexpr std::array<std::string_view, 3> kCostGroups = {"line_item", "project_id", "api_key_id"};

/// The part of kModelGroups that reports without tiers know.
constexpr std::span<const std::string_view> kKeyGroups{kModelGroups.data(), 3};

/// What reports of model calls have in common. A cache write that lives for 12 hours has a price of its own; all others
/// count as short-lived. input_audio_tokens is the part that did not come from the cache, which is what costs more.
usage::Counts read_tokens(const json::Value& result, bool& odd) {
  CountReader read;
  usage::Counts counts;
  counts.requests = read.optional_count(result["num_model_requests"]);
  counts.input_tokens = read.count(result["input_tokens"]);
  counts.output_tokens = read.count(result["output_tokens"]);
  counts.cached_tokens = read.count(result["input_cached_tokens"]);
  const std::int64_t written = read.count(result["input_cache_write_tokens"]);
  const std::int64_t half_hour = read.count(result["input_cache_write_30m_tokens"]);
  counts.cache_write_1h_tokens = read.count(result["input_cache_write_12h_tokens"]);
  counts.cache_write_tokens = std::max(written - counts.cache_write_1h_tokens, half_hour);
  counts.input_audio_tokens = read.count(result["input_audio_tokens"]);
  counts.output_audio_tokens = read.count(result["output_audio_tokens"]);
  odd = odd || read.odd();
  return counts;
}

/// A report of calls to a model with one measure of its own.
template <std::int64_t usage::Counts::*member>
usage::Counts read_calls(const json::Value& result, bool& odd, std::string_view measure) {
  CountReader read;
  usage::Counts counts;
  counts.requests = read.optional_count(result["num_model_requests"]);
  counts.*member = read.count(result[measure]);
  odd = odd || read.odd();
  return counts;
}

/// A report of what comes beside model calls. The calls themselves stand in the other reports, so that here there are
/// none, and this is known.
template <std::int64_t usage::Counts::*member>
usage::Counts read_extras(const json::Value& result, bool& odd, std::string_view measure) {
  CountReader read;
  usage::Counts counts;
  counts.requests = 0;
  counts.*member = read.count(result[measure]);
  odd = odd || read.odd();
  return counts;
}

usage::Counts read_images(const json::Value& result, bool& odd) {
  return read_calls<&usage::Counts::images>(result, odd, "images");
}
usage::Counts read_speeches(const json::Value& result, bool& odd) {
  return read_calls<&usage::Counts::characters>(result, odd, "characters");
}
usage::Counts read_transcriptions(const json::Value& result, bool& odd) {
  return read_calls<&usage::Counts::seconds>(result, odd, "seconds");
}
usage::Counts read_vector_stores(const json::Value& result, bool& odd) {
  return read_extras<&usage::Counts::bytes>(result, odd, "usage_bytes");
}
usage::Counts read_sessions(const json::Value& result, bool& odd) {
  return read_extras<&usage::Counts::sessions>(result, odd, "num_sessions");
}
usage::Counts read_searches(const json::Value& result, bool& odd) {
  return read_extras<&usage::Counts::searches>(result, odd, "num_requests");
}

constexpr Report kReports[] = {
    {"completions", "/organization/usage/completions", kModelGroups, &read_tokens},
    {"embeddings", "/organization/usage/embeddings", kKeyGroups, &read_tokens},
    {"moderations", "/organization/usage/moderations", kKeyGroups, &read_tokens},
    {"images", "/organization/usage/images", kKeyGroups, &read_images},
    {"audio_speeches", "/organization/usage/audio_speeches", kKeyGroups, &read_speeches},
    {"audio_transcriptions", "/organization/usage/audio_transcriptions", kKeyGroups, &read_transcriptions},
    {"vector_stores", "/organization/usage/vector_stores", kProjectGroups, &read_vector_stores},
    {"code_interpreter_sessions", "/organization/usage/code_interpreter_sessions", kProjectGroups, &read_sessions},
    {"file_search_calls", "/organization/usage/file_search_calls", kCallGroups, &read_searches},
    {"web_search_calls", "/organization/usage/web_search_calls", kKeyGroups, &read_searches},
    {"decisions", "/organization/usage/decisions", kModelGroups, &read_tokens, true},
};
constexpr Report kCosts{"costs", "/organization/costs", kCostGroups, nullptr};

/// The tier where it changes the price. Batches are told by a flag, and have one price whatever their tier.
std::string tier_of(const json::Value& result) {
  const bool* batch = result["batch"].boolean();
  if (batch != nullptr && *batch) return "batch";
  std::string tier = text_of(result["service_tier"]);
  return tier == "default" || tier == "standard" || tier == "auto" ? std::string{} : tier;
}

void read_cost(const json::Value& result, Day day, Dataset& dataset) {
  const json::Value& value = result["amount"]["value"];
  if (value.is_null()) return;  // nothing was billed
  const json::Value& letters = result["amount"]["currency"];
  const std::optional<Amount> amount = amount_of(value);
  const std::optional<Currency> currency = letters.is_null() ? Currency{} : currency_of(letters);
  if (!amount || !currency) return dataset.lose();
  std::string line_item = text_of(result["line_item"]);
  std::string model = model_of(line_item);
  dataset.add(usage::CostRow{.day = day,
                             .project = text_of(result["project_id"]),
                             .remote_key = text_of(result["api_key_id"]),
                             .model = std::move(model),
                             .line_item = std::move(line_item),
                             .currency = *currency,
                             .amount = *amount});
}

}  // namespace

std::span<const Report> usage_reports() {
  return kReports;
}
const Report& cost_report() {
  return kCosts;
}

void read_usage_page(const json::Value& page, const Report& report, Dataset& dataset) {
  if (page["data"].array() == nullptr) return dataset.lose();
  for (const json::Value& bucket : page["data"].items()) {
    const std::optional<Instant> start = unix_seconds(bucket["start_time"]);
    for (const json::Value& result : bucket["results"].items()) {
      bool odd = false;
      usage::Counts counts = report.counts(result, odd);
      if (odd) dataset.doubt();
      if (!start) dataset.lose();
      dataset.add(usage::UsageRow{.start = start.value_or(Instant{}),
                                  .project = text_of(result["project_id"]),
                                  .remote_key = text_of(result["api_key_id"]),
                                  .model = text_of(result["model"]),
                                  .tier = tier_of(result),
                                  .counts = counts});
    }
  }
}

void read_cost_page(const json::Value& page, Dataset& dataset) {
  if (page["data"].array() == nullptr) return dataset.lose();
  for (const json::Value& bucket : page["data"].items()) {
    const std::optional<Instant> start = unix_seconds(bucket["start_time"]);
    if (!start) dataset.lose();
    if (!start) continue;
    for (const json::Value& result : bucket["results"].items()) read_cost(result, day_of(*start), dataset);
  }
}

std::string model_of(std::string_view line_item) {
  const std::size_t comma = line_item.find(", ");
  if (comma == std::string_view::npos) return {};
  const std::string_view name = line_item.substr(0, comma);
  // "Web search, ..." and the like are not models: those have no blanks in their names.
  return name.find(' ') == std::string_view::npos ? std::string{name} : std::string{};
}

}  // namespace keyledger::providers::openai
