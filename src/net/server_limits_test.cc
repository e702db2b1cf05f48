#include <gtest/gtest.h>

#include <chrono>

#include "net/server_for_tests.h"

namespace keyledger::net {
namespace {

using std::chrono::milliseconds;

// Short, so that the tests are; each is reached by waiting for the server, never by sleeping.
constexpr milliseconds kShort{60};

TEST(ServerLimits, EndAHeaderThatTricklesIn) {
  ServerOptions options;
  options.limits.header_time = kShort;
  TestServer server(options);
  server.start();
  RawPeer peer = server.peer();
  peer.send("GET /echo HTTP/1.1\r\n");
  const std::string reply = peer.read_all();
  EXPECT_TRUE(reply.starts_with(status_line(408))) << reply;
  EXPECT_NE(reply.find("\"code\":\"request_timeout\""), std::string::npos);
}

TEST(ServerLimits, EndABodyThatDoesNotCome) {
  ServerOptions options;
  options.limits.body_time = kShort;
  TestServer server(options);
  server.start();
  RawPeer peer = server.peer();
  peer.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe");
  EXPECT_TRUE(peer.read_all().starts_with(status_line(408)));
}

TEST(ServerLimits, EndAnIdleConnectionWithoutAWord) {
  ServerOptions options;
  options.limits.idle_time = kShort;
  TestServer server(options);
  server.start();
  RawPeer peer = server.peer();
  EXPECT_TRUE(ask(peer, "GET /echo").starts_with(status_line(200)));
  EXPECT_EQ(peer.read_all(), "");
}

TEST(ServerLimits, AnswerForAHandlerThatIsLate) {
  ServerOptions options;
  options.limits.answer_time = kShort;
  TestServer server(options);
  server.start();
  RawPeer peer = server.peer();
  peer.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string reply = peer.read_all();
  EXPECT_TRUE(reply.starts_with(status_line(503))) << reply;
  EXPECT_NE(reply.find("\"code\":\"answer_timeout\""), std::string::npos);
  EXPECT_NE(reply.find("Retry-After: "), std::string::npos);
  peer.hang_up();
  server.wait_for_connections(0);
  server.gate.open();  // the handler comes too late and does no harm
  RawPeer next = server.peer();
  EXPECT_TRUE(ask(next, "GET /echo").starts_with(status_line(200)));
}

TEST(ServerLimits, DropAReaderThatDoesNotRead) {
  ServerOptions options;
  options.limits.write_time = kShort;
  TestServer server(options);
  server.start();
  RawPeer peer = server.peer();
  peer.send("GET /large/50000000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  server.wait_for_connections(1);
  server.wait_for_connections(0);
}

TEST(ServerLimits, RefuseOneConnectionTooMany) {
  ServerOptions options;
  options.limits.connections_max = 2;
  TestServer server(options);
  server.start();
  RawPeer first = server.peer();
  RawPeer second = server.peer();
  EXPECT_TRUE(ask(first, "GET /echo").starts_with(status_line(200)));
  EXPECT_TRUE(ask(second, "GET /echo").starts_with(status_line(200)));
  {
    RawPeer third = server.peer();
    const std::string reply = third.read_reply();
    EXPECT_TRUE(reply.starts_with(status_line(503))) << reply;
    EXPECT_NE(reply.find("\"code\":\"too_many_connections\""), std::string::npos);
    EXPECT_NE(reply.find("Retry-After: "), std::string::npos);
    EXPECT_EQ(third.read_all(), "");
  }
  first.hang_up();
  server.wait_for_connections(1);
  RawPeer fourth = server.peer();
  EXPECT_TRUE(ask(fourth, "GET /echo").starts_with(status_line(200)));
}

TEST(ServerStop, LetsAnAnswerInFlightFinish) {
  TestServer server;
  server.start();
  RawPeer busy = server.peer();
  RawPeer idle = server.peer();
  EXPECT_TRUE(ask(idle, "GET /echo").starts_with(status_line(200)));
  busy.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  server.gate.wait_for_arrival();
  std::thread stopping([&server] { server.stop(); });
  EXPECT_EQ(idle.read_all(), "");  // the idle one ends at once
  server.gate.open();
  const std::string reply = busy.read_all();
  stopping.join();
  EXPECT_TRUE(reply.starts_with(status_line(200))) << reply;
  EXPECT_NE(reply.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(reply.ends_with("at last"));
}

TEST(ServerStop, CutsOffWhatDoesNotEndInTime) {
  ServerOptions options;
  options.limits.stop_time = kShort;
  TestServer server(options);
  server.start();
  RawPeer peer = server.peer();
  peer.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  server.gate.wait_for_arrival();
  server.stop();
  EXPECT_EQ(peer.read_all(), "");
  server.gate.open();  // after the threads have gone: nothing runs any more, and nothing breaks
}

TEST(ServerStop, EndsStreamsProperly) {
  TestServer server;
  server.start();
  RawPeer peer = server.peer();
  peer.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  peer.read_until("\r\n\r\n");
  server.gate.wait_for_arrival();
  server.stop();
  EXPECT_EQ(peer.read_all(), "0\r\n\r\n");
}

TEST(ServerStop, MayBeRepeatedAndComeFirst) {
  TestServer never_started;
  never_started.stop();
  TestServer server;
  server.start();
  server.stop();
  server.stop();
}

}  // namespace
}  // namespace keyledger::net
