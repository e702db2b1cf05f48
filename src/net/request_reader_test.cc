#include "net/request_reader.h"

#include <gtest/gtest.h>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstring>

#include "net/corpus_for_tests.h"

namespace keyledger::net {
namespace {

using State = RequestReader::State;

Task<Reply> nothing(Request) {
  co_return Reply{};
}

Router make_router() {
  constexpr std::size_t kBodyBytesMax = 64;
  std::vector<Route> routes;
  for (const Method method : {Method::get, Method::post}) {
    routes.push_back({.method = method, .pattern = "/echo", .handler = &nothing, .body_bytes_max = kBodyBytesMax});
  }
  return Router(std::move(routes));
}

struct ReaderTest : testing::Test {
  Router router = make_router();
  ServerLimits limits{};
  HostCheck hosts{"127.0.0.1", {}};
  RequestReader reader{{&router, &limits, &hosts}};

  State give(std::string_view text) {
    State state = reader.advance();
    while (!text.empty()) {
      const std::span<char> room = reader.space();
      const std::size_t bytes = std::min(room.size(), text.size());
      std::memcpy(room.data(), text.data(), bytes);
      reader.commit(bytes);
      text.remove_prefix(bytes);
      state = reader.advance();
    }
    return state;
  }

  // Gives the text in pieces of `step` bytes until the reader has made up its mind.
  State give_in_steps(std::string_view text, std::size_t step) {
    State state = State::needs_header;
    while (!text.empty() && state != State::ready && state != State::refused) {
      state = give(text.substr(0, step));
      text.remove_prefix(std::min(step, text.size()));
    }
    return state;
  }
};

TEST_F(ReaderTest, JudgesEachRequestOfTheCorpusTheSameHoweverItArrives) {
  for (const RawRequest& c : request_corpus()) {
    SCOPED_TRACE(c.name);
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{100'000}}) {
      reader = RequestReader({&router, &limits, &hosts});
      const State state = give_in_steps(c.text, step);
      if (c.status == 200) {
        ASSERT_EQ(state, State::ready) << (state == State::refused ? reader.refusal().detail : "unfinished");
        const Request request = reader.take();
        EXPECT_EQ(request.path, "/echo");
        EXPECT_EQ(request.body, c.body);
      } else {
        ASSERT_EQ(state, State::refused) << step;
        EXPECT_EQ(reader.refusal().status, c.status) << step << ' ' << reader.refusal().detail;
        EXPECT_FALSE(reader.keep_alive());
      }
    }
  }
}

// What we take, the library's whole parser takes too, and finds the same body in it: we only refuse more.
TEST_F(ReaderTest, TakesNothingThatTheLibraryWouldRefuse) {
  namespace http = boost::beast::http;
  for (const RawRequest& c : request_corpus()) {
    if (c.status != 200 || c.text.starts_with("\r\n")) continue;
    SCOPED_TRACE(c.name);
    http::request_parser<http::string_body> parser;
    parser.eager(true);
    parser.header_limit(64 << 10);
    boost::beast::error_code error;
    parser.put(boost::asio::const_buffer(c.text.data(), c.text.size()), error);
    EXPECT_FALSE(error) << error.message();
    ASSERT_TRUE(parser.is_done());
    EXPECT_EQ(parser.get().body(), c.body);
  }
}

TEST_F(ReaderTest, FillsInTheRequest) {
  ASSERT_EQ(give("POST /echo?a=1&b=%20 HTTP/1.1\r\nHost: localhost\r\nX-One:  two  \r\nContent-Length: 2\r\n\r\nhi"),
            State::ready);
  EXPECT_TRUE(reader.keep_alive());
  EXPECT_EQ(reader.version(), 11);
  const Request request = reader.take();
  EXPECT_EQ(request.method, Method::post);
  EXPECT_EQ(request.query_value("b"), " ");
  EXPECT_EQ(request.headers.find("x-one"), "two");
  EXPECT_EQ(request.body, "hi");
  EXPECT_TRUE(reader.idle());
}

TEST_F(ReaderTest, KeepsWhatFollowsForTheNextRequest) {
  const std::string one = "GET /echo?n=1 HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string two = "POST /echo?n=2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc";
  const std::string three =
      "POST /echo?n=3 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
  ASSERT_EQ(give(one + two + three + one.substr(0, 10)), State::ready);
  EXPECT_EQ(reader.take().query_value("n"), "1");
  ASSERT_EQ(reader.advance(), State::ready);
  EXPECT_EQ(reader.take().body, "abc");
  ASSERT_EQ(reader.advance(), State::ready);
  EXPECT_EQ(reader.take().body, "x");
  EXPECT_EQ(reader.advance(), State::needs_header);
  EXPECT_FALSE(reader.idle());
  EXPECT_EQ(give(one.substr(10)), State::ready);
}

TEST_F(ReaderTest, KnowsWhetherTheConnectionGoesOn) {
  const struct {
    const char* name;
    std::string text;
    bool keep_alive;
  } cases[] = {
      {"1.1", "GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n", true},
      {"1.1 close", "GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", false},
      {"close in a list", "GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: te , CLOSE\r\n\r\n", false},
      {"close beside keep-alive", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: localhost\r\n\r\n", false},
      {"1.0", "GET /echo HTTP/1.0\r\n\r\n", false},
      {"1.0 keep-alive", "GET /echo HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    reader = RequestReader({&router, &limits, &hosts});
    give(c.text);
    EXPECT_EQ(reader.keep_alive(), c.keep_alive);
  }
}

TEST_F(ReaderTest, WantsContinueOnceAndOnlyWhileTheClientWaits) {
  const std::string head =
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
  ASSERT_EQ(give(head), State::needs_body);
  EXPECT_TRUE(reader.take_continue());
  EXPECT_FALSE(reader.take_continue());
  ASSERT_EQ(give("hi"), State::ready);
  (void)reader.take();
  ASSERT_EQ(give(head + "h"), State::needs_body);
  EXPECT_FALSE(reader.take_continue());
  reader = RequestReader({&router, &limits, &hosts});
  ASSERT_EQ(give("POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"), State::needs_body);
  EXPECT_FALSE(reader.take_continue());
}

TEST_F(ReaderTest, LeavesABodyThatNobodyWants) {
  ASSERT_EQ(give("POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n"), State::ready);
  EXPECT_FALSE(reader.keep_alive());
}

TEST_F(ReaderTest, HoldsTargetAndHeaderToTheirLimits) {
  const auto with_target = [](std::size_t bytes) {
    return "GET /echo?" + std::string(bytes - 6, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  };
  const auto with_header = [](std::size_t bytes) {
    const std::string head = "GET /echo HTTP/1.1\r\nHost: localhost\r\nX: ";
    return head + std::string(bytes - head.size() - 4, 'a') + "\r\n\r\n";
  };
  const struct {
    const char* name;
    std::string text;
    unsigned status;
  } cases[] = {
      {"the longest target", with_target(limits.target_bytes_max), 200},
      {"a byte more", with_target(limits.target_bytes_max + 1), 414},
      {"a target without end", "GET /" + std::string(limits.target_bytes_max + 100, 'a'), 414},
      {"the longest header", with_header(limits.header_bytes_max), 200},
      {"a byte more of header", with_header(limits.header_bytes_max + 1), 431},
      {"a header without end", with_header(limits.header_bytes_max * 2).substr(0, limits.header_bytes_max + 1), 431},
  };
  for (const auto& c : cases) {
    for (const std::size_t step : {std::size_t{1000}, std::size_t{1'000'000}}) {
      SCOPED_TRACE(c.name);
      reader = RequestReader({&router, &limits, &hosts});
      const State state = give_in_steps(c.text, step);
      EXPECT_EQ(state, c.status == 200 ? State::ready : State::refused);
      if (state == State::refused) {
        EXPECT_EQ(reader.refusal().status, c.status);
      }
    }
  }
}

TEST_F(ReaderTest, TakesAnyHostOnTheLocalSocket) {
  const std::string text = "GET /echo HTTP/1.1\r\nHost: anything\r\n\r\n";
  EXPECT_EQ(give(text), State::refused);
  reader = RequestReader({&router, &limits, nullptr});
  EXPECT_EQ(give(text), State::ready);
}

}  // namespace
}  // namespace keyledger::net
