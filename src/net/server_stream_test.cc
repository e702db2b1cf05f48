// Bodies that come and go in pieces.
#include <gtest/gtest.h>

#include "net/server_for_tests.h"

namespace keyledger::net {
namespace {

constexpr std::size_t kPieceBytes = 64 << 10;   // of /stream
constexpr std::size_t kBodyBytesMax = 1 << 20;  // of /pieces

struct StreamTest : testing::Test {
  explicit StreamTest(ServerOptions options = {}) : server(std::move(options)) { server.start(); }

  RawPeer asking(const std::string& target, const std::string& version = "1.1") {
    RawPeer peer = server.peer();
    peer.send("GET " + target + " HTTP/" + version + "\r\nHost: localhost\r\n\r\n");
    return peer;
  }
  /// Blocks until the server has let go of every source.
  void expect_nothing_open() {
    server.wait_for_connections(0);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{kTestPatienceSeconds};
    while (server.gate.sources != 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_EQ(server.gate.sources, 0);
  }

  TestServer server;
};

std::string posting(const std::string& path, const std::string& more) {
  return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

TEST_F(StreamTest, ABodyOfUnknownLengthIsChunkedAndOfItsOwnType) {
  RawPeer peer = asking("/stream/2/whole");
  const std::string head = peer.read_until("\r\n\r\n");
  EXPECT_NE(head.find("Content-Type: text/plain\r\n"), std::string::npos);
  EXPECT_NE(head.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  const std::string chunk = "10000\r\n" + std::string(kPieceBytes, 'p') + "\r\n";
  EXPECT_EQ(peer.read_all(), chunk + chunk + "0\r\n\r\n");
  peer.hang_up();
  expect_nothing_open();
}

TEST_F(StreamTest, ABodyOfKnownLengthSaysItAndIsNotChunked) {
  RawPeer peer = asking("/stream/2/sized");
  const std::string head = peer.read_until("\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 131072\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Transfer-Encoding"), std::string::npos);
  EXPECT_EQ(peer.read_all(), std::string(2 * kPieceBytes, 'p'));
  RawPeer other = server.peer();
  other.send("HEAD /stream/2/sized HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const std::string alone = other.read_all();
  EXPECT_NE(alone.find("Content-Length: 131072\r\n"), std::string::npos);
  EXPECT_TRUE(alone.ends_with("\r\n\r\n"));
}

TEST_F(StreamTest, AnErrorCutsTheBodyShortAndNeverEndsIt) {
  for (const char* end : {"error", "throw"}) {
    SCOPED_TRACE(end);
    RawPeer peer = asking(std::string{"/stream/1/"} + end);
    EXPECT_FALSE(peer.read_all().ends_with("0\r\n\r\n"));
    RawPeer old = asking(std::string{"/stream/1/"} + end, "1.0");
    old.read_all();
    EXPECT_TRUE(old.was_reset()) << "without chunks only this tells a part from the whole";
  }
  expect_nothing_open();
}

TEST_F(StreamTest, ABodyThatKeepsNotToItsLengthIsCutShort) {
  for (const char* end : {"short", "long"}) {
    SCOPED_TRACE(end);
    RawPeer peer = asking(std::string{"/stream/1/"} + end);
    peer.read_all();
    EXPECT_TRUE(peer.was_reset());
  }
  expect_nothing_open();
}

TEST_F(StreamTest, ADownloadThatIsInterruptedLeavesNothingOpen) {
  {
    RawPeer peer = asking("/stream/1000000/whole");  // 64 GB: the server waits for the reader, not for memory
    peer.read_until("\r\n\r\n10000\r\n");
  }
  expect_nothing_open();
}

TEST_F(StreamTest, AReaderWhoGoesWhileTheSourceThinksLeavesNothingOpen) {
  RawPeer peer = asking("/stream/1/wait");
  server.gate.wait_for_arrival();
  peer.hang_up();
  server.wait_for_connections(0);
  server.gate.open();
  expect_nothing_open();
}

TEST_F(StreamTest, TheServerStopsAfterABodyThatEndsByItself) {
  RawPeer peer = asking("/stream/1/wait");
  server.gate.wait_for_arrival();
  std::thread stopping([this] { server.stop(); });
  server.gate.open();
  EXPECT_TRUE(peer.read_all().ends_with("\r\n0\r\n\r\n"));
  stopping.join();
}

ServerOptions short_of_time() {
  ServerOptions options;
  options.limits.answer_time = std::chrono::milliseconds{60};
  options.limits.body_time = std::chrono::milliseconds{60};
  options.limits.stop_time = std::chrono::milliseconds{60};
  return options;
}
struct HurriedStreamTest : StreamTest {
  HurriedStreamTest() : StreamTest(short_of_time()) {}
};

TEST_F(HurriedStreamTest, ASourceThatIsLateIsGivenUp) {
  RawPeer peer = asking("/stream/1/wait");
  server.gate.wait_for_arrival();
  EXPECT_FALSE(peer.read_all().ends_with("0\r\n\r\n"));
  server.wait_for_connections(0);
  server.gate.open();
  expect_nothing_open();
}

TEST_F(HurriedStreamTest, ABodyInPiecesThatStopsComingIsRefused) {
  RawPeer peer = server.peer();
  peer.send(posting("/pieces", "Content-Length: 5\r\n") + "he");
  EXPECT_NE(peer.read_all().find("request_timeout"), std::string::npos);
}

TEST_F(StreamTest, ABodyInPiecesIsReadAsItComes) {
  RawPeer peer = server.peer();
  peer.send(posting("/pieces", "Content-Length: 300000\r\n"));
  peer.send(std::string(300'000, 'x'));
  const std::string reply = peer.read_all();
  EXPECT_TRUE(reply.starts_with(status_line(200)));
  EXPECT_NE(reply.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(reply.ends_with("\r\n\r\n300000"));
  RawPeer chunked = server.peer();
  chunked.send(posting("/pieces", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_TRUE(chunked.read_all().ends_with("\r\n\r\n5"));
  RawPeer empty = server.peer();
  EXPECT_TRUE(ask(empty, "POST /pieces", "Content-Length: 0\r\n").ends_with("\r\n\r\n0"));
}

TEST_F(StreamTest, ABodyInPiecesHasALimit) {
  RawPeer announced = server.peer();
  announced.send(posting("/pieces", "Content-Length: " + std::to_string(kBodyBytesMax + 1) + "\r\n"));
  EXPECT_TRUE(announced.read_all().starts_with(status_line(413)));
  RawPeer chunked = server.peer();
  chunked.send(posting("/pieces", "Transfer-Encoding: chunked\r\n"));
  const std::string chunk = "80000\r\n" + std::string(kBodyBytesMax / 2, 'x') + "\r\n";
  chunked.send(chunk + chunk);
  chunked.send("1\r\nx\r\n0\r\n\r\n");
  EXPECT_NE(chunked.read_all().find("body_too_large"), std::string::npos);
  RawPeer just = server.peer();
  just.send(posting("/pieces", "Transfer-Encoding: chunked\r\n") + chunk + chunk + "0\r\n\r\n");
  EXPECT_TRUE(just.read_all().ends_with("\r\n\r\n" + std::to_string(kBodyBytesMax)));
}

TEST_F(StreamTest, ABodyInPiecesThatIsNotCleanIsRefused) {
  RawPeer peer = server.peer();
  peer.send(posting("/pieces", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\nzz\r\n");
  EXPECT_NE(peer.read_all().find("malformed_chunk"), std::string::npos);
  RawPeer gone = server.peer();
  gone.send(posting("/pieces", "Content-Length: 5\r\n") + "he");
  gone.finish_sending();
  EXPECT_NE(gone.read_all().find("request_timeout"), std::string::npos);
}

TEST_F(StreamTest, WhoWaitsForContinueHearsItOnlyWhereTheBodyIsWanted) {
  RawPeer wanted = server.peer();
  wanted.send(posting("/pieces", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(wanted.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  wanted.send("abc");
  EXPECT_TRUE(wanted.read_all().ends_with("\r\n\r\n3"));
  RawPeer unwanted = server.peer();
  unwanted.send(posting("/unwanted", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
  EXPECT_TRUE(unwanted.read_until("\r\n\r\n").starts_with(status_line(403)));
}

TEST_F(StreamTest, ABodyThatNobodyWantsIsNoNextRequest) {
  RawPeer peer = server.peer();
  const std::string smuggled = "GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n";
  peer.send(posting("/unwanted", "Content-Length: " + std::to_string(smuggled.size()) + "\r\n") + smuggled);
  const std::string all = peer.read_all();
  EXPECT_TRUE(all.starts_with(status_line(403)));
  EXPECT_EQ(all.find("HTTP/1.1", 1), std::string::npos);
}

}  // namespace
}  // namespace keyledger::net
