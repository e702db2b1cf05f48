#include "net/client.h"

#include <gtest/gtest.h>

#include <chrono>

#include "net/call.h"
#include "net/client_for_tests.h"
#include "net/client_request.h"
#include "net/server_for_tests.h"

namespace keyledger::net {
namespace {

using std::chrono::milliseconds;

const std::string kSecret = "sk-very-secret";

ClientRequest request_to(std::uint16_t port, std::string target = "/v1/models") {
  ClientRequest request;
  request.base = BaseUrl{false, "127.0.0.1", port, "/base"};
  request.target = std::move(target);
  request.secret_header = "Authorization";
  request.secret_prefix = "Bearer ";
  request.secret = Secret(kSecret);
  return request;
}

ClientLimits short_limits() {
  ClientLimits limits;
  limits.total_time = milliseconds{100};
  return limits;
}

void expect_error(const Result<ClientReply>& reply, const std::string& reason) {
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, Code::unavailable);
  EXPECT_EQ(reply.error().reason, reason) << reply.error().message << ' ' << reply.error().detail;
  EXPECT_EQ((reply.error().message + reply.error().detail).find("secret"), std::string::npos);
}

TEST(WriteRequest, PutsTheSecretIntoItsHeader) {
  ClientRequest request = request_to(8080);
  request.headers.add("Accept", "application/json");
  const Result<std::string> text = write_request(request, "keyledger/1");
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(*text,
            "GET /base/v1/models HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: keyledger/1\r\n"
            "Accept-Encoding: identity\r\nConnection: close\r\nAccept: application/json\r\n"
            "Authorization: Bearer sk-very-secret\r\n\r\n");
}

TEST(WriteRequest, PutsTheSecretIntoTheQueryEncoded) {
  const auto first_line = [](std::string target) {
    ClientRequest request = request_to(80, std::move(target));
    request.secret_header.clear();
    request.secret_query = "key";
    request.secret = Secret("a&b=c d/ü+%");
    const Result<std::string> text = write_request(request, "k");
    return text ? text->substr(0, text->find("\r\n")) : text.error().message;
  };
  EXPECT_EQ(first_line("/m"), "GET /base/m?key=a%26b%3Dc%20d%2F%C3%BC%2B%25 HTTP/1.1");
  EXPECT_EQ(first_line("/m?x=1"), "GET /base/m?x=1&key=a%26b%3Dc%20d%2F%C3%BC%2B%25 HTTP/1.1");
}

TEST(WriteRequest, HasALengthWhereABodyBelongs) {
  ClientRequest request = request_to(80);
  request.method = Method::post;
  EXPECT_NE(write_request(request, "k")->find("\r\nContent-Length: 0\r\n"), std::string::npos);
  request.body = "{}";
  EXPECT_TRUE(write_request(request, "k")->ends_with("\r\nContent-Length: 2\r\n\r\n{}"));
  request.base = BaseUrl{true, "::1", 443, ""};
  request.target = "";
  EXPECT_TRUE(write_request(request, "k")->starts_with("POST / HTTP/1.1\r\nHost: [::1]\r\n"));
}

TEST(WriteRequest, RefusesWhatWouldEndALine) {
  const struct {
    const char* name;
    std::function<void(ClientRequest&)> spoil;
    const char* reason;
  } cases[] = {
      {"a line end in a value", [](ClientRequest& r) { r.headers.add("X-A", "a\r\nX-B: b"); }, "malformed_header"},
      {"a line feed in a value", [](ClientRequest& r) { r.headers.add("X-A", "a\nb"); }, "malformed_header"},
      {"a zero in a value", [](ClientRequest& r) { r.headers.add("X-A", std::string("\0", 1)); }, "malformed_header"},
      {"a colon in a name", [](ClientRequest& r) { r.headers.add("X-A: b", "c"); }, "malformed_header"},
      {"an empty name", [](ClientRequest& r) { r.headers.add("", "c"); }, "malformed_header"},
      {"a header of ours", [](ClientRequest& r) { r.headers.add("content-length", "5"); }, "malformed_header"},
      {"a line end in the secret", [](ClientRequest& r) { r.secret = Secret("secret\r\nX: y"); }, "malformed_header"},
      {"a line end in the prefix", [](ClientRequest& r) { r.secret_prefix = "B\r\n"; }, "malformed_header"},
      {"a blank in the secret's header", [](ClientRequest& r) { r.secret_header = "X A"; }, "malformed_header"},
      {"a blank in the target", [](ClientRequest& r) { r.target = "/a b"; }, "malformed_target"},
      {"a line end in the target", [](ClientRequest& r) { r.target = "/a\r\nX: y"; }, "malformed_target"},
      {"a fragment", [](ClientRequest& r) { r.target = "/a#b"; }, "malformed_target"},
      {"a backslash in the target", [](ClientRequest& r) { r.target = "/a\\b"; }, "malformed_target"},
      {"a target that continues the host", [](ClientRequest& r) { r.target = "@evil.example/"; }, "malformed_target"},
      {"a blank in the query's name", [](ClientRequest& r) { r.secret_query = "a b"; }, "malformed_target"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ClientRequest request = request_to(1);
    c.spoil(request);
    const Result<ClientReply> reply = send_and_wait(Client(ClientOptions{}), std::move(request));
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, Code::invalid_argument);
    EXPECT_EQ(reply.error().reason, c.reason);
    EXPECT_EQ(reply.error().message.find("secret\r"), std::string::npos);
  }
}

TEST(Client, ReadsAnswersOfEveryShape) {
  const struct {
    const char* name;
    std::string reply;
    unsigned status;
    std::string body;
  } cases[] = {
      {"by length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"},
      {"by length, more follows", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello world", 200, "hello"},
      {"in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;a\r\n!\r\n0\r\nX: y\r\n\r\n",
       200, "hello!"},
      {"until the end", "HTTP/1.0 200 OK\r\n\r\nhello", 200, "hello"},
      {"empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, ""},
      {"no content", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
      {"an error is an answer", "HTTP/1.1 429 Too Many\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\n{}", 429, "{}"},
      {"a redirect is not followed", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
       302, ""},
      {"after interim answers",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
       "2\r\n\r\nhi",
       200, "hi"},
      {"an unknown status", "HTTP/1.1 529 Site Is Overloaded\r\nContent-Length: 0\r\n\r\n", 529, ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ScriptedServer server(c.reply);
    const Result<ClientReply> reply = send_and_wait(Client(ClientOptions{}), request_to(server.port()));
    ASSERT_TRUE(reply.has_value()) << reply.error().message << ' ' << reply.error().detail;
    EXPECT_EQ(reply->status, c.status);
    EXPECT_EQ(reply->body, c.body);
    EXPECT_NE(server.request().find("Authorization: Bearer sk-very-secret\r\n"), std::string::npos);
  }
}

TEST(Client, KeepsTheHeadersOfTheAnswer) {
  ScriptedServer server("HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n");
  const Result<ClientReply> reply = send_and_wait(Client(ClientOptions{}), request_to(server.port()));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->headers.count("X-A"), 2U);
  EXPECT_EQ(reply->headers.find("x-a"), "1");
}

TEST(Client, ReadsAnAnswerThatComesByteByByte) {
  ScriptedServer server([](RawPeer& peer) {
    for (const char c : std::string{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"}) {
      peer.send(std::string(1, c));
    }
  });
  const Result<ClientReply> reply = send_and_wait(Client(ClientOptions{}), request_to(server.port()));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->body, "abc");
}

TEST(Client, TakesNoBodyAfterHead) {
  ScriptedServer server("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
  ClientRequest request = request_to(server.port());
  request.method = Method::head;
  const Result<ClientReply> reply = send_and_wait(Client(ClientOptions{}), std::move(request));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->body, "");
}

TEST(Client, CallsAnAnswerMalformedThatIs) {
  const struct {
    const char* name;
    std::string reply;
  } cases[] = {
      {"nothing", ""},
      {"something else", "220 mail.example.com ESMTP\r\n"},
      {"a cut status line", "HTTP/1.1 20"},
      {"a cut header", "HTTP/1.1 200 OK\r\nContent-Le"},
      {"a cut body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"},
      {"a cut chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"},
      {"no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n"},
      {"a bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"},
      {"a bad length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"},
      {"an upgrade", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"},
      {"HTTP/2", "HTTP/2.0 200 OK\r\n\r\n"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const ScriptedServer server(c.reply);
    expect_error(send_and_wait(Client(ClientOptions{}), request_to(server.port())), "malformed_response");
  }
  std::string interim;
  for (int i = 0; i < 20; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  const ScriptedServer server(interim);
  expect_error(send_and_wait(Client(ClientOptions{}), request_to(server.port())), "malformed_response");
}

TEST(Client, TakesAnswersUpToItsLimitsAndNotAByteMore) {
  ClientLimits limits;
  limits.body_bytes_max = 10;
  limits.header_bytes_max = 200;
  const std::string head = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  const struct {
    const char* name;
    std::string reply;
    bool fits;
  } cases[] = {
      {"the longest body", head + "Content-Length: 10\r\n\r\n0123456789", true},
      {"a byte more", head + "Content-Length: 11\r\n\r\n0123456789a", false},
      {"the longest body in chunks", chunked + "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n", true},
      {"a byte more in chunks", chunked + "5\r\n01234\r\n6\r\n56789a\r\n0\r\n\r\n", false},
      {"the longest body until the end", "HTTP/1.0 200 OK\r\n\r\n0123456789", true},
      {"a byte more until the end", "HTTP/1.0 200 OK\r\n\r\n0123456789a", false},
      {"a header within its limit", head + "X: " + std::string(150, 'a') + "\r\nContent-Length: 0\r\n\r\n", true},
      {"a header beyond it", head + "X: " + std::string(200, 'a') + "\r\nContent-Length: 0\r\n\r\n", false},
      {"a header without end", head + "X: " + std::string(100'000, 'a'), false},
      {"a chunk extension without end", chunked + "1;" + std::string(100'000, 'a'), false},
      {"a trailer without end", chunked + "0\r\nX: " + std::string(100'000, 'a'), false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const ScriptedServer server(c.reply);
    const Result<ClientReply> reply = send_and_wait(Client(ClientOptions{}), request_to(server.port()), limits);
    if (c.fits) {
      EXPECT_TRUE(reply.has_value()) << reply.error().message;
    } else {
      expect_error(reply, "response_too_large");
    }
  }
}

TEST(Client, EndsAnAnswerThatNeverEnds) {
  ClientLimits limits;
  limits.body_bytes_max = 1 << 20;
  const ScriptedServer server([](RawPeer& peer) {
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (peer.send("400\r\n" + std::string(1024, 'x') + "\r\n")) {
    }
  });
  expect_error(send_and_wait(Client(ClientOptions{}), request_to(server.port()), limits), "response_too_large");
}

TEST(Client, EndsAnAnswerThatDripsOrDoesNotCome) {
  for (const std::string begin : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"}) {
    SCOPED_TRACE(begin);
    const ScriptedServer server([&begin](RawPeer& peer) {
      peer.send(begin);
      peer.read_all();  // until the client hangs up
    });
    expect_error(send_and_wait(Client(ClientOptions{}), request_to(server.port()), short_limits()), "timeout");
  }
}

TEST(Client, EndsAHandshakeThatDoesNotCome) {
  const RawListener listener;  // accepts, and says nothing
  ClientRequest request = request_to(listener.port());
  request.base.tls = true;
  ClientLimits limits;
  limits.connect_time = milliseconds{100};
  expect_error(send_and_wait(Client(ClientOptions{}), std::move(request), limits), "timeout");
}

TEST(Client, SaysWhyItCannotConnect) {
  std::uint16_t port = 0;
  {
    const RawListener listener;
    port = listener.port();
  }
  expect_error(send_and_wait(Client(ClientOptions{}), request_to(port)), "connection_refused");
}

TEST(Client, SaysWhenANameDoesNotExist) {
  ClientRequest request = request_to(443);
  request.base.tls = true;
  request.base.host = "a name that cannot be.invalid";
  const Result<ClientReply> reply = send_and_wait(Client(ClientOptions{}), std::move(request));
  expect_error(reply, "dns_failed");
}

TEST(Client, DoesNotCallPrivateAddresses) {
  for (const char* host : {"10.0.0.1", "169.254.169.254", "192.168.1.1", "::ffff:127.0.0.1", "fe80::1", "0.0.0.0"}) {
    SCOPED_TRACE(host);
    ClientRequest request = request_to(9);
    request.base.tls = true;
    request.base.host = host;
    expect_error(send_and_wait(Client(ClientOptions{}), std::move(request)), "private_address");
  }
}

TEST(AllowedAddresses, FollowThePolicy) {
  const struct {
    const char* host;
    std::vector<const char*> resolved;
    bool allow_private;
    std::vector<std::string> want;  // empty: refused
  } cases[] = {
      {"api.example.com", {"8.8.8.8"}, false, {"8.8.8.8"}},
      {"api.example.com", {"10.0.0.1"}, false, {}},
      {"api.example.com", {"10.0.0.1"}, true, {"10.0.0.1"}},
      {"api.example.com", {"10.0.0.1", "8.8.8.8"}, false, {"8.8.8.8"}},
      {"api.example.com", {"127.0.0.1"}, false, {}},
      {"api.example.com", {"127.0.0.1"}, true, {}},
      {"localhost", {"127.0.0.1", "::1"}, false, {"127.0.0.1", "::1"}},
      {"127.0.0.1", {"127.0.0.1"}, false, {"127.0.0.1"}},
      {"metadata.example.com", {"169.254.169.254"}, false, {}},
      {"metadata.example.com", {"169.254.169.254"}, true, {"169.254.169.254"}},
      {"api.example.com", {"0.0.0.0", "255.255.255.255", "ff02::1"}, true, {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string{c.host} + ' ' + c.resolved.front());
    std::vector<boost::asio::ip::address> addresses;
    for (const char* text : c.resolved) addresses.push_back(boost::asio::ip::make_address(text));
    const BaseUrl base{true, c.host, 443, {}};
    const auto allowed = allowed_addresses(base, addresses, c.allow_private);
    if (c.want.empty()) {
      ASSERT_FALSE(allowed.has_value());
      EXPECT_EQ(allowed.error().reason, "private_address");
      continue;
    }
    ASSERT_TRUE(allowed.has_value());
    std::vector<std::string> texts;
    for (const auto& address : *allowed) texts.push_back(address.to_string());
    EXPECT_EQ(texts, c.want);
  }
}

Task<> send_local_into(const Client* client, std::filesystem::path path, std::optional<Result<ClientReply>>* result) {
  ClientRequest request;
  request.target = "/peer";
  Result<ClientReply> reply = co_await client->send_local(std::move(path), std::move(request));
  result->emplace(std::move(reply));
}

Result<ClientReply> ask_local(const std::filesystem::path& path) {
  boost::asio::io_context context{1};
  const Client client(ClientOptions{});
  std::optional<Result<ClientReply>> result;
  runtime::spawn(context.get_executor(), send_local_into(&client, path, &result), "send");
  context.run();
  return std::move(*result);
}

TEST(Client, SpeaksToTheLocalSocket) {
  const TestFolder folder;
  ServerOptions options;
  options.socket_path = folder / "keyledger.sock";
  TestServer server(options);
  server.start();
  const Result<ClientReply> reply = ask_local(options.socket_path);
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(reply->body, "socket");
}

TEST(Client, SaysWhyItCannotReachTheLocalSocket) {
  const TestFolder folder;
  expect_error(ask_local(folder / "nothing.sock"), "connection_failed");
  expect_error(ask_local(folder / std::string(300, 'a')), "connection_failed");
}

TEST(Client, MayBeDroppedInTheMiddle) {
  const RawListener listener;
  const Client client(ClientOptions{});
  std::optional<Result<ClientReply>> result;
  {
    boost::asio::io_context context{1};
    runtime::spawn(context.get_executor(), send_into(&client, request_to(listener.port()), {}, &result), "send");
    RawPeer peer = [&] {
      while (context.poll() > 0) {
      }
      return listener.accept();
    }();
    context.poll();
  }
  EXPECT_FALSE(result.has_value());
}

}  // namespace
}  // namespace keyledger::net
