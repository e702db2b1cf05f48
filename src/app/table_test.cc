#include "app/table.h"

#include <gtest/gtest.h>

#include "app/text.h"
#include "app/view.h"

namespace keyledger::app {
namespace {

json::Value value_of(std::string_view text) {
  Result<json::Value> value = json::parse(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(json::Value{});
}

TEST(Text, ATerminalNeverObeysForeignText) {
  const struct {
    const char* name;
    std::string text, want;
  } cases[] = {
      {"plain text stays", "prod-chat", "prod-chat"},
      {"colour", "\033[31mred", "\\x1b[31mred"},
      {"a line break", "a\nb\r", "a\\x0ab\\x0d"},
      {"an eight-bit control character",
       "a\xC2\x9B"
       "31m",
       "a\\x9b31m"},
      {"right to left",
       "a\xE2\x80\xAE"
       "b",
       "ab"},
      {"no UTF-8",
       "a\xFF"
       "b",
       "a\xEF\xBF\xBD"
       "b"},
      {"other scripts stay", "Zürich 東京", "Zürich 東京"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(harmless(c.text), c.want);
  }
}

TEST(Text, WidthsAreThoseOfATerminal) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("Zürich"), 6u);
  EXPECT_EQ(display_width("東京"), 4u);
  EXPECT_EQ(display_width("e\xCC\x81"), 1u);
  EXPECT_EQ(fit("東京都", 5), "東京…");
  EXPECT_EQ(fit("東京都", 6), "東京都");
  EXPECT_EQ(fit("abcdef", 4), "abc…");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(-123), "-123");
  EXPECT_EQ(grouped(1000), "1,000");
}

TEST(Table, ColumnsAreAlignedByDisplayWidth) {
  const std::string text = render_table({{"Name"}, {"Cost", true}}, {{{"東京"}, {"$1.00"}}, {{"b"}, {"$12.00"}}}, {});
  EXPECT_EQ(text,
            "Name    Cost\n"
            "東京   $1.00\n"
            "b     $12.00\n");
}

TEST(Table, ColumnsThatGiveWayAreCutToTheTerminal) {
  const std::vector<Heading> headings{{"Id", true}, {"Name", false, true}};
  const std::vector<std::vector<Cell>> rows{{{"1"}, {std::string(30, 'x')}}};
  EXPECT_EQ(render_table(headings, rows, {.width = 20}), "Id  Name\n 1  " + std::string(15, 'x') + "…\n");
  EXPECT_EQ(render_table(headings, rows, {.width = 0}), "Id  Name\n 1  " + std::string(30, 'x') + "\n");
  // Narrower than the least: the rest hangs over rather than vanishes.
  EXPECT_EQ(render_table(headings, rows, {.width = 3}), "Id  Name\n 1  " + std::string(7, 'x') + "…\n");
}

TEST(Table, ColourIsThereOnlyWhenAskedFor) {
  const std::vector<std::vector<Cell>> rows{{{"invalid", Tone::bad}}};
  EXPECT_EQ(render_table({{"Status"}}, rows, {}).find('\033'), std::string::npos);
  EXPECT_NE(render_table({{"Status"}}, rows, {.colour = true}).find("\033[31minvalid\033[0m"), std::string::npos);
}

TEST(View, UnknownIsNeverZero) {
  const json::Value row = value_of(R"({"requests": null, "cost": [], "none": 0})");
  EXPECT_EQ(to_cell(at(row, "requests"), Kind::number).text, "–");
  EXPECT_EQ(to_cell(at(row, "cost"), Kind::money).text, "–");
  EXPECT_EQ(to_cell(at(row, "missing.deeper"), Kind::text).text, "–");
  EXPECT_EQ(to_cell(at(row, "none"), Kind::number).text, "0");
}

TEST(View, MoneyOfSeveralCurrenciesIsNeverAdded) {
  const json::Value cost = value_of(
      R"([{"amount":"12.345678900","currency":"USD","estimated":true},{"amount":"1.000000000","currency":"EUR"}])");
  EXPECT_TRUE(money_text(cost).starts_with("$12.35 + ")) << money_text(cost);
  EXPECT_TRUE(money_text(cost).ends_with(" est.")) << money_text(cost);
}

TEST(View, CsvKeepsAllDecimalsAndNamesTheCurrency) {
  const Columns columns{{"Name", "name"}, {"Cost", "cost", Kind::money}, {"At", "last.at", Kind::time}};
  const json::Value row = value_of(
      R"({"name":"=x","cost":[{"amount":"12.345678900","currency":"USD"}],"last":{"at":"2026-11-21T20:14:05Z"}})");
  EXPECT_EQ(to_csv(columns, {row}), "name,cost,cost_currency,last_at\r\n'=x,12.345678900,USD,2026-11-21T20:14:05Z\r\n");
}

TEST(View, ATableShowsTimesToTheMinute) {
  EXPECT_EQ(to_cell(value_of(R"("2026-11-21T20:14:05Z")"), Kind::time).text, "2026-11-21 20:14");
  EXPECT_EQ(to_cell(value_of(R"(["admin","read"])"), Kind::words).text, "admin, read");
}

}  // namespace
}  // namespace keyledger::app
