#include "service/usage/key_lines.h"

#include <gtest/gtest.h>

namespace keyledger::service {
namespace {

const Currency kEuro = Currency::parse("EUR").value();
Amount amount(std::string_view decimal) {
  return parse_amount(decimal).value();
}
Day day(std::string_view text) {
  return parse_day(text).value();
}

KeyLine line(std::string name, const Bill& bill = {}, bool known = true) {
  KeyLine made{.bill = bill, .used = !bill.empty(), .id = "id " + name};
  static_cast<Figures&>(made.figures) = bill.figures();
  made.figures.name = std::move(name);
  if (known) return made;
  made.figures.requests.reset();
  made.figures.tokens.reset();
  return made;
}
Bill bill_of(std::string_view dollars, std::int64_t requests = 0, Currency currency = {}) {
  Bill bill;
  if (!dollars.empty()) bill.add(currency, usage::Basis::billed, amount(dollars));
  if (requests > 0) bill.add(usage::Tally{.requests = requests, .requests_known = 1, .input_tokens = requests * 10});
  return bill;
}

std::string sorted(std::vector<KeyLine> lines, UsageKeySort sort, bool descending) {
  sort_lines(lines, sort, descending, Whole{.currency = Currency{}});
  std::string names;
  for (const KeyLine& one : lines) names += (names.empty() ? "" : " ") + one.figures.name;
  return names;
}

TEST(KeyOrder, WhatIsNotKnownComesLastEitherWay) {
  const std::vector<KeyLine> lines{line("nobody-knows", {}, false), line("two", bill_of("2", 20)),
                                   line("euros", bill_of("7", 70, kEuro)), line("one", bill_of("1", 10)),
                                   line("free", bill_of("", 30))};
  EXPECT_EQ(sorted(lines, UsageKeySort::cost, true), "two one euros free nobody-knows");
  EXPECT_EQ(sorted(lines, UsageKeySort::cost, false), "one two euros nobody-knows free");
  EXPECT_EQ(sorted(lines, UsageKeySort::requests, true), "euros free two one nobody-knows");
  EXPECT_EQ(sorted(lines, UsageKeySort::requests, false), "one two free euros nobody-knows");
  EXPECT_EQ(sorted(lines, UsageKeySort::tokens, true), "euros free two one nobody-knows");
  EXPECT_EQ(sorted(lines, UsageKeySort::cost_per_thousand, true), "one two euros free nobody-knows");
  EXPECT_EQ(sorted(lines, UsageKeySort::cost_per_thousand, false), "one two euros free nobody-knows");
}

TEST(KeyOrder, LinesThatAreAlikeStayInTheOrderOfTheirId) {
  const std::vector<KeyLine> lines{line("b", bill_of("1")), line("c", bill_of("1")), line("a", bill_of("1"))};
  for (const UsageKeySort sort : {UsageKeySort::cost, UsageKeySort::requests, UsageKeySort::tokens,
                                  UsageKeySort::account, UsageKeySort::status, UsageKeySort::last_used}) {
    EXPECT_EQ(sorted(lines, sort, true), "a b c");
    EXPECT_EQ(sorted(lines, sort, false), "a b c");
  }
}

TEST(KeyOrder, NamesAndAccountsGoByTheAlphabetWithoutRegardToCase) {
  std::vector<KeyLine> lines{line("beta"), line("Alpha"), line("gamma"), line("Delta")};
  lines[0].figures.account_name = "zoo";
  lines[1].figures.account_name = "Zebra";
  lines[2].figures.account_name = "ape";
  lines[3].figures.account_name = "Bear";
  EXPECT_EQ(sorted(lines, UsageKeySort::name, false), "Alpha beta Delta gamma");
  EXPECT_EQ(sorted(lines, UsageKeySort::name, true), "gamma Delta beta Alpha");
  EXPECT_EQ(sorted(lines, UsageKeySort::account, false), "gamma Delta Alpha beta");
}

TEST(KeyOrder, TheWorstStatusComesFirst) {
  std::vector<KeyLine> lines;
  for (const char* status :
       {"valid", "deleted", "unreachable", "invalid", "unknown", "archived", "rate_limited", "valid_but_restricted"}) {
    lines.push_back(line(status));
    lines.back().figures.status = status;
  }
  EXPECT_EQ(sorted(lines, UsageKeySort::status, false),
            "invalid unreachable rate_limited valid_but_restricted unknown valid archived deleted");
}

TEST(KeyOrder, AnHourOfTheSameDayIsLaterThanTheDayAlone) {
  std::vector<KeyLine> lines{line("day"), line("never"), line("hour"), line("old-hour")};
  lines[0].figures.last_used = lines[2].figures.last_used = lines[3].figures.last_used = day("2026-11-20");
  lines[2].figures.last_used_at = parse_rfc3339("2026-11-20T14:00:00Z").value();
  lines[3].figures.last_used_at = parse_rfc3339("2026-10-01T14:00:00Z").value();
  EXPECT_EQ(sorted(lines, UsageKeySort::last_used, true), "hour day old-hour never");
  EXPECT_EQ(sorted(lines, UsageKeySort::last_used, false), "day old-hour hour never");
}

TEST(KeyFilter, EveryFilterNarrowsDown) {
  KeyFigures key;
  key.name = "prod-chat";
  key.masked_key = "sk-...9fQx";
  key.account_id = AccountId{4};
  key.account_name = "Acme";
  key.provider = "openai";
  key.status = "valid";
  key.remote_key_id = "key_77";
  key.project = "proj_blue";
  EXPECT_TRUE(passes({}, key));
  for (const char* text : {"PROD", "9fqx", "acme", "KEY_77", "Blue", ""}) {
    EXPECT_TRUE(passes({.search = text}, key)) << text;
  }
  EXPECT_FALSE(passes({.search = "prod chat"}, key));
  EXPECT_TRUE(passes({.usage = {.account_id = AccountId{4}}, .status = "valid", .kind = OwnerKind::held}, key));
  EXPECT_FALSE(passes({.usage = {.account_id = AccountId{5}}}, key));
  EXPECT_FALSE(passes({.usage = {.provider = "anthropic"}}, key));
  EXPECT_FALSE(passes({.status = "invalid"}, key));
  EXPECT_FALSE(passes({.kind = OwnerKind::remote}, key));
}

TEST(KeySum, IsUnknownOnlyWhereEveryLineIs) {
  EXPECT_EQ(sum_of({}).requests, 0);
  EXPECT_EQ(sum_of({line("a", {}, false)}).requests, std::nullopt);
  EXPECT_EQ(sum_of({line("a", {}, false)}).tokens, std::nullopt);
  const Figures sum = sum_of({line("a", {}, false), line("b", bill_of("1", 4)), line("c", bill_of("2", 6))});
  EXPECT_EQ(sum.requests, 10);
  EXPECT_EQ(sum.tokens, 100);
  EXPECT_EQ(sum.cost[0].amount, "3.000000000");
}

}  // namespace
}  // namespace keyledger::service
