#include "net/server_for_tests.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>

namespace keyledger::net {

Task<> Gate::pass() {
  std::move_only_function<void(runtime::Resume<int>)> arrive = [this](runtime::Resume<int> resume) {
    const std::lock_guard lock(mutex_);
    resume_ = std::move(resume);
    has_arrived_ = true;
    arrived_.notify_all();
  };
  const int passed = co_await runtime::suspend<int>(std::move(arrive));
  (void)passed;
}

void Gate::wait_for_arrival() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return has_arrived_; });
}

void Gate::open() {
  runtime::Resume<int> resume;
  {
    const std::lock_guard lock(mutex_);
    resume = std::exchange(resume_, nullptr);
    has_arrived_ = false;
  }
  resume(0);
}

namespace {

Task<Reply> echo(Request request) {
  Reply reply;
  reply.headers.add("Content-Type", "text/plain");
  reply.headers.add("X-Query", std::string{request.query_value("n").value_or("")});
  reply.body = std::move(request.body);
  co_return reply;
}

Task<Reply> large(Request request) {
  Reply reply;
  reply.body.assign(std::stoul(std::string{*request.parameter("bytes")}), 'x');
  co_return reply;
}

Task<Reply> tell_peer(Request request) {
  Reply reply;
  reply.body = request.peer.local_socket ? "socket" : request.peer.address;
  reply.body += request.peer.tls ? " tls" : "";
  co_return reply;
}

Task<Reply> page(Request) {
  Reply reply;
  reply.headers.add("Content-Type", "text/html; charset=utf-8");
  reply.body = "<!doctype html>";
  co_return reply;
}

Task<Reply> own_headers(Request) {
  Reply reply;
  reply.headers.add("Cache-Control", "public, max-age=1");
  reply.headers.add("Content-Length", "7");
  reply.headers.add("Transfer-Encoding", "gzip");
  reply.headers.add("X-Bad", "a\r\nX-Injected: b");
  reply.headers.add("X-Good", "yes");
  reply.body = "hello";
  co_return reply;
}

Task<Reply> empty(Request) {
  Reply reply;
  reply.status = 204;
  reply.body = "nobody may see this";
  co_return reply;
}

Task<Reply> wait_at(Gate* gate) {
  co_await gate->pass();
  Reply reply;
  reply.body = "at last";
  co_return reply;
}

class GatedEvents final : public EventSource {
 public:
  explicit GatedEvents(Gate* gate) : gate_(gate) {}
  Task<Result<std::optional<std::string>>> next() override {
    if (++count_ > 3) co_return std::nullopt;
    co_await gate_->pass();
    co_return "data: " + std::to_string(count_) + "\n\n";
  }

 private:
  Gate* gate_;
  int count_ = 0;
};

Task<Reply> tell_events(Gate* gate) {
  Reply reply;
  reply.stream = std::make_shared<GatedEvents>(gate);
  co_return reply;
}

/// Pieces of 64 KiB that end as they should, too early, too late, with an error or an exception, or wait at the gate.
class TestPieces final : public BodySource {
 public:
  static constexpr std::size_t kPieceBytes = 64 << 10;

  TestPieces(Gate* gate, std::uint64_t pieces, std::string end, std::atomic<int>* open)
      : gate_(gate), pieces_(pieces), end_(std::move(end)), open_(open) {
    open_->fetch_add(1);
  }
  ~TestPieces() override { open_->fetch_sub(1); }

  [[nodiscard]] std::optional<std::uint64_t> length() const override {
    const bool known = end_ == "sized" || end_ == "short" || end_ == "long";
    if (!known) return std::nullopt;
    return pieces_ * kPieceBytes + (end_ == "short" ? 1 : 0) - (end_ == "long" ? 1 : 0);
  }
  Task<Result<std::optional<std::string>>> next() override {
    if (at_++ < pieces_) co_return std::string(kPieceBytes, 'p');
    if (end_ == "error") co_return fail(Code::unavailable, "The disk is gone.", "io_error");
    if (end_ == "throw") throw std::runtime_error("the disk is gone");
    if (end_ == "wait") co_await gate_->pass();
    co_return std::nullopt;
  }

 private:
  Gate* gate_;
  std::uint64_t pieces_, at_ = 0;
  std::string end_;
  std::atomic<int>* open_;
};

Task<Reply> stream_pieces(Gate* gate, Request request) {
  Reply reply;
  reply.headers.set("Content-Type", "text/plain");
  const std::uint64_t pieces = std::stoull(std::string{*request.parameter("pieces")});
  reply.stream = std::make_shared<TestPieces>(gate, pieces, std::string{*request.parameter("end")}, &gate->sources);
  co_return reply;
}

Task<Reply> count_pieces(Request request) {
  std::size_t bytes = 0;
  for (;;) {
    Result<std::optional<std::string>> piece = co_await request.incoming->next();
    if (!piece) co_return problem_reply({.status = 400, .code = piece.error().reason, .detail = "Broken."});
    if (!*piece) break;
    bytes += (*piece)->size();
  }
  Reply reply;
  reply.body = std::to_string(bytes);
  co_return reply;
}

Task<Reply> want_nothing(Request) {
  Reply reply;
  reply.status = 403;
  co_return reply;
}

std::vector<Route> routes_with(Gate* gate) {
  constexpr std::size_t kSmallBody = 64;
  constexpr std::size_t kPieces = 1 << 20;
  std::vector<Route> routes;
  routes.push_back({.method = Method::get, .pattern = "/echo", .handler = &echo, .body_bytes_max = kSmallBody});
  routes.push_back({.method = Method::post, .pattern = "/echo", .handler = &echo, .body_bytes_max = kSmallBody});
  routes.push_back({.method = Method::post, .pattern = "/big", .handler = &echo});
  routes.push_back({.method = Method::post,
                    .pattern = "/pieces",
                    .handler = &count_pieces,
                    .body_bytes_max = kPieces,
                    .body_in_pieces = true});
  routes.push_back({.method = Method::post,
                    .pattern = "/unwanted",
                    .handler = &want_nothing,
                    .body_bytes_max = kPieces,
                    .body_in_pieces = true});
  routes.push_back({.method = Method::get, .pattern = "/stream/{pieces}/{end}", .handler = [gate](Request request) {
                      return stream_pieces(gate, std::move(request));
                    }});
  routes.push_back({.method = Method::get, .pattern = "/large/{bytes}", .handler = &large});
  routes.push_back({.method = Method::get, .pattern = "/peer", .handler = &tell_peer});
  routes.push_back({.method = Method::get, .pattern = "/own-headers", .handler = &own_headers});
  routes.push_back({.method = Method::get, .pattern = "/page", .handler = &page});
  routes.push_back({.method = Method::get, .pattern = "/empty", .handler = &empty});
  routes.push_back({.method = Method::get, .pattern = "/slow", .handler = [gate](Request) { return wait_at(gate); }});
  routes.push_back(
      {.method = Method::get, .pattern = "/events", .handler = [gate](Request) { return tell_events(gate); }});
  return routes;
}

}  // namespace

TestServer::TestServer(ServerOptions options) {
  options.port = 0;
  router_.emplace(routes_with(&gate));
  server_.emplace(std::move(options), &*router_);
}

void TestServer::wait_for_connections(std::size_t count) const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{kTestPatienceSeconds};
  while (server_->connections() != count && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(server_->connections(), count);
}

std::string ask(RawPeer& peer, const std::string& method_and_target, const std::string& more) {
  peer.send(method_and_target + " HTTP/1.1\r\nHost: localhost\r\n" + more +
            (more.find("\r\n\r\n") == more.npos ? "\r\n" : ""));
  return peer.read_reply();
}

std::string status_line(unsigned status) {
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string{status_text(status)} + "\r\n";
}

}  // namespace keyledger::net
