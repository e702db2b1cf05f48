#include "providers/openrouter/answers.h"

#include <algorithm>

#include "providers/answers.h"
#include "providers/table/readers.h"

namespace keyledger::providers::openrouter {
namespace {

bool is_true(const json::Value& value) {
  return value.boolean() != nullptr && *value.boolean();
}

void add_spend(table::Told& told, std::string name, const json::Value& amount) {
  usage::Reading reading{.name = std::move(name), .unit = "USD"};
  reading.money_used = table::money_of(amount, Currency{});
  if (reading.money_used) told.readings.push_back(std::move(reading));
}

/// What the key may spend and has spent. The provider says null for a key without a limit.
usage::Reading key_limit(const json::Value& key) {
  usage::Reading reading{.name = "key_limit", .unit = "USD"};
  reading.unlimited = table::is_told_null(key, "limit");
  reading.money_used = table::money_of(key["usage"], Currency{});
  reading.money_remaining = table::money_of(key["limit_remaining"], Currency{});
  return reading;
}

bool is_hex_digest(std::string_view text) {
  constexpr std::size_t kDigestDigits = 64;
  return text.size() == kDigestDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void take_item(const json::Value& item, const FetchRequest& range, Dataset& dataset) {
  const std::optional<Day> day = table::leading_day(item["date"]);
  if (!day) return dataset.lose();
  if (!table::is_within(*day, range)) return;
  CountReader reader;
  usage::UsageRow used{.start = *day, .model = text_of(item["model"])};
  used.counts.requests = reader.optional_count(item["requests"]);
  used.counts.input_tokens = reader.count(item["prompt_tokens"]);
  used.counts.output_tokens = reader.count(item["completion_tokens"]);
  if (reader.odd()) dataset.doubt();
  const std::string model = used.model;
  dataset.add(std::move(used));
  if (item["usage"].is_null()) return;
  const std::optional<Amount> amount = amount_of(item["usage"]);
  if (!amount) return dataset.lose();
  dataset.add(usage::CostRow{.day = *day, .model = model, .amount = *amount});
}

}  // namespace

bool is_management_key(const json::Value& body) {
  return is_true(body["data"]["is_management_key"]) || is_true(body["data"]["is_provisioning_key"]);
}

table::Told read_key(const json::Value& body, const net::Headers&, Instant) {
  const json::Value& key = body["data"];
  if (key.object() == nullptr) return table::unexpected();
  table::Told told;
  table::add_fact(told, "label", key["label"]);
  told.facts.emplace_back("kind", is_management_key(body) ? "management" : "inference");
  if (key["is_free_tier"].boolean() != nullptr) {
    told.facts.emplace_back("tier", is_true(key["is_free_tier"]) ? "free" : "paid");
  }
  table::add_fact(told, "expires_at", key["expires_at"]);
  told.readings.push_back(key_limit(key));
  const std::optional<Money>& left = told.readings.front().money_remaining;
  if (left && left->nanos <= 0) told.code = "spend_limit_reached";
  add_spend(told, "month_spend", key["usage_monthly"]);
  add_spend(told, "today_spend", key["usage_daily"]);
  const json::Value& free = key["free_model_daily_requests"];
  if (free.object() == nullptr) return told;
  told.readings.push_back(table::counted("free_requests", "requests", free["used"], free["limit"]));
  return told;
}

table::Told read_credits(const json::Value& body, const net::Headers&, Instant) {
  const std::optional<Amount> bought = amount_of(body["data"]["total_credits"]);
  const std::optional<Amount> used = amount_of(body["data"]["total_usage"]);
  if (!bought || !used) return table::unexpected();
  // Half of the range each, so that the difference stays within it whatever the signs are.
  constexpr std::int64_t kNanosMax = std::numeric_limits<std::int64_t>::max() / 2 - 1;
  for (const std::int64_t nanos : {bought->nanos, used->nanos}) {
    if (nanos > kNanosMax || nanos < -kNanosMax) return table::unexpected();
  }
  table::Told told;
  const Amount left = *bought + Amount::normalised(-used->nanos, -used->attos);
  told.readings.push_back(table::balance("balance", to_money(left, Currency{})));
  told.readings.back().money_used = to_money(*used, Currency{});
  return told;
}

std::optional<keys::Finding> take_activity(const json::Value& body, const FetchRequest& range, Dataset& dataset) {
  if (body["data"].array() == nullptr) return keys::Finding{.code = "malformed_answer", .provider_status = 200};
  for (const json::Value& item : body["data"].items()) take_item(item, range, dataset);
  return std::nullopt;
}

std::size_t take_keys(const json::Value& body, Discovery& discovery) {
  for (const json::Value& key : body["data"].items()) {
    RemoteKey remote{.id = text_of(key["hash"]), .name = text_of(key["name"])};
    if (remote.id.empty()) continue;
    if (is_hex_digest(remote.id)) remote.sha256_hex = remote.id;
    // The label is the key with its middle left out, "sk-or-v1-abc...123": a second proof beside the digest.
    remote.redacted = text_of(key["label"]);
    remote.project = text_of(key["workspace_id"]);
    if (key["disabled"].boolean() != nullptr) remote.status = is_true(key["disabled"]) ? "inactive" : "active";
    discovery.keys.push_back(std::move(remote));
  }
  return body["data"].items().size();
}

}  // namespace keyledger::providers::openrouter
