#include "api/activity/lines.h"

#include <gtest/gtest.h>

namespace keyledger::api {
namespace {

std::string written(const service::ActivityLine& line) {
  json::Writer out;
  write_line(out, line);
  return out.take();
}

TEST(ActivityLineText, HasItsDurationInMilliseconds) {
  const struct {
    std::chrono::microseconds duration;
    const char* text;
  } cases[] = {{std::chrono::microseconds{0}, "\"duration_ms\":0.000"},
               {std::chrono::microseconds{412}, "\"duration_ms\":0.412"},
               {std::chrono::microseconds{1'005}, "\"duration_ms\":1.005"},
               {std::chrono::microseconds{61'000'000}, "\"duration_ms\":61000.000"}};
  for (const auto& c : cases) {
    service::ActivityLine line;
    line.duration = c.duration;
    EXPECT_NE(written(line).find(c.text), std::string::npos) << written(line);
  }
}

TEST(ActivityLineText, TellsWhatIsUnknownAsNull) {
  const std::string text = written({});
  for (const char* member : {"\"account_id\":null", "\"account_username\":null", "\"website\":null"}) {
    EXPECT_NE(text.find(member), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace keyledger::api
