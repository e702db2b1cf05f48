#include "domain/rentals/csv.h"

#include <gtest/gtest.h>

#include "domain/rentals/accounts_csv.h"

namespace keyledger::rentals {
namespace {

using Fields = std::vector<std::string>;

/// All records of a text without problems.
std::vector<Fields> read_all(std::string_view text) {
  std::vector<Fields> all;
  CsvReader reader(text);
  for (;;) {
    Result<std::optional<CsvRecord>> record = reader.next();
    if (!record || !*record) break;
    EXPECT_EQ((*record)->problem, "");
    all.push_back(std::move((*record)->fields));
  }
  return all;
}

TEST(Csv, IsReadByRfc4180) {
  const struct {
    const char* name;
    std::string text;
    std::vector<Fields> want;
  } cases[] = {
      {"plain", "a,b\nc,d\n", {{"a", "b"}, {"c", "d"}}},
      {"carriage returns", "a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
      {"no end of the last line", "a,b\nc,d", {{"a", "b"}, {"c", "d"}}},
      {"a byte order mark",
       "\xef\xbb\xbf"
       "a,b",
       {{"a", "b"}}},
      {"empty fields", ",\n,,\n", {{"", ""}, {"", "", ""}}},
      {"an empty last field", "a,", {{"a", ""}}},
      {"commas in quotes", "\"a,b\",c", {{"a,b", "c"}}},
      {"doubled quotes", "\"say \"\"hi\"\"\",\"\"\"\"", {{"say \"hi\"", "\""}}},
      {"lines in quotes", "\"a\r\nb\",c\nd,e", {{"a\r\nb", "c"}, {"d", "e"}}},
      {"empty quotes", "\"\",\"\"", {{"", ""}}},
      {"empty lines", "\n\r\na\n\n\nb\n\n", {{"a"}, {"b"}}},
      {"a quote inside a plain field", "pass\"word,x\"", {{"pass\"word", "x\""}}},
      {"a lone carriage return", "a\rb,c", {{"a\rb", "c"}}},
      {"nothing", "", {}},
      {"nothing but a mark", "\xef\xbb\xbf", {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(read_all(c.text), c.want);
  }
}

TEST(Csv, ARecordKnowsItsLineAlsoAfterFieldsOfSeveralLines) {
  CsvReader reader("a\n\"b\n\nc\"\n\nd");
  EXPECT_EQ((**reader.next()).line, 1U);
  EXPECT_EQ((**reader.next()).line, 2U);
  EXPECT_EQ((**reader.next()).line, 6U);
}

TEST(Csv, AQuoteThatNeverEndsIsToldWithLineAndField) {
  CsvReader reader("a,b\nc,\"d\ne,f\n");
  ASSERT_TRUE(reader.next());
  const auto record = reader.next();
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().reason, "malformed_csv");
  EXPECT_NE(record.error().message.find("Line 2, field 2"), std::string::npos) << record.error().message;
}

TEST(Csv, WhatComesAfterAClosingQuoteIsAProblemOfThatRecordAlone) {
  CsvReader reader("\"a\"b,c\nd,e\n");
  EXPECT_NE((**reader.next()).problem, "");
  EXPECT_EQ((**reader.next()).fields, (Fields{"d", "e"}));
}

TEST(Csv, FieldsAndRecordsHaveAnEnd) {
  const std::string most(CsvReader::kFieldBytesMax, 'x');
  EXPECT_EQ((**CsvReader(most).next()).problem, "");
  EXPECT_NE((**CsvReader(most + "x").next()).problem, "");
  EXPECT_NE((**CsvReader("\"" + most + "x\"").next()).problem, "");
  EXPECT_EQ((**CsvReader(std::string(99, ',')).next()).problem, "");
  EXPECT_NE((**CsvReader(std::string(100, ',')).next()).problem, "");
}

constexpr std::string_view kHeader = "website,username,password,email,notes\n";

TEST(AccountsCsv, TakesColumnsInAnyOrderAndCase) {
  const Result<AccountsCsv> read = read_accounts_csv("Password, USERNAME ,website\r\n\"p,w\"\"d\",ada, Example \r\n");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->accounts.size(), 1U);
  const CsvAccount& account = read->accounts.front();
  EXPECT_EQ(account.line, 2U);
  EXPECT_EQ(fold_name(account.website), "example");
  EXPECT_EQ(account.fields.username, "ada");
  EXPECT_EQ(account.password.reveal(), "p,w\"d");
}

TEST(AccountsCsv, TellsBadLinesWithNumberAndFieldAndKeepsTheGoodOnes) {
  const std::string text = std::string{kHeader} +
                           "shop,ada,secret,ada@example.com,\n"  // 2
                           "shop,bob\n"                          // 3: too few
                           "shop,bob,secret,,,more\n"            // 4: too many
                           ",bob,secret,,\n"                     // 5: no website
                           "shop,,secret,,\n"                    // 6: no user
                           "shop,bob,,,\n"                       // 7: no password
                           "shop,bob,secret,bob,\n"              // 8: no e-mail address
                           "SHOP,ada,other,,\n"                  // 9: twice
                           "shop,bob," +
                           std::string(1'025, 'p') + ",,\n" +                 // 10: too long
                           "shop,bob," + std::string(20'000, 'p') + ",,\n" +  // 11: far too long
                           "shop,\"bob\"x,secret,,\n"                         // 12: after the quote
                           "shop,bob,secret,,\n";                             // 13
  const Result<AccountsCsv> read = read_accounts_csv(text);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->accounts.size(), 2U);
  EXPECT_EQ(read->accounts.back().line, 13U);
  std::vector<std::pair<std::size_t, std::string>> bad;
  for (const BadLine& line : read->bad) {
    bad.emplace_back(line.line, line.field);
    EXPECT_GT(line.message.size(), 10U);
    EXPECT_EQ(line.message.find("secret"), std::string::npos);  // no password in a message
  }
  const std::vector<std::pair<std::size_t, std::string>> want{
      {3, "password"}, {4, ""},         {5, "website"},   {6, "username"}, {7, "password"},
      {8, "email"},    {9, "username"}, {10, "password"}, {11, ""},        {12, ""}};
  EXPECT_EQ(bad, want);
}

TEST(AccountsCsv, RefusesAFileWhoseFormIsWrongAsAWhole) {
  const struct {
    const char* name;
    std::string text;
    const char* field;
  } cases[] = {
      {"empty", "", "csv"},
      {"a missing column", "website,username\nshop,ada\n", "password"},
      {"an unknown column", "website,username,password,phone\n", "phone"},
      {"a column twice", "website,username,password,Website\n", "website"},
      {"other separators", "website;username;password\n", "website;username;password"},
      {"a quote that never ends", std::string{kHeader} + "shop,ada,\"secret\nshop,bob,secret,,\n", "csv"},
      {"nothing below the columns", std::string{kHeader}, "csv"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Result<AccountsCsv> read = read_accounts_csv(c.text);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().reason, "malformed_csv");
    EXPECT_EQ(read.error().field, c.field) << read.error().message;
  }
}

TEST(AccountsCsv, HasALimitOfBytesAndOfLines) {
  const std::string field = std::string{kHeader} + "shop,ada," + std::string(10 << 20, 'p') + ",,\n";
  EXPECT_EQ(read_accounts_csv(field).error().reason, "csv_too_large");
  std::string lines{kHeader};
  for (std::size_t i = 0; i < kCsvLinesMax; ++i) lines += "shop,user" + std::to_string(i) + ",secret,,\n";
  EXPECT_EQ(read_accounts_csv(lines)->accounts.size(), kCsvLinesMax);
  EXPECT_EQ(read_accounts_csv(lines + "shop,last,secret,,\n").error().reason, "csv_too_large");
}

}  // namespace
}  // namespace keyledger::rentals
