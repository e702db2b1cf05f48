#include "providers/xai/answers.h"

#include "json/write.h"
#include "providers/answers.h"
#include "providers/table/readers.h"

namespace keyledger::providers::xai {
namespace {

constexpr std::int64_t kCentsPerDollar = 100;

bool is_true(const json::Value& value) {
  return value.boolean() != nullptr && *value.boolean();
}

std::string joined(const json::Array& items) {
  constexpr std::size_t kItemsMax = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(items.size(), kItemsMax); ++i) {
    if (!text.empty()) text += ", ";
    text += text_of(items[i]);
  }
  return text;
}

/// One day of one series. A value of null is a day without cost.
void take_point(const json::Value& point, const std::string& label, const FetchRequest& range, Dataset& dataset) {
  const std::optional<Instant> at = rfc3339_of(point["timestamp"]);
  const json::Array& values = point["values"].items();
  if (!at) return dataset.lose();
  if (!table::is_within(day_of(*at), range)) return;
  if (values.empty() || values.front().is_null()) return;
  const std::optional<Amount> amount = amount_of(values.front());
  if (!amount) return dataset.lose();
  if (*amount == Amount{}) return;
  dataset.add(usage::CostRow{.day = day_of(*at), .dataset = dataset.name(), .line_item = label, .amount = *amount});
}

}  // namespace

table::Told read_key(const json::Value& body, const net::Headers&, Instant) {
  if (body["api_key_id"].is_null() && body["redacted_api_key"].is_null() && body["team_id"].is_null()) {
    return table::unexpected();
  }
  table::Told told;
  // The later of these lines are the graver reasons.
  static constexpr std::pair<std::string_view, std::string_view> kFlags[] = {
      {"api_key_disabled", "key_disabled"}, {"api_key_blocked", "key_blocked"}, {"team_blocked", "key_blocked"}};
  for (const auto& [flag, code] : kFlags) {
    if (!is_true(body[flag])) continue;
    told.code = code;
    told.provider_message = flag;
  }
  table::add_fact(told, "key_name", body["name"]);
  table::add_fact(told, "team", body["team_id"]);
  table::add_fact(told, "key_id", body["api_key_id"]);
  told.facts.emplace_back("permissions", joined(body["acls"].items()));
  return told;
}

table::Told read_management_key(const json::Value& body, const net::Headers&, Instant) {
  if (text_of(body["teamId"]).empty() && text_of(body["scopeId"]).empty()) return table::unexpected();
  table::Told told;
  table::add_fact(told, "key_name", body["name"]);
  table::add_fact(told, "team", body["teamId"]);
  table::add_fact(told, "key_id", body["apiKeyId"]);
  return told;
}

std::optional<Money> cents_of(const json::Value& value, int sign) {
  if (value.object() != nullptr && value["val"].is_null()) return Money{};
  const std::optional<Amount> cents = amount_of(value.object() != nullptr ? value["val"] : value);
  if (!cents) return std::nullopt;
  const Amount signed_cents = sign < 0 ? Amount::normalised(-cents->nanos, -cents->attos) : *cents;
  return to_money(divide(signed_cents, kCentsPerDollar), Currency{});
}

table::Told read_balance(const json::Value& body, const net::Headers&, Instant) {
  const std::optional<Money> credit = cents_of(body["total"], -1);
  if (!credit) return table::unexpected();
  table::Told told;
  told.readings.push_back(table::balance("balance", *credit));
  return told;
}

table::Told read_invoice_preview(const json::Value& body, const net::Headers&, Instant) {
  if (body["coreInvoice"].object() == nullptr) return table::unexpected();
  table::Told told;
  const json::Value& amount = body["coreInvoice"]["amountAfterVat"];
  // A month without cost comes without the amount, as zeros do everywhere in this interface.
  const std::optional<Money> spent = amount.is_null() ? Money{} : cents_of(amount, 1);
  if (!spent) return table::unexpected();
  usage::Reading reading{.name = "month_spend", .unit = "USD"};
  reading.money_used = spent;
  told.readings.push_back(std::move(reading));
  return told;
}

std::string usage_question(Day from, Day to) {
  json::Writer out;
  out.begin_object().name("analyticsRequest").begin_object();
  out.name("timeRange").begin_object();
  out.name("startTime").string(to_string(from) + " 00:00:00");
  out.name("endTime").string(to_string(to) + " 00:00:00");
  out.name("timezone").string("Etc/GMT").end_object();
  out.name("timeUnit").string("TIME_UNIT_DAY");
  out.name("values").begin_array().begin_object();
  out.name("name").string("usd").name("aggregation").string("AGGREGATION_SUM");
  out.end_object().end_array();
  out.name("groupBy").begin_array().end_array();
  out.name("filters").begin_array().end_array();
  out.end_object().end_object();
  return out.take();
}

std::optional<keys::Finding> take_usage(const json::Value& body, const FetchRequest& range, Dataset& dataset) {
  const json::Array* all_series = body["timeSeries"].array();
  // An empty list may be left out; then the answer is the flag alone.
  if (all_series == nullptr && body["limitReached"].boolean() == nullptr) {
    return keys::Finding{.code = "malformed_answer"};
  }
  if (is_true(body["limitReached"])) return keys::Finding{.code = "answer_too_large"};
  for (const json::Value& series : body["timeSeries"].items()) {
    const std::string label = joined(series["groupLabels"].items());
    for (const json::Value& point : series["dataPoints"].items()) take_point(point, label, range, dataset);
  }
  return std::nullopt;
}

}  // namespace keyledger::providers::xai
