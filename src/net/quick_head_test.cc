#include "net/quick_head.h"

#include <gtest/gtest.h>

#include <random>

#include "net/corpus_for_tests.h"
#include "net/request_reader.h"
#include "net/target.h"

namespace keyledger::net {
namespace {

constexpr std::string_view kUsual =
    "GET /api/forward-auth?action=read HTTP/1.1\r\nHost: keys.example.com:8080\r\nX-API-Key: \t clk_live_1 \r\n"
    "Connection: Keep-Alive\r\nEmpty:\r\n\r\n";

TEST(QuickHead, UnderstandsAPlainRequestWhereItLies) {
  const std::string bytes = std::string{kUsual} + "GET /next";
  QuickHead head;
  ASSERT_TRUE(read_quick_head(bytes, head));
  EXPECT_EQ(head.path, "/api/forward-auth");
  EXPECT_EQ(head.query, "action=read");
  EXPECT_EQ(head.host, "keys.example.com:8080");
  EXPECT_EQ(head.bytes, kUsual.size());
  ASSERT_EQ(head.fields_count, 4U);
  EXPECT_EQ(head.fields[1], (HeaderField{"X-API-Key", "clk_live_1"}));
  EXPECT_EQ(head.fields[3], (HeaderField{"Empty", ""}));
  EXPECT_EQ(head.path.data(), bytes.data() + 4);
}

TEST(QuickHead, NeedsTheWholeHead) {
  QuickHead head;
  for (std::size_t bytes = 0; bytes < kUsual.size(); ++bytes) {
    EXPECT_FALSE(read_quick_head(kUsual.substr(0, bytes), head)) << bytes;
  }
}

TEST(QuickHead, LeavesWhatNeedsASecondLook) {
  const std::string cases[] = {
      "POST / HTTP/1.1\r\nHost: a\r\n\r\n",
      "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost:\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
      "GET / HTTP/1.1\nHost: a\n\n",
      "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /%61 HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\x01\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\r\n\r\n",
  };
  QuickHead head;
  for (const std::string& bytes : cases) EXPECT_FALSE(read_quick_head(bytes, head)) << bytes;
}

TEST(QuickHead, LeavesTooManyFieldsAndTooLongHeads) {
  const auto with_fields = [](std::size_t count) {
    std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 1; i < count; ++i) bytes += "X: y\r\n";
    return bytes + "\r\n";
  };
  QuickHead head;
  EXPECT_TRUE(read_quick_head(with_fields(QuickHead::kFieldsMax), head));
  EXPECT_FALSE(read_quick_head(with_fields(QuickHead::kFieldsMax + 1), head));
  EXPECT_FALSE(read_quick_head("GET /" + std::string(2'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", head));
  EXPECT_FALSE(read_quick_head("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9'000, 'a') + "\r\n\r\n", head));
}

/// What the judge of all requests makes of the bytes; nothing if it refuses or wants more.
class Judge {
 public:
  std::optional<Request> read(std::string_view bytes) {
    RequestReader reader({&router_, &limits_, nullptr});
    const std::span<char> room = reader.space();
    if (bytes.size() > room.size()) return std::nullopt;
    std::ranges::copy(bytes, room.begin());
    reader.commit(bytes.size());
    if (reader.advance() != RequestReader::State::ready) return std::nullopt;
    keep_alive = reader.keep_alive();
    left = reader.unread().size();
    return reader.take();
  }
  bool keep_alive = false;
  std::size_t left = 0;

 private:
  Router router_{{}};
  ServerLimits limits_{};
};

/// Whatever is taken here is taken there, and means the same; but for a query or a Host that is wrong.
void compare(const std::string& bytes, std::size_t& taken) {
  QuickHead head;
  if (!read_quick_head(bytes, head)) return;
  const std::string target = std::string{head.path} + '?' + std::string{head.query};
  if (!is_host_and_port(head.host) || !parse_target(target)) return;
  ++taken;
  Judge judge;
  const std::optional<Request> request = judge.read(bytes);
  ASSERT_TRUE(request.has_value()) << bytes;
  EXPECT_EQ(request->method, Method::get) << bytes;
  EXPECT_EQ(request->path, head.path) << bytes;
  EXPECT_EQ(request->query, parse_target(target)->query) << bytes;
  EXPECT_TRUE(std::ranges::equal(request->headers.fields(), head.all_fields())) << bytes;
  EXPECT_TRUE(request->body.empty()) << bytes;
  EXPECT_TRUE(judge.keep_alive) << bytes;
  EXPECT_EQ(judge.left, bytes.size() - head.bytes) << bytes;
}

TEST(QuickHead, TakesNothingThatTheReaderRefusesAndMeansTheSame) {
  std::size_t taken = 0;
  for (const RawRequest& request : request_corpus()) compare(request.text, taken);
  EXPECT_GT(taken, 5U);
  std::mt19937 random(7);
  const std::string pieces[] = {
      "\r\n", "\n",   " ",          "\t",    ":",  "%",  "?",  "/..", "Host: b\r\n", "Expect: a\r\n",
      "\x80", "\x01", "HTTP/1.1",   "GET ",  "#",  "\\", "\"", "=",   "&",           "X-A: b\r\n",
      "\r",   "",     "Connection", "close", "\0", "@",  ",",  ";",   "+",           "[::1]"};
  taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes{kUsual};
    for (std::uint32_t changes = random() % 4; changes-- > 0;) {
      const std::size_t at = random() % bytes.size();
      bytes.replace(at, std::min<std::size_t>(random() % 3, bytes.size() - at), pieces[random() % std::size(pieces)]);
    }
    compare(bytes, taken);
  }
  EXPECT_GT(taken, 2'000U);
}

}  // namespace
}  // namespace keyledger::net
