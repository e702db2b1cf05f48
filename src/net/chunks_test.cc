#include "net/chunks.h"

#include <gtest/gtest.h>

#include "net/refusal.h"

namespace keyledger::net {
namespace {

constexpr std::size_t kBodyMax = 32;

struct Outcome {
  bool done = false;
  std::string body{};
  std::string rest{};
  unsigned refused = 0;
};

// Gives the decoder the text in pieces of `step` bytes, keeping what it leaves, as a connection does.
Outcome decode(std::string_view text, std::size_t step) {
  ChunkDecoder decoder(kBodyMax);
  Outcome outcome;
  std::string held;
  while (!text.empty() && !decoder.done()) {
    const std::string_view piece = text.substr(0, step);
    text.remove_prefix(piece.size());
    held += piece;
    const auto used = decoder.feed(held, outcome.body);
    if (!used) {
      outcome.refused = used.error().status;
      return outcome;
    }
    held.erase(0, *used);
  }
  outcome.done = decoder.done();
  outcome.rest = held + std::string{text};
  return outcome;
}

TEST(ChunkDecoder, ReadsBodiesHoweverTheyArrive) {
  const struct {
    const char* name;
    std::string text, body;
  } cases[] = {
      {"one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello"},
      {"several", "5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n", "hello world"},
      {"empty", "0\r\n\r\n", ""},
      {"leading zeros and letters of either case", "00a\r\n0123456789\r\n0A\r\n0123456789\r\n000\r\n\r\n",
       "01234567890123456789"},
      {"extensions", "2;a\r\nhi\r\n1;a=b;c=\"d;e\\\"f\"\r\n!\r\n0;last=1\r\n\r\n", "hi!"},
      {"trailer fields are dropped", "2\r\nhi\r\n0\r\nX-A: 1\r\nContent-Length: 99\r\n\r\n", "hi"},
      {"line ends in the data", "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"},
      {"exactly the limit", "20\r\n01234567890123456789012345678901\r\n0\r\n\r\n", "01234567890123456789012345678901"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{1000}}) {
      const Outcome outcome = decode(c.text + "GET", step);
      EXPECT_TRUE(outcome.done);
      EXPECT_EQ(outcome.body, c.body);
      EXPECT_TRUE(outcome.rest.ends_with("GET") || step == 2 || step == 3) << outcome.rest;
    }
  }
}

TEST(ChunkDecoder, RefusesWhatIsAmbiguousOrTooLong) {
  const std::string long_extension = "1;" + std::string(kChunkLineBytesMax, 'a');
  std::string trailers = "0\r\n";
  while (trailers.size() <= kTrailerBytesMax + 16) trailers += "X-Trailer: 0123456789\r\n";
  const struct {
    const char* name;
    std::string text;
    unsigned status = 400;
  } cases[] = {
      {"a bare line feed after the size", "5\nhello\r\n0\r\n\r\n"},
      {"a bare line feed in a quoted extension", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"},
      {"a line end in a quoted extension", "5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n"},
      {"a bare carriage return in an extension", "5;a=\rb\r\nhello\r\n0\r\n\r\n"},
      {"a zero byte in an extension", std::string("5;a=") + '\0' + "b\r\nhello\r\n0\r\n\r\n"},
      {"an open quote", "5;a=\"b\r\nhello\r\n0\r\n\r\n"},
      {"an escape at the end of an extension", "5;a=\\\r\nhello\r\n0\r\n\r\n"},
      {"no size", "\r\nhello\r\n0\r\n\r\n"},
      {"an extension only", ";a\r\nhello\r\n0\r\n\r\n"},
      {"a sign", "+5\r\nhello\r\n0\r\n\r\n"},
      {"negative", "-5\r\nhello\r\n0\r\n\r\n"},
      {"a prefix", "0x5\r\nhello\r\n0\r\n\r\n"},
      {"a leading blank", " 5\r\nhello\r\n0\r\n\r\n"},
      {"a trailing blank", "5 \r\nhello\r\n0\r\n\r\n"},
      {"a blank before the extension", "5 ;a\r\nhello\r\n0\r\n\r\n"},
      {"an underscore", "1_0\r\nhello\r\n0\r\n\r\n"},
      {"not hexadecimal", "g\r\nhello\r\n0\r\n\r\n"},
      {"more than 64 bits", "10000000000000005\r\nhello\r\n0\r\n\r\n"},
      {"data longer than its size", "4\r\nhello\r\n0\r\n\r\n"},
      {"data not followed by a line end", "5\r\nhelloXX0\r\n\r\n"},
      {"data followed by a bare line feed", "5\r\nhello\n0\r\n\r\n"},
      {"a bare line feed in a trailer", "0\r\nX-A: 1\n\r\n"},
      {"a trailer without a name", "0\r\n: 1\r\n\r\n"},
      {"a trailer without a colon", "0\r\nX-A\r\n\r\n"},
      {"a folded trailer", "0\r\nX-A: 1\r\n b\r\n\r\n"},
      {"a line that is too long", long_extension + "\r\nh\r\n0\r\n\r\n"},
      {"a line that never ends", long_extension},
      {"trailers that are too long", trailers},
      {"one byte over the limit", "21\r\n", 413},
      {"over the limit in the second chunk", "1f\r\n0123456789012345678901234567890\r\n2\r\n", 413},
      {"the largest size", "ffffffffffffffff\r\n", 413},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    for (const std::size_t step : {std::size_t{1}, std::size_t{10'000}}) {
      EXPECT_EQ(decode(c.text, step).refused, c.status) << step;
    }
  }
}

TEST(ChunkDecoder, TakesALineOfTheGreatestLength) {
  const std::string line = "1;" + std::string(kChunkLineBytesMax - 2, 'a');
  EXPECT_EQ(decode(line + "\r\nx\r\n0\r\n\r\n", 1).body, "x");
}

}  // namespace
}  // namespace keyledger::net
