#include "service/import/values.h"

#include <gtest/gtest.h>

namespace keyledger::service {
namespace {

using store::Bytes;
using store::ForeignValue;

ForeignFields fields(ForeignValue value) {
  return ForeignFields({.id = 1, .values = {std::move(value)}});
}

std::string instant_of(ForeignValue value) {
  const std::optional<Instant> instant = fields(std::move(value)).instant(0);
  return instant ? to_rfc3339(*instant) : "none";
}

TEST(ForeignFields, TimesAreReadInTheWaysInWhichProgramsWriteThem) {
  const struct {
    const char* name;
    ForeignValue value;
    const char* want;
  } cases[] = {
      {"SQLite's own", std::string("2025-03-01 12:34:56"), "2025-03-01T12:34:56Z"},
      {"Python's", std::string("2025-03-01T12:34:56.123456"), "2025-03-01T12:34:56.123Z"},
      {"without seconds", std::string("2025-03-01 12:34"), "2025-03-01T12:34:00Z"},
      {"a day", std::string(" 2025-03-01 "), "2025-03-01T00:00:00Z"},
      {"with an offset", std::string("2025-03-01T12:34:56+02:00"), "2025-03-01T10:34:56Z"},
      {"west of Greenwich", std::string("2025-03-01 12:34:56-05:00"), "2025-03-01T17:34:56Z"},
      {"with a Z", std::string("2025-03-01T12:34:56Z"), "2025-03-01T12:34:56Z"},
      {"seconds", std::int64_t{1740832496}, "2025-03-01T12:34:56Z"},
      {"milliseconds", std::int64_t{1740832496123}, "2025-03-01T12:34:56.123Z"},
      {"seconds as text", std::string("1740832496"), "2025-03-01T12:34:56Z"},
      {"seconds with a fraction", std::string("1740832496.25"), "2025-03-01T12:34:56Z"},
      {"1970", std::int64_t{0}, "1970-01-01T00:00:00Z"},
      {"before", std::int64_t{-1}, "none"},
      {"after 9999", std::int64_t{253'402'300'800'000}, "none"},
      {"the largest number", std::int64_t{9'223'372'036'854'775'807}, "none"},
      {"no such day", std::string("2025-02-30 00:00:00"), "none"},
      {"words", std::string("yesterday evening"), "none"},
      {"bytes", Bytes{1, 2}, "none"},
      {"nothing", ForeignValue{}, "none"},
      {"no text", std::string(), "none"},
  };
  for (const auto& c : cases) EXPECT_EQ(instant_of(c.value), c.want) << c.name;
}

TEST(ForeignFields, NumbersAreReadFromText) {
  const struct {
    ForeignValue value;
    std::optional<std::int64_t> want;
  } cases[] = {{std::int64_t{-5}, -5},
               {std::string(" 42 "), 42},
               {std::string("100.0"), 100},
               {std::string("1.5"), {}},
               {std::string("1e3"), {}},
               {std::string(""), {}},
               {std::string("9223372036854775808"), {}},
               {Bytes{'1'}, {}},
               {ForeignValue{}, {}}};
  for (const auto& c : cases) EXPECT_EQ(fields(c.value).integer(0), c.want);
}

TEST(ForeignFields, TextIsTakenWithoutItsBlanksAndOnlyIfItIsText) {
  EXPECT_EQ(fields(std::string(" a b\n")).text(0), "a b");
  EXPECT_EQ(fields(std::int64_t{7}).text(0), "7");
  EXPECT_EQ(fields(Bytes{'h', 'i'}).text(0), "hi");
  EXPECT_EQ(fields(Bytes{0xff, 0xfe}).text(0), std::nullopt);
  EXPECT_EQ(fields(ForeignValue{}).text(0), std::nullopt);
  ForeignFields row = fields(std::string(" secret "));
  EXPECT_EQ(row.secret(0).reveal(), "secret");
  EXPECT_TRUE(row.is_null(0));
}

TEST(TidyLine, ForeignTextIsMadeHarmless) {
  EXPECT_EQ(tidy_line("a\x1b[31m\nb\xff", 100), "a [31m b?");
  EXPECT_EQ(tidy_line("\xc3\xa9\xc3\xa9", 3), "\xc3\xa9");  // cut at a character
  EXPECT_EQ(tidy_line("", 10), "");
}

TEST(TidyWord, AnythingBecomesAWord) {
  EXPECT_EQ(tidy_word("Rent Now!", 64), "rent_now_");
  EXPECT_EQ(tidy_word(std::string(100, 'x'), 64).size(), 64U);
  EXPECT_EQ(tidy_word("", 64), "");
}

TEST(JsonString, QuotesAndControlCharactersDoNoHarm) {
  EXPECT_EQ(json_string("a\"b\\c\nd"), R"("a\"b\\c d")");
}

}  // namespace
}  // namespace keyledger::service
