#include "api/usage/tables.h"

#include <fmt/format.h>

namespace keyledger::api {
namespace {

using service::Cost;
using service::Figures;

using Row = std::vector<std::string>;

std::string number(const std::optional<std::int64_t>& value) {
  return value ? std::to_string(*value) : std::string{};
}

/// The amount, its currency, and what it costs in others: "1.000000000 EUR; 2.000000000 GBP".
void add_costs(Row& row, const std::vector<Cost>& costs) {
  row.push_back(costs.empty() ? std::string{} : costs[0].amount);
  row.push_back(costs.empty() ? std::string{} : std::string{costs[0].currency.text()});
  row.push_back(costs.empty() ? std::string{} : costs[0].estimated ? "yes" : "no");
  std::string others;
  for (std::size_t i = 1; i < costs.size(); ++i) {
    others += fmt::format("{}{} {}", i == 1 ? "" : "; ", costs[i].amount, costs[i].currency.text());
  }
  row.push_back(std::move(others));
}

const Row kFigureColumns{
    "requests", "tokens",        "input_tokens",   "output_tokens", "cached_tokens",     "cache_write_tokens",
    "cost",     "cost_currency", "cost_estimated", "other_costs",   "cost_per_thousand", "cost_per_thousand_currency"};

void add_figures(Row& row, const Figures& figures) {
  row.push_back(number(figures.requests));
  row.push_back(number(figures.tokens));
  const bool known = figures.tokens.has_value();
  for (const std::int64_t count :
       {figures.input_tokens, figures.output_tokens, figures.cached_tokens, figures.cache_write_tokens}) {
    row.push_back(known ? std::to_string(count) : std::string{});
  }
  add_costs(row, figures.cost);
  const std::vector<Cost>& each = figures.cost_per_thousand;
  row.push_back(each.empty() ? std::string{} : each[0].amount);
  row.push_back(each.empty() ? std::string{} : std::string{each[0].currency.text()});
}

Row columns(Row names) {
  names.insert(names.end(), kFigureColumns.begin(), kFigureColumns.end());
  return names;
}

}  // namespace

UsageTable day_table(const service::UsageReport& report) {
  UsageTable table{columns({"day", "provider"}), {}};
  for (const service::DayFigures& day : report.series) {
    for (const service::ProviderFigures& part : day.by_provider) {
      add_figures(table.rows.emplace_back(Row{to_string(day.day), part.provider}), part);
    }
    if (day.by_provider.empty()) add_figures(table.rows.emplace_back(Row{to_string(day.day), ""}), day);
  }
  return table;
}

UsageTable group_table(const service::UsageReport& report) {
  UsageTable table{columns({"group", "name", "provider"}), {}};
  const bool week = report.group_by == service::GroupBy::hour_of_week;
  if (week) table.columns.insert(table.columns.end(), {"occurrences", "average_requests", "average_tokens"});
  for (const service::GroupFigures& group : report.groups) {
    Row& row = table.rows.emplace_back(Row{group.group, group.name, group.provider});
    add_figures(row, group);
    if (!week) continue;
    row.push_back(number(group.occurrences));
    row.push_back(group.average ? group.average->requests.value_or("") : "");
    row.push_back(group.average ? group.average->tokens.value_or("") : "");
  }
  return table;
}

UsageTable key_table(const service::UsageKeys& keys) {
  UsageTable table{columns({"name", "masked_key", "kind", "provider", "account", "status", "project", "remote_key_id"}),
                   {}};
  table.columns.insert(table.columns.end(), {"last_used", "last_used_at"});
  for (const service::KeyFigures& key : keys.lines) {
    Row& row = table.rows.emplace_back(Row{key.name, key.masked_key, boost::describe::enum_to_string(key.kind, ""),
                                           key.provider, key.account_name, key.status, key.project,
                                           key.remote_key_id.value_or("")});
    add_figures(row, key);
    row.push_back(key.last_used ? to_string(*key.last_used) : std::string{});
    row.push_back(key.last_used_at ? to_rfc3339(*key.last_used_at) : std::string{});
  }
  return table;
}

}  // namespace keyledger::api
