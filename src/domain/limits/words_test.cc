#include "domain/limits/words.h"

#include <gtest/gtest.h>

namespace keyledger::limits {
namespace {

TEST(Words, TellAmountMetricAndWindow) {
  const struct {
    Limit limit;
    const char* want;
  } cases[] = {
      {{Metric::requests, Window::day, 100}, "100 requests a day"},
      {{Metric::requests, Window::second, 1}, "1 request a second"},
      {{Metric::requests, Window::minute, 999}, "999 requests a minute"},
      {{Metric::requests, Window::hour, 1'000}, "1,000 requests an hour"},
      {{Metric::rentals, Window::month, 1'234'567}, "1,234,567 rentals a month"},
      {{Metric::rentals, Window::at_once, 1}, "1 rental at once"},
      {{Metric::requests, Window::month, kAmountMax}, "1,000,000,000,000 requests a month"},
  };
  for (const auto& c : cases) EXPECT_EQ(in_words(c.limit), c.want);
}

}  // namespace
}  // namespace keyledger::limits
