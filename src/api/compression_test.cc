#include "api/compression.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "service/testing.h"

namespace keyledger::api {
namespace {

using service::testing::run;

/// What a reader makes of gzip, or "broken" where it is not one whole stream.
std::string unzip(const std::string& packed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string in = packed;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  std::string out;
  int outcome = Z_OK;
  while (outcome == Z_OK) {
    std::string room(64 << 10, '\0');
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    outcome = inflate(&stream, Z_NO_FLUSH);
    out.append(room, 0, room.size() - stream.avail_out);
  }
  const bool whole = outcome == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  return whole ? out : "broken";
}

/// Text that does not shrink to nothing.
std::string text_of(std::size_t bytes) {
  std::string text;
  for (std::uint64_t i = 1; text.size() < bytes; ++i) text += std::to_string(i * 2'654'435'761ULL);
  text.resize(bytes);
  return text;
}

net::Reply json(std::string body) {
  return net::json_reply(200, std::move(body));
}

class Pieces final : public net::BodySource {
 public:
  Pieces(std::vector<std::string> pieces, std::optional<Error> failure = {})
      : pieces_(std::move(pieces)), failure_(std::move(failure)) {}
  net::Task<Result<std::optional<std::string>>> next() override {
    if (at_ < pieces_.size()) co_return pieces_[at_++];
    if (failure_) co_return std::unexpected(*failure_);
    co_return std::nullopt;
  }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return 3; }

 private:
  std::vector<std::string> pieces_;
  std::optional<Error> failure_;
  std::size_t at_ = 0;
};

net::Reply csv(std::vector<std::string> pieces, std::optional<Error> failure = {}) {
  net::Reply reply;
  reply.headers.set("Content-Type", "text/csv; charset=utf-8");
  reply.stream = std::make_shared<Pieces>(std::move(pieces), std::move(failure));
  return reply;
}

Result<std::string> read(const net::Reply& reply) {
  std::string all;
  for (;;) {
    Result<std::optional<std::string>> piece = run(reply.stream->next());
    if (!piece) return std::unexpected(piece.error());
    if (!*piece) return all;
    EXPECT_FALSE((*piece)->empty());
    all += **piece;
  }
}

TEST(AcceptsGzip, OnlyWhoSaysSo) {
  const struct {
    const char* name;
    const char* header;
    bool want;
  } cases[] = {
      {"a browser", "gzip, deflate, br, zstd", true},
      {"case does not matter", "GZip", true},
      {"the old name", "x-gzip", true},
      {"anything", "*", true},
      {"anything but", "*, gzip;q=0", false},
      {"nothing but identity", "identity", false},
      {"another coding", "br", false},
      {"refused", "gzip;q=0", false},
      {"refused at length", "gzip ; q=0.000 , *", false},
      {"hardly wanted", "gzip; q=0.001", true},
      {"another name that begins so", "gzipped", false},
      {"nothing", "", false},
      {"commas", ",,;;q=,gzip", true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    net::Request request;
    request.headers.add("Accept-Encoding", c.header);
    EXPECT_EQ(accepts_gzip(request), c.want);
  }
  EXPECT_FALSE(accepts_gzip({}));
}

TEST(Compressed, ALargeAnswerComesBackWhole) {
  runtime::Pool pool{1, 4};
  for (const std::size_t bytes : {kCompressBytesMin, std::size_t{40} << 10, std::size_t{3} << 20}) {
    for (runtime::Pool* where : {&pool, static_cast<runtime::Pool*>(nullptr)}) {
      const net::Reply reply = run(compressed(where, true, json(text_of(bytes))));
      EXPECT_EQ(reply.headers.find("Content-Encoding"), "gzip");
      EXPECT_EQ(reply.headers.find("Vary"), "Accept-Encoding");
      EXPECT_LT(reply.body.size(), bytes);
      EXPECT_EQ(unzip(reply.body), text_of(bytes));
    }
  }
}

TEST(Compressed, WhoDoesNotAcceptItGetsItPlainAndIsToldThatItVaries) {
  const net::Reply reply = run(compressed(nullptr, false, json(text_of(kCompressBytesMin))));
  EXPECT_EQ(reply.headers.count("Content-Encoding"), 0U);
  EXPECT_EQ(reply.headers.find("Vary"), "Accept-Encoding");
  EXPECT_EQ(reply.body, text_of(kCompressBytesMin));
}

TEST(Compressed, WhatIsNotWorthItStaysAsItIs) {
  std::vector<net::Reply> others;
  others.push_back(json(text_of(kCompressBytesMin - 1)));
  others.push_back(json(text_of(kCompressBytesMin)));
  others.back().status = 500;
  others.push_back(json(text_of(kCompressBytesMin)));
  others.back().headers.set("Content-Type", "application/vnd.sqlite3");
  others.push_back(json(text_of(kCompressBytesMin)));
  others.back().headers.set("Content-Encoding", "gzip");
  for (const net::Reply& other : others) {
    const net::Reply reply = run(compressed(nullptr, true, other));
    EXPECT_EQ(reply.headers, other.headers);
    EXPECT_EQ(reply.body, other.body);
  }
}

TEST(Compressed, WhereThePoolIsFullTheAnswerGoesAsItIs) {
  runtime::Pool full{1, 0};
  const net::Reply reply = run(compressed(&full, true, json(text_of(1 << 20))));
  EXPECT_EQ(reply.headers.count("Content-Encoding"), 0U);
  EXPECT_EQ(reply.body, text_of(1 << 20));
}

TEST(Compressed, AStreamIsOneGzipFileAndHasNoLengthAnyMore) {
  runtime::Pool pool{1, 4};
  const net::Reply reply = run(compressed(&pool, true, csv({"a,b\r\n", "", text_of(200'000), "c"})));
  EXPECT_EQ(reply.headers.find("Content-Encoding"), "gzip");
  EXPECT_EQ(reply.stream->length(), std::nullopt);
  const Result<std::string> packed = read(reply);
  ASSERT_TRUE(packed);
  EXPECT_EQ(unzip(*packed), "a,b\r\n" + text_of(200'000) + "c");
}

TEST(Compressed, AStreamThatFailsIsNotClosedAsIfItWereWhole) {
  const Error failure{Code::unavailable, "The disk is gone.", "io_error"};
  const net::Reply reply = run(compressed(nullptr, true, csv({text_of(200'000)}, failure)));
  const Result<std::string> packed = read(reply);
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.error().reason, "io_error");
}

}  // namespace
}  // namespace keyledger::api
