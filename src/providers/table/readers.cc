#include "providers/table/readers.h"

#include <algorithm>

#include "providers/answers.h"

namespace keyledger::providers::table {
namespace {

/// The list of models wherever it stands, or nullptr.
const json::Array* models_in(const json::Value& body) {
  if (body.array() != nullptr) return body.array();
  if (body["data"].array() != nullptr) return body["data"].array();
  return body["models"].array();
}

/// "balance_usd".
std::string balance_name(Currency currency) {
  std::string name = "balance_";
  for (const char letter : currency.text()) name += static_cast<char>(letter - 'A' + 'a');
  return name;
}

bool has_reading(const Told& told, std::string_view name) {
  return std::ranges::any_of(told.readings, [name](const usage::Reading& reading) { return reading.name == name; });
}

}  // namespace

Told unexpected() {
  return {.code = "unexpected_answer"};
}

std::optional<std::int64_t> count_of(const json::Value& value) {
  const std::optional<std::int64_t> number = value.integer();
  return number && *number >= 0 ? number : std::nullopt;
}

std::optional<Money> money_of(const json::Value& value, Currency currency) {
  const std::optional<Amount> amount = amount_of(value);
  if (!amount) return std::nullopt;
  return to_money(*amount, currency);
}

bool is_told_null(const json::Value& object, std::string_view name) {
  if (object.object() == nullptr) return false;
  const auto has_name = [name](const json::Member& member) { return member.first == name; };
  const auto found = std::ranges::find_if(*object.object(), has_name);
  return found != object.object()->end() && found->second.is_null();
}

void add_fact(Told& told, std::string name, const json::Value& value) {
  if (value.string() != nullptr && !value.string()->empty()) told.facts.emplace_back(std::move(name), *value.string());
  if (value.number() != nullptr) told.facts.emplace_back(std::move(name), value.number()->text);
}

usage::Reading counted(std::string name, std::string unit, const json::Value& used, const json::Value& limit) {
  usage::Reading reading{.name = std::move(name), .unit = std::move(unit), .used = count_of(used)};
  reading.limit = count_of(limit);
  if (reading.used && reading.limit) reading.remaining = std::max<std::int64_t>(*reading.limit - *reading.used, 0);
  return reading;
}

usage::Reading balance(std::string name, Money remaining) {
  usage::Reading reading{.name = std::move(name), .unit = std::string{remaining.currency.text()}};
  reading.money_remaining = remaining;
  return reading;
}

bool is_within(Day day, const FetchRequest& range) {
  return Instant{day} >= Instant{day_of(range.from)} && Instant{day} < range.to;
}

std::optional<Day> leading_day(const json::Value& value) {
  constexpr std::size_t kDayLength = 10;
  const Result<Day> day = parse_day(value.text().value_or("").substr(0, kDayLength));
  if (!day) return std::nullopt;
  return *day;
}

Told read_models(const json::Value& body, const net::Headers&, Instant) {
  const json::Array* models = models_in(body);
  if (models == nullptr && text_of(body["object"]) != "list") return unexpected();
  Told told;
  told.facts.emplace_back("models", std::to_string(models == nullptr ? 0 : models->size()));
  return told;
}

Told read_some_models(const json::Value& body, const net::Headers&, Instant) {
  return models_in(body) == nullptr ? unexpected() : Told{};
}

Told read_deepseek_balance(const json::Value& body, const net::Headers&, Instant) {
  const bool* available = body["is_available"].boolean();
  const json::Array* infos = body["balance_infos"].array();
  if (available == nullptr && infos == nullptr) return unexpected();
  Told told;
  if (available != nullptr && !*available) told.code = "insufficient_quota";
  for (const json::Value& info : body["balance_infos"].items()) {
    const std::optional<Currency> currency = currency_of(info["currency"]);
    if (!currency) continue;
    const std::optional<Money> total = money_of(info["total_balance"], *currency);
    // A reading's name is its identity, and the order of the currencies is not told to stay.
    const std::string name = balance_name(*currency);
    if (total && !has_reading(told, name)) told.readings.push_back(balance(name, *total));
  }
  return told;
}

Told read_cohere_check(const json::Value& body, const net::Headers&, Instant) {
  const bool* valid = body["valid"].boolean();
  if (valid == nullptr) return unexpected();
  Told told;
  if (!*valid) told.code = "key_rejected";
  add_fact(told, "organization", body["organization_id"]);
  add_fact(told, "owner", body["owner_id"]);
  return told;
}

Told read_tavily_usage(const json::Value& body, const net::Headers&, Instant) {
  const json::Value& key = body["key"];
  const json::Value& account = body["account"];
  if (key.object() == nullptr && account.object() == nullptr) return unexpected();
  Told told;
  add_fact(told, "plan", account["current_plan"]);
  if (key.object() != nullptr) {
    usage::Reading reading = counted("key_credits", "credits", key["usage"], key["limit"]);
    reading.unlimited = is_told_null(key, "limit");
    told.readings.push_back(std::move(reading));
  }
  if (account.object() == nullptr) return told;
  told.readings.push_back(counted("plan_credits", "credits", account["plan_usage"], account["plan_limit"]));
  told.readings.push_back(counted("paygo_credits", "credits", account["paygo_usage"], account["paygo_limit"]));
  return told;
}

}  // namespace keyledger::providers::table
