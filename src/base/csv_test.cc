#include "base/csv.h"

#include <gtest/gtest.h>

namespace keyledger {
namespace {

TEST(CsvLine, QuotesAndGuardsAgainstFormulas) {
  const struct {
    const char* name;
    std::vector<std::string> cells;
    std::string want;
  } cases[] = {
      {"plain", {"a", "b"}, "a,b\r\n"},
      {"comma, quote and line break", {"a,b", "say \"x\"", "1\n2"}, "\"a,b\",\"say \"\"x\"\"\",\"1\n2\"\r\n"},
      {"a formula", {"=HYPERLINK(1)", "@x", "+1+1", "-a"}, "'=HYPERLINK(1),'@x,'+1+1,'-a\r\n"},
      {"negative numbers stay numbers", {"-12.5", "+3"}, "-12.5,+3\r\n"},
      {"a tab and a line's end in front", {"\t=1", "\r=1"}, "'\t=1,\"'\r=1\"\r\n"},
      {"numbers of another kind are texts", {"-1e3", "+", "-1,5"}, "'-1e3,'+,\"'-1,5\"\r\n"},
      {"nothing", {"", ""}, ",\r\n"},
      {"no cell", {}, "\r\n"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(csv_line(c.cells), c.want);
  }
}

}  // namespace
}  // namespace keyledger
