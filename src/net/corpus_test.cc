#include <gtest/gtest.h>

#include "net/corpus_for_tests.h"
#include "net/framing.h"

namespace keyledger::net {
namespace {

std::string get(const std::string& more) {
  return "GET /echo HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

std::string post(const std::string& more) {
  return "POST /echo HTTP/1.1\r\nHost: localhost\r\n" + more;
}

std::string chunked(const std::string& body) {
  return post("Transfer-Encoding: chunked\r\n\r\n" + body);
}

std::string line(const std::string& request_line) {
  return request_line + "\r\nHost: localhost\r\n\r\n";
}

void add_lengths(std::vector<RawRequest>& corpus) {
  corpus.insert(
      corpus.end(),
      {
          {"a length", post("Content-Length: 5\r\n\r\nhello"), 200, "hello"},
          {"a length with zeros in front", post("Content-Length: 005\r\n\r\nhello"), 200, "hello"},
          {"a length in blanks", post("Content-Length: \t 5 \r\n\r\nhello"), 200, "hello"},
          {"a length of nothing", post("Content-Length: 0\r\n\r\n"), 200},
          {"no length", post("\r\n"), 200},
          {"the same length twice", post("Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"), 400},
          {"two lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), 400},
          {"a list of lengths", post("Content-Length: 5, 5\r\n\r\nhello"), 400},
          {"a length with a sign", post("Content-Length: +5\r\n\r\nhello"), 400},
          {"a negative length", post("Content-Length: -5\r\n\r\nhello"), 400},
          {"a hexadecimal length", post("Content-Length: 0x5\r\n\r\nhello"), 400},
          {"a length with a fraction", post("Content-Length: 5.0\r\n\r\nhello"), 400},
          {"a length with a letter", post("Content-Length: 5a\r\n\r\nhello"), 400},
          {"an empty length", post("Content-Length:\r\n\r\n"), 400},
          {"a length with a blank inside", post("Content-Length: 1 1\r\n\r\nhello"), 400},
          {"a length of 2^64", post("Content-Length: 18446744073709551616\r\n\r\n"), 400},
          {"a length of 2^64 - 1", post("Content-Length: 18446744073709551615\r\n\r\n"), 413},
          {"a length in quotes", post("Content-Length: \"5\"\r\n\r\nhello"), 400},
          {"the longest body", post("Content-Length: 64\r\n\r\n" + std::string(64, 'x')), 200, std::string(64, 'x')},
          {"a byte more", post("Content-Length: 65\r\n\r\n" + std::string(65, 'x')), 413},
          {"length and coding", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400},
          {"coding and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"), 400},
          {"a body of GET", "GET /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi", 200, "hi"},
      });
}

void add_codings(std::vector<RawRequest>& corpus) {
  const auto coding = [](const std::string& header) { return post(header + "\r\n0\r\n\r\n"); };
  corpus.insert(
      corpus.end(),
      {
          {"chunks", chunked("5\r\nhello\r\n0\r\n\r\n"), 200, "hello"},
          {"chunks, otherwise written", post("transfer-encoding: ChunkeD\r\n\r\n2\r\nhi\r\n0\r\n\r\n"), 200, "hi"},
          {"chunks with an extension and a trailer", chunked("2;a=\"b\"\r\nhi\r\n0\r\nX-A: 1\r\n\r\n"), 200, "hi"},
          {"identity", coding("Transfer-Encoding: identity\r\n"), 400},
          {"gzip, chunked", coding("Transfer-Encoding: gzip, chunked\r\n"), 400},
          {"chunked, identity", coding("Transfer-Encoding: chunked, identity\r\n"), 400},
          {"chunked twice in a list", coding("Transfer-Encoding: chunked, chunked\r\n"), 400},
          {"chunked twice", coding("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
          {"an unknown coding", coding("Transfer-Encoding: xchunked\r\n"), 400},
          {"a coding with a parameter", coding("Transfer-Encoding: chunked;q=1\r\n"), 400},
          {"an empty coding", coding("Transfer-Encoding:\r\n"), 400},
          {"a coding in quotes", coding("Transfer-Encoding: \"chunked\"\r\n"), 400},
          {"a coding after a comma", coding("Transfer-Encoding: ,chunked\r\n"), 400},
          {"a vertical tab before the coding", coding("Transfer-Encoding: \vchunked\r\n"), 400},
          {"a blank before the colon", coding("Transfer-Encoding : chunked\r\n"), 400},
          {"a folded coding", coding("Transfer-Encoding:\r\n chunked\r\n"), 400},
          {"a coding in HTTP/1.0",
           "POST /echo HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
          {"a bare line feed after the size", chunked("5\nhello\r\n0\r\n\r\n"), 400},
          {"a bare line feed in a quoted extension", chunked("2;a=\"\n\"\r\nhi\r\n0\r\n\r\n"), 400},
          {"a signed size", chunked("+2\r\nhi\r\n0\r\n\r\n"), 400},
          {"a prefixed size", chunked("0x2\r\nhi\r\n0\r\n\r\n"), 400},
          {"a size of more than 64 bits", chunked("10000000000000002\r\nhi\r\n0\r\n\r\n"), 400},
          {"a chunk longer than its size", chunked("2\r\nhi!\r\n0\r\n\r\n"), 400},
          {"a bare line feed in a trailer", chunked("0\r\nX-A: 1\n\r\n"), 400},
          {"the longest chunked body", chunked("40\r\n" + std::string(64, 'x') + "\r\n0\r\n\r\n"), 200,
           std::string(64, 'x')},
          {"a chunked body that is too long", chunked("41\r\n" + std::string(65, 'x') + "\r\n0\r\n\r\n"), 413},
      });
}

void add_hosts(std::vector<RawRequest>& corpus) {
  const auto host = [](const std::string& headers) { return "GET /echo HTTP/1.1\r\n" + headers + "\r\n"; };
  corpus.insert(corpus.end(),
                {
                    {"a host", host("Host: localhost\r\n"), 200},
                    {"a host with a port", host("Host: LocalHost:5000\r\n"), 200},
                    {"an address as host", host("Host: 127.0.0.1\r\n"), 200},
                    {"an address in brackets", host("Host: [::1]:5000\r\n"), 200},
                    {"no host", host(""), 400},
                    {"no host in HTTP/1.0", "GET /echo HTTP/1.0\r\n\r\n", 200},
                    {"two hosts", host("Host: localhost\r\nHost: localhost\r\n"), 400},
                    {"two hosts in HTTP/1.0", "GET /echo HTTP/1.0\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400},
                    {"an empty host", host("Host:\r\n"), 400},
                    {"a list of hosts", host("Host: localhost, evil.example\r\n"), 400},
                    {"a user in the host", host("Host: a@localhost\r\n"), 400},
                    {"a path in the host", host("Host: localhost/x\r\n"), 400},
                    {"a port that is no number", host("Host: localhost:a\r\n"), 400},
                    {"two ports", host("Host: localhost:1:2\r\n"), 400},
                    {"an open bracket", host("Host: [::1\r\n"), 400},
                    {"a host that is not ASCII",
                     host("Host: l\xc3\xb6"
                          "calhost\r\n"),
                     400},
                    {"another host", host("Host: evil.example\r\n"), 421},
                    {"another host with our port", host("Host: evil.example:5000\r\n"), 421},
                });
}

void add_lines(std::vector<RawRequest>& corpus) {
  const std::string zero("\0", 1);
  corpus.insert(corpus.end(),
                {
                    {"a tab and bytes beyond ASCII in a value", get("X-A: a\tb \xc3\xa4\r\n"), 200},
                    {"an empty value", get("X-A:\r\n"), 200},
                    {"an empty line before the request", "\r\n" + get(""), 200},
                    {"line feeds alone", "GET /echo HTTP/1.1\nHost: localhost\n\n", 400},
                    {"a line feed alone in the header", get("X-A: 1\nX-B: 2\r\n"), 400},
                    {"a line feed alone at the end", "GET /echo HTTP/1.1\r\nHost: localhost\r\n\n", 400},
                    {"a carriage return alone", get("X-A: 1\rX-B: 2\r\n"), 400},
                    {"two carriage returns", get("X-A: 1\r\r\n"), 400},
                    {"a zero byte in a value", get("X-A: a" + zero + "b\r\n"), 400},
                    {"a zero byte in a name", get("X-A" + zero + ": b\r\n"), 400},
                    {"a control character in a value",
                     get("X-A: a\x01"
                         "b\r\n"),
                     400},
                    {"DEL in a value",
                     get("X-A: a\x7f"
                         "b\r\n"),
                     400},
                    {"a folded header", get("X-A: 1\r\n 2\r\n"), 400},
                    {"a header folded with a tab", get("X-A: 1\r\n\t2\r\n"), 400},
                    {"a blank before the first header", "GET /echo HTTP/1.1\r\n Host: localhost\r\n\r\n", 400},
                    {"a blank before a colon", get("X-A : 1\r\n"), 400},
                    {"a tab before a colon", get("X-A\t: 1\r\n"), 400},
                    {"a blank within a name", get("X A: 1\r\n"), 400},
                    {"a header without a name", get(": 1\r\n"), 400},
                    {"a header without a colon", get("X-A\r\n"), 400},
                    {"a name that is not ASCII", get("X-\xc3\xa4: 1\r\n"), 400},
                    {"a parenthesis in a name", get("X(A): 1\r\n"), 400},
                });
  std::string most;
  for (std::size_t i = 1; i < kHeaderFieldsMax; ++i) most += "X: 1\r\n";  // Host is one of them
  corpus.push_back({"as many headers as may be", get(most), 200});
  corpus.push_back({"one header more", get(most + "X: 1\r\n"), 431});
}

void add_first_lines(std::vector<RawRequest>& corpus) {
  corpus.insert(
      corpus.end(),
      {
          {"a method that nobody knows", line("BREW /echo HTTP/1.1"), 501},
          {"a method in lower case", line("get /echo HTTP/1.1"), 501},
          {"TRACE", line("TRACE /echo HTTP/1.1"), 501},
          {"CONNECT", line("CONNECT localhost:443 HTTP/1.1"), 400},
          {"a method with a slash", line("GE/T /echo HTTP/1.1"), 400},
          {"no version", line("GET /echo"), 400},
          {"a version in lower case", line("GET /echo http/1.1"), 400},
          {"another protocol", line("GET /echo HTCPCP/1.1"), 400},
          {"a version of two digits", line("GET /echo HTTP/1.10"), 400},
          {"a version that is to come", line("GET /echo HTTP/1.2"), 505},
          {"the version before", line("GET /echo HTTP/0.9"), 505},
          {"HTTP/2 in the clear", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
          {"two blanks", line("GET  /echo HTTP/1.1"), 400},
          {"two blanks before the version", line("GET /echo  HTTP/1.1"), 400},
          {"a tab for a blank", line("GET\t/echo HTTP/1.1"), 400},
          {"a blank in the target", line("GET /ec ho HTTP/1.1"), 400},
          {"a blank at the end", line("GET /echo HTTP/1.1 "), 400},
          {"a blank at the beginning", line(" GET /echo HTTP/1.1"), 400},
          {"a handshake of TLS", "\x16\x03\x01\x02", 400},
          {"a target that is a name", line("GET echo HTTP/1.1"), 400},
          {"an asterisk", line("OPTIONS * HTTP/1.1"), 400},
          {"a fragment", line("GET /echo#a HTTP/1.1"), 400},
          {"a backslash", line("GET /echo\\ HTTP/1.1"), 400},
          {"bytes beyond ASCII in the target", line("GET /\xc3\xa4 HTTP/1.1"), 400},
          {"a percent sign without digits", line("GET /echo?a=%4 HTTP/1.1"), 400},
          {"an encoded zero", line("GET /echo%00 HTTP/1.1"), 400},
          {"a way up", line("GET /x/../echo HTTP/1.1"), 400},
          {"an encoded way up", line("GET /x/%2e%2E/echo HTTP/1.1"), 400},
          {"an encoded slash", line("GET /x%2Fecho HTTP/1.1"), 400},
          {"encoded letters", line("GET /ech%6f HTTP/1.1"), 200},
          {"the absolute form", line("GET http://localhost/echo HTTP/1.1"), 200},
          {"the absolute form, otherwise written", line("GET HTTPS://LOCALHOST/echo?a=b HTTP/1.1"), 200},
          {"the absolute form of another host", line("GET http://evil.example/echo HTTP/1.1"), 400},
          {"the absolute form with a port that Host has not", line("GET http://localhost:1/echo HTTP/1.1"), 400},
          {"the absolute form with a user", line("GET http://a@localhost/echo HTTP/1.1"), 400},
          {"the absolute form without a path", line("GET http://localhost HTTP/1.1"), 400},
          {"the absolute form of another scheme", line("GET ftp://localhost/echo HTTP/1.1"), 400},
          {"an expectation", post("Expect: 200-ok\r\nContent-Length: 2\r\n\r\nhi"), 417},
      });
}

}  // namespace

std::vector<RawRequest> request_corpus() {
  std::vector<RawRequest> corpus;
  add_lengths(corpus);
  add_codings(corpus);
  add_hosts(corpus);
  add_lines(corpus);
  add_first_lines(corpus);
  return corpus;
}

}  // namespace keyledger::net
