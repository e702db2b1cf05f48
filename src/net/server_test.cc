#include "net/server.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "net/corpus_for_tests.h"
#include "net/server_for_tests.h"

namespace keyledger::net {

namespace {

using testing::Test;

struct ServerTest : Test {
  TestServer server{};
  void SetUp() override { server.start(); }
};

TEST_F(ServerTest, RefusesTheCorpusAndAnswersNothingThatFollows) {
  const std::string smuggled = "GET /echo?n=smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (const RawRequest& c : request_corpus()) {
    SCOPED_TRACE(c.name);
    RawPeer peer = server.peer();
    peer.send(c.text + smuggled);
    if (c.status == 200) {
      const std::string reply = peer.read_reply();
      EXPECT_TRUE(reply.starts_with(status_line(200))) << reply;
      EXPECT_TRUE(reply.ends_with("\r\n\r\n" + c.body)) << reply;
      if (c.text.find("HTTP/1.0") != std::string::npos) continue;
      EXPECT_NE(peer.read_reply().find("X-Query: smuggled"), std::string::npos);  // an honest second request
      continue;
    }
    peer.finish_sending();
    const std::string reply = peer.read_all();
    EXPECT_TRUE(reply.starts_with(status_line(c.status))) << reply;
    EXPECT_NE(reply.find("Connection: close\r\n"), std::string::npos);
    EXPECT_NE(reply.find("Content-Type: application/problem+json\r\n"), std::string::npos);
    EXPECT_EQ(reply.find("smuggled"), std::string::npos) << reply;
    EXPECT_EQ(reply.find("\nHTTP/1.1 "), std::string::npos) << reply;  // one answer
  }
}

TEST_F(ServerTest, AnswersRequestAfterRequestOnOneConnection) {
  RawPeer peer = server.peer();
  for (int i = 0; i < 3; ++i) {
    const std::string reply = ask(peer, "POST /echo?n=" + std::to_string(i), "Content-Length: 5\r\n\r\nhello");
    EXPECT_TRUE(reply.starts_with(status_line(200)));
    EXPECT_NE(reply.find("X-Query: " + std::to_string(i) + "\r\n"), std::string::npos);
    EXPECT_NE(reply.find("Content-Length: 5\r\n"), std::string::npos);
    EXPECT_EQ(reply.find("Connection:"), std::string::npos);
    EXPECT_TRUE(reply.ends_with("\r\n\r\nhello"));
  }
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  constexpr int kRequests = 200;  // more than limits.pipelined_max
  std::string text;
  for (int i = 0; i < kRequests; ++i) {
    text += "POST /echo?n=" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc";
  }
  RawPeer peer = server.peer();
  peer.send(text);
  for (int i = 0; i < kRequests; ++i) {
    EXPECT_NE(peer.read_reply().find("X-Query: " + std::to_string(i) + "\r\n"), std::string::npos);
  }
}

TEST_F(ServerTest, CarriesSecurityHeadersOnEveryAnswer) {
  RawPeer peer = server.peer();
  for (const char* request : {"GET /echo", "GET /nothing", "DELETE /echo", "OPTIONS /echo", "BREW /echo"}) {
    SCOPED_TRACE(request);
    const std::string reply = ask(peer, request);
    for (const std::string_view line :
         {"X-Content-Type-Options: nosniff\r\n", "Referrer-Policy: no-referrer\r\n", "Cache-Control: no-store\r\n",
          "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n",
          "Cross-Origin-Resource-Policy: same-origin\r\n"}) {
      EXPECT_NE(reply.find(line), std::string::npos) << line;
    }
    EXPECT_EQ(reply.find("Strict-Transport-Security"), std::string::npos);
    EXPECT_NE(reply.find("\r\nDate: "), std::string::npos);
  }
}

TEST_F(ServerTest, CarriesAllSecurityHeadersOnAPage) {
  RawPeer peer = server.peer();
  const std::string reply = ask(peer, "GET /page");
  for (const auto& [name, value] : security_headers()) {
    EXPECT_NE(reply.find(name + ": " + value + "\r\n"), std::string::npos) << name;
  }
}

TEST_F(ServerTest, LetsAHandlerReplaceASecurityHeaderButNotTheFraming) {
  RawPeer peer = server.peer();
  const std::string reply = ask(peer, "GET /own-headers");
  EXPECT_NE(reply.find("Cache-Control: public, max-age=1\r\n"), std::string::npos);
  EXPECT_EQ(reply.find("no-store"), std::string::npos);
  EXPECT_NE(reply.find("Referrer-Policy: no-referrer\r\n"), std::string::npos);
  EXPECT_NE(reply.find("X-Good: yes\r\n"), std::string::npos);
  EXPECT_EQ(reply.find("X-Injected"), std::string::npos);
  EXPECT_EQ(reply.find("gzip"), std::string::npos);
  EXPECT_NE(reply.find("Content-Length: 5\r\n"), std::string::npos);
  EXPECT_TRUE(reply.ends_with("\r\n\r\nhello"));
}

TEST_F(ServerTest, AnswersHeadAsGetWithoutTheBody) {
  RawPeer peer = server.peer();
  peer.send("HEAD /large/100 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string reply = peer.read_until("\r\n\r\n");
  EXPECT_TRUE(reply.starts_with(status_line(200)));
  EXPECT_NE(reply.find("Content-Length: 100\r\n"), std::string::npos);
  EXPECT_TRUE(ask(peer, "GET /echo").starts_with(status_line(200)));  // right after the head
}

TEST_F(ServerTest, SendsNoBodyWhereThereMustBeNone) {
  RawPeer peer = server.peer();
  const std::string reply = ask(peer, "GET /empty");
  EXPECT_TRUE(reply.starts_with(status_line(204)));
  EXPECT_EQ(reply.find("Content-Length"), std::string::npos);
  EXPECT_TRUE(ask(peer, "GET /echo").starts_with(status_line(200)));
}

TEST_F(ServerTest, ClosesAfterHttp10UnlessAskedNotTo) {
  RawPeer peer = server.peer();
  peer.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_NE(peer.read_reply().find("Connection: keep-alive\r\n"), std::string::npos);
  peer.send("GET /echo HTTP/1.0\r\n\r\n");
  EXPECT_NE(peer.read_all().find("Connection: close\r\n"), std::string::npos);
}

TEST_F(ServerTest, SaysContinueBeforeABodyThatItWillTake) {
  RawPeer peer = server.peer();
  peer.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(peer.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.send("hi");
  EXPECT_TRUE(peer.read_reply().ends_with("\r\n\r\nhi"));
  peer.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 65\r\n\r\n");
  EXPECT_TRUE(peer.read_reply().starts_with(status_line(413)));
}

TEST_F(ServerTest, AnswersALargeBodyThatIsRefusedBeforeHangingUp) {
  RawPeer peer = server.peer();
  const std::string body(4 << 20, 'x');
  peer.send("POST /big HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
  EXPECT_TRUE(peer.send(body));  // as clients do that read only afterwards
  EXPECT_TRUE(peer.read_reply().starts_with(status_line(413)));
}

TEST_F(ServerTest, MovesLargeBodiesBothWays) {
  RawPeer peer = server.peer();
  const std::string body(1 << 20, 'y');
  const std::string reply =
      ask(peer, "POST /big", "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_TRUE(reply.starts_with(status_line(200)));
  EXPECT_TRUE(reply.ends_with(body));
  EXPECT_TRUE(ask(peer, "GET /large/5000000").ends_with(std::string(5'000'000, 'x')));
}

TEST_F(ServerTest, TellsWhereARequestComesFrom) {
  RawPeer peer = server.peer();
  EXPECT_TRUE(ask(peer, "GET /peer").ends_with("\r\n\r\n127.0.0.1"));
}

TEST_F(ServerTest, RefusesASecondServerOnItsPort) {
  Router router({});
  ServerOptions options;
  options.port = server.server().port();
  Server second(options, &router);
  const Result<void> started = second.start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().reason, "address_in_use");
}

TEST(Server, RefusesAnAddressThatIsNone) {
  Router router({});
  ServerOptions options;
  options.address = "keys.example.com";
  Server server(options, &router);
  const Result<void> started = server.start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().reason, "bad_address");
}

TEST(Server, SaysWhichAddressItCannotHave) {
  Router router({});
  ServerOptions options;
  options.address = "192.0.2.1";  // for documentation: nobody's
  Server server(options, &router);
  const Result<void> started = server.start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().reason, "address_not_available");
}

TEST_F(ServerTest, EndsAStreamOfEventsWithTheSource) {
  RawPeer peer = server.peer();
  peer.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string head = peer.read_until("\r\n\r\n");
  EXPECT_NE(head.find("Content-Type: text/event-stream\r\n"), std::string::npos);
  EXPECT_NE(head.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  for (int i = 1; i <= 3; ++i) {
    server.gate.wait_for_arrival();
    server.gate.open();
    EXPECT_EQ(peer.read_until("\n\n\r\n"), "9\r\ndata: " + std::to_string(i) + "\n\n\r\n");
  }
  EXPECT_EQ(peer.read_all(), "0\r\n\r\n");
}

TEST_F(ServerTest, StreamsToHttp10WithoutChunks) {
  RawPeer peer = server.peer();
  peer.send("GET /events HTTP/1.0\r\n\r\n");
  EXPECT_EQ(peer.read_until("\r\n\r\n").find("chunked"), std::string::npos);
  for (int i = 1; i <= 3; ++i) {
    server.gate.wait_for_arrival();
    server.gate.open();
  }
  EXPECT_EQ(peer.read_all(), "data: 1\n\ndata: 2\n\ndata: 3\n\n");
}

TEST_F(ServerTest, NoticesWhenTheReaderOfAStreamHangsUp) {
  RawPeer peer = server.peer();
  peer.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  peer.read_until("\r\n\r\n");
  server.gate.wait_for_arrival();
  peer.hang_up();
  server.wait_for_connections(0);
  server.gate.open();  // the source goes on, and nobody minds
}

TEST_F(ServerTest, GivesHeadOfAStreamAndGoesOn) {
  RawPeer peer = server.peer();
  peer.send("HEAD /events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(peer.read_all().ends_with("\r\n\r\n"));
}

struct LocalSocketTest : Test {
  TestFolder folder{};
  std::filesystem::path path = folder / "keyledger.sock";
  ServerOptions options = [this] {
    ServerOptions made;
    made.socket_path = path;
    return made;
  }();
};

TEST_F(LocalSocketTest, IsOnlyForItsOwnerAndTakesAnyHost) {
  TestServer server(options);
  server.start();
  struct stat status {};
  ASSERT_EQ(::lstat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  RawPeer peer = RawPeer::to_path(path);
  peer.send("GET /peer HTTP/1.1\r\nHost: keyledger.local\r\n\r\n");
  EXPECT_TRUE(peer.read_reply().ends_with("\r\n\r\nsocket"));
  server.stop();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(LocalSocketTest, ReplacesWhatADeadServerLeft) {
  {
    const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(dead, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::close(dead);
  }
  TestServer server(options);
  server.start();
  RawPeer peer = RawPeer::to_path(path);
  EXPECT_TRUE(ask(peer, "GET /peer").ends_with("socket"));
}

TEST_F(LocalSocketTest, LeavesALiveServerAlone) {
  TestServer first(options);
  first.start();
  Router router({});
  options.port = 0;
  Server second(options, &router);
  const Result<void> started = second.start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().reason, "address_in_use");
  RawPeer peer = RawPeer::to_path(path);
  EXPECT_TRUE(ask(peer, "GET /peer").ends_with("socket"));
}

TEST_F(LocalSocketTest, DoesNotTouchWhatIsNoSocket) {
  Router router({});
  options.port = 0;
  const auto reason = [&] {
    Server server(options, &router);
    const Result<void> started = server.start();
    return started ? std::string{} : started.error().reason;
  };
  std::ofstream(path) << "precious";
  EXPECT_EQ(reason(), "socket_path_taken");
  EXPECT_TRUE(std::filesystem::exists(path));
  std::filesystem::remove(path);
  std::filesystem::create_symlink(folder / "elsewhere", path);
  EXPECT_EQ(reason(), "socket_path_taken");
  EXPECT_TRUE(std::filesystem::is_symlink(path));
  options.socket_path = folder / std::string(200, 'a');
  EXPECT_EQ(reason(), "socket_path_too_long");
}

}  // namespace
}  // namespace keyledger::net
