#include "providers/github/answers.h"

#include "providers/answers.h"
#include "providers/table/readers.h"

namespace keyledger::providers::github {
namespace {

/// A header as the JSON string that the shared readers take.
json::Value header(const net::Headers& headers, std::string_view name) {
  const std::optional<std::string_view> text = headers.find(name);
  return text ? json::Value{std::string{*text}} : json::Value{};
}

void take_item(const json::Value& item, const FetchRequest& range, Dataset& dataset) {
  const std::optional<Day> day = table::leading_day(item["date"]);
  if (!day) return dataset.lose();
  if (!table::is_within(*day, range) || item["netAmount"].is_null()) return;
  const std::optional<Amount> amount = amount_of(item["netAmount"]);
  if (!amount) return dataset.lose();
  if (*amount == Amount{}) return;  // within what the plan includes
  std::string line_item = text_of(item["product"]);
  const std::string sku = text_of(item["sku"]);
  if (!sku.empty()) line_item += line_item.empty() ? sku : ", " + sku;
  dataset.add(usage::CostRow{
      .day = *day, .project = text_of(item["repositoryName"]), .line_item = std::move(line_item), .amount = *amount});
}

}  // namespace

table::Told read_user(const json::Value& body, const net::Headers& headers, Instant) {
  if (text_of(body["login"]).empty()) return table::unexpected();
  table::Told told;
  table::add_fact(told, "login", body["login"]);
  table::add_fact(told, "plan", body["plan"]["name"]);
  // Fine-grained tokens have no such header; a classic token without any scope has an empty one.
  if (const std::optional<std::string_view> scopes = headers.find("x-oauth-scopes")) {
    told.facts.emplace_back("scopes", scopes->empty() ? "none" : std::string{*scopes});
  }
  table::add_fact(told, "expires_at", header(headers, "github-authentication-token-expiration"));
  usage::Reading hourly = table::counted("hourly_requests", "requests", header(headers, "x-ratelimit-used"),
                                         header(headers, "x-ratelimit-limit"));
  hourly.resets_at = unix_seconds(header(headers, "x-ratelimit-reset"));
  if (hourly.limit) told.readings.push_back(std::move(hourly));
  return told;
}

table::Told read_rate_limit(const json::Value& body, const net::Headers&, Instant) {
  const json::Value& core = body["resources"]["core"];
  if (core.object() == nullptr) return table::unexpected();
  table::Told told;
  usage::Reading hourly = table::counted("hourly_requests", "requests", core["used"], core["limit"]);
  hourly.resets_at = unix_seconds(core["reset"]);
  told.readings.push_back(std::move(hourly));
  return told;
}

std::vector<std::chrono::year_month> months_of(const FetchRequest& range) {
  constexpr std::size_t kMonthsMax = 24;  // as far back as GitHub answers
  std::vector<std::chrono::year_month> months;
  if (range.from >= range.to) return months;
  const std::chrono::year_month_day first{day_of(range.from)};
  const std::chrono::year_month_day last{day_of(range.to - std::chrono::milliseconds{1})};
  for (std::chrono::year_month month{first.year(), first.month()};
       month <= std::chrono::year_month{last.year(), last.month()} && months.size() <= kMonthsMax;
       month += std::chrono::months{1}) {
    months.push_back(month);
  }
  return months;
}

std::optional<keys::Finding> take_billing(const json::Value& body, const FetchRequest& range, Dataset& dataset) {
  if (body["usageItems"].array() == nullptr) return keys::Finding{.code = "malformed_answer", .provider_status = 200};
  for (const json::Value& item : body["usageItems"].items()) take_item(item, range, dataset);
  return std::nullopt;
}

}  // namespace keyledger::providers::github
