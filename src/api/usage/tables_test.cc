#include "api/usage/tables.h"

#include <gtest/gtest.h>

namespace keyledger::api {
namespace {

using service::Cost;

std::string cell(const UsageTable& table, std::size_t row, std::string_view column) {
  const auto place = std::ranges::find(table.columns, column);
  EXPECT_NE(place, table.columns.end()) << column;
  return table.rows.at(row).at(static_cast<std::size_t>(place - table.columns.begin()));
}
void expect_rows_fit(const UsageTable& table) {
  for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.columns.size());
}

TEST(UsageTables, ADayHasALineForEachProviderAndAnEmptyOneForNone) {
  service::UsageReport report;
  service::DayFigures& first = report.series.emplace_back();
  first.day = parse_day("2026-11-20").value();
  service::ProviderFigures& part = first.by_provider.emplace_back();
  part.provider = "openai";
  part.requests = 12;
  part.tokens = 34;
  part.cost = {Cost{"1.500000000", Currency{}, true}, Cost{"2.000000000", Currency::parse("EUR").value(), false},
               Cost{"3.000000000", Currency::parse("GBP").value(), false}};
  report.series.emplace_back().day = parse_day("2026-11-21").value();
  const UsageTable table = day_table(report);
  expect_rows_fit(table);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(cell(table, 0, "day"), "2026-11-20");
  EXPECT_EQ(cell(table, 0, "requests"), "12");
  EXPECT_EQ(cell(table, 0, "tokens"), "34");
  EXPECT_EQ(cell(table, 0, "cost"), "1.500000000");
  EXPECT_EQ(cell(table, 0, "cost_currency"), "USD");
  EXPECT_EQ(cell(table, 0, "cost_estimated"), "yes");
  EXPECT_EQ(cell(table, 0, "other_costs"), "2.000000000 EUR; 3.000000000 GBP");
  EXPECT_EQ(cell(table, 1, "provider"), "");
  EXPECT_EQ(cell(table, 1, "cost"), "");
}

TEST(UsageTables, WhatIsNotKnownOfAKeyIsEmpty) {
  service::UsageKeys keys;
  service::KeyFigures& unknown = keys.lines.emplace_back();
  unknown.name = "unlinked";
  unknown.tokens.reset();
  service::KeyFigures& known = keys.lines.emplace_back();
  known.kind = service::OwnerKind::remote;
  known.requests = 0;
  known.last_used = parse_day("2026-11-20").value();
  known.last_used_at = parse_rfc3339("2026-11-20T14:00:00Z").value();
  known.remote_key_id = "key_7";
  const UsageTable table = key_table(keys);
  expect_rows_fit(table);
  for (const char* column : {"requests", "tokens", "input_tokens", "cost", "cost_per_thousand", "last_used"}) {
    EXPECT_EQ(cell(table, 0, column), "") << column;
  }
  EXPECT_EQ(cell(table, 1, "requests"), "0");
  EXPECT_EQ(cell(table, 1, "input_tokens"), "0");
  EXPECT_EQ(cell(table, 1, "kind"), "remote");
  EXPECT_EQ(cell(table, 1, "remote_key_id"), "key_7");
  EXPECT_EQ(cell(table, 1, "last_used"), "2026-11-20");
  EXPECT_EQ(cell(table, 1, "last_used_at"), "2026-11-20T14:00:00Z");
}

TEST(UsageTables, HoursOfTheWeekHaveTheirAveragesToo) {
  service::UsageReport report;
  report.group_by = service::GroupBy::hour_of_week;
  service::GroupFigures& hour = report.groups.emplace_back();
  hour.group = "1-09";
  hour.occurrences = 3;
  hour.average = service::HourAverage{.requests = "3.333", .tokens = "33.333"};
  report.groups.emplace_back().group = "1-10";
  const UsageTable table = group_table(report);
  expect_rows_fit(table);
  EXPECT_EQ(cell(table, 0, "average_requests"), "3.333");
  EXPECT_EQ(cell(table, 0, "occurrences"), "3");
  EXPECT_EQ(cell(table, 1, "average_tokens"), "");
  report.group_by = service::GroupBy::provider;
  expect_rows_fit(group_table(report));
}

}  // namespace
}  // namespace keyledger::api
