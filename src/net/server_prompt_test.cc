// Prompt calls through a real server: between ordinary requests, one after the other, and when things go wrong.
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "net/peer_for_tests.h"
#include "net/server.h"

namespace keyledger::net {
namespace {

/// What the prompt calls of a test wait for: woken at once by another thread, or when the test says so.
class Disk {
 public:
  class Write final : public runtime::Waiter {
   public:
    explicit Write(Disk* disk) : disk_(disk) {}

   private:
    void suspended() override { disk_->add(*this); }
    Disk* disk_;
  };

  explicit Disk(bool at_once) : at_once_(at_once) {}
  ~Disk() { sync(); }
  void sync() {
    runtime::WaiterList all;
    {
      const std::lock_guard lock(mutex_);
      std::swap(all, waiting_);
      count_ = 0;
    }
    runtime::wake_all(std::move(all));
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this, count] { return count_ >= count; });
  }

 private:
  void add(Write& write) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(write);
      ++count_;
    }
    came_.notify_all();
    if (at_once_) std::thread([this] { sync(); }).join();
  }

  const bool at_once_;
  std::mutex mutex_{};
  std::condition_variable came_{};
  runtime::WaiterList waiting_{};
  std::size_t count_ = 0;
};

/// Answers with the query; leaves "?no" to the handler.
class Echo final : public PromptCall {
 public:
  explicit Echo(Disk* disk) : disk_(disk) {}
  runtime::Waiter* begin(const PromptRequest& request) noexcept override {
    if (request.query == "no") return nullptr;
    query_ = request.query;
    return &write_.emplace(disk_);
  }
  void answer(PromptAnswer& answer) noexcept override {
    write_.reset();
    answer.add("X-By", "prompt");
    if (query_ == "large") return answer.send({std::string(8 << 20, 'x')});
    if (query_ == "broken") return answer.send(problem_reply({503, "broken", "It is."}));
    answer.send({query_.substr(0, 1), query_.substr(1)});
  }

 private:
  Disk* disk_;
  std::optional<Disk::Write> write_{};
  std::string_view query_{};
};

Task<Reply> ordinary(Request request) {
  Reply reply;
  reply.headers.add("X-By", "handler");
  reply.body = request.query.empty() ? request.body : request.query.front().first;
  co_return reply;
}

class PromptServer {
 public:
  explicit PromptServer(bool at_once = true, ServerLimits limits = {})
      : disk(at_once),
        router_({{.method = Method::get,
                  .pattern = "/prompt",
                  .handler = &ordinary,
                  .prompt = [this] { return std::make_unique<Echo>(&disk); }},
                 {.method = Method::post, .pattern = "/other", .handler = &ordinary}}),
        server_({.port = 0, .threads = 1, .limits = limits}, &router_) {
    EXPECT_TRUE(server_.start());
  }
  ~PromptServer() {
    disk.sync();
    server_.stop();
  }
  [[nodiscard]] RawPeer peer() const { return RawPeer::to_port(server_.port()); }
  void stop() { server_.stop(); }
  void wait_until_empty() const {
    while (server_.connections() > 0) std::this_thread::yield();
  }

  Disk disk;

 private:
  Router router_;
  Server server_;
};

std::string prompt(const std::string& query) {
  return "GET /prompt?" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}
constexpr std::string_view kOther = "POST /other HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nother";

bool has(const std::string& reply, std::string_view part) {
  return reply.find(part) != std::string::npos;
}

TEST(PromptServer, AnswersBetweenOrdinaryRequests) {
  PromptServer server;
  RawPeer peer = server.peer();
  for (int round = 0; round < 3; ++round) {
    peer.send(prompt("one"));
    const std::string first = peer.read_reply();
    EXPECT_TRUE(first.starts_with("HTTP/1.1 200 OK\r\n") && has(first, "X-By: prompt") && first.ends_with("one"))
        << first;
    peer.send(kOther);
    const std::string second = peer.read_reply();
    EXPECT_TRUE(has(second, "X-By: handler") && second.ends_with("other")) << second;
    peer.send(prompt("no"));
    EXPECT_TRUE(has(peer.read_reply(), "X-By: handler"));
  }
}

TEST(PromptServer, AnswersWhatCameAtOnceInItsOrder) {
  PromptServer server;
  RawPeer peer = server.peer();
  peer.send(prompt("1") + prompt("2") + std::string{kOther} + prompt("no") + prompt("3"));
  for (const std::string_view end : {"\r\n\r\n1", "\r\n\r\n2", "\r\n\r\nother", "\r\n\r\nno", "\r\n\r\n3"}) {
    EXPECT_TRUE(peer.read_reply().ends_with(end));
  }
}

TEST(PromptServer, TakesARequestThatComesInDropsTheOrdinaryWay) {
  PromptServer server;
  RawPeer peer = server.peer();
  const std::string request = prompt("one");
  peer.send(request.substr(0, 9));
  std::this_thread::yield();
  peer.send(request.substr(9) + prompt("two"));
  EXPECT_TRUE(peer.read_reply().starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(peer.read_reply().ends_with("two"));
}

TEST(PromptServer, RefusesAnUnknownHost) {
  PromptServer server;
  RawPeer peer = server.peer();
  peer.send("GET /prompt?a HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n");
  EXPECT_TRUE(peer.read_reply().starts_with("HTTP/1.1 421 "));
}

TEST(PromptServer, ClosesWhereItIsAskedTo) {
  PromptServer server;
  RawPeer peer = server.peer();
  peer.send("GET /prompt?a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(has(peer.read_all(), "Connection: close"));
}

TEST(PromptServer, WritesALargeAnswerAsItsReaderTakesIt) {
  PromptServer server;
  RawPeer peer = server.peer();
  peer.send(prompt("large") + prompt("after"));
  const std::string reply = peer.read_reply();
  EXPECT_EQ(reply.size() - reply.find("\r\n\r\n") - 4, 8U << 20U);
  EXPECT_TRUE(peer.read_reply().ends_with("after"));
}

TEST(PromptServer, SaysSoWhereItFailed) {
  PromptServer server;
  RawPeer peer = server.peer();
  peer.send(prompt("broken") + prompt("after"));
  const std::string reply = peer.read_reply();
  EXPECT_TRUE(reply.starts_with("HTTP/1.1 503 ") && !has(reply, "X-By") && has(reply, R"("code":"broken")")) << reply;
  EXPECT_TRUE(peer.read_reply().ends_with("after"));
}

TEST(PromptServer, APeerThatGoesMeanwhileIsForgotten) {
  PromptServer server(/*at_once=*/false);
  {
    RawPeer peer = server.peer();
    peer.send(prompt("a"));
    server.disk.wait_for(1);
  }
  server.disk.sync();
  server.wait_until_empty();
}

TEST(PromptServer, AnswersOthersWhileOneWaits) {
  PromptServer server(/*at_once=*/false);
  RawPeer first = server.peer();
  first.send(prompt("a"));
  server.disk.wait_for(1);
  RawPeer second = server.peer();
  second.send(kOther);
  EXPECT_TRUE(second.read_reply().ends_with("other"));
  server.disk.sync();
  EXPECT_TRUE(first.read_reply().ends_with("a"));
}

TEST(PromptServer, SaysSoWhenTheDiskTakesTooLong) {
  PromptServer server(/*at_once=*/false, {.answer_time = std::chrono::milliseconds{20}});
  RawPeer peer = server.peer();
  peer.send(prompt("a"));
  EXPECT_TRUE(peer.read_reply().starts_with("HTTP/1.1 503 "));
  server.disk.sync();
  EXPECT_EQ(peer.read_all(), "");
  peer.hang_up();
  server.wait_until_empty();
}

TEST(PromptServer, OwesTheAnswersInFlightWhenItStops) {
  PromptServer server(/*at_once=*/false);
  RawPeer waiting = server.peer(), resting = server.peer();
  resting.send(kOther);
  EXPECT_TRUE(resting.read_reply().ends_with("other"));
  waiting.send(prompt("a"));
  server.disk.wait_for(1);
  std::thread stopping([&server] { server.stop(); });
  EXPECT_EQ(resting.read_all(), "");
  resting.hang_up();
  server.disk.sync();
  const std::string last = waiting.read_all();
  EXPECT_TRUE(has(last, "Connection: close") && last.ends_with("a")) << last;
  waiting.hang_up();
  stopping.join();
}

TEST(PromptServer, LetsGoOfWhatWaitsWhenItDoesNotEndInTime) {
  PromptServer server(/*at_once=*/false, {.stop_time = std::chrono::milliseconds{10}});
  RawPeer peer = server.peer();
  peer.send(prompt("a"));
  server.disk.wait_for(1);
  server.stop();
  EXPECT_EQ(peer.read_all(), "");
}

TEST(PromptServer, EndsConnectionsThatRestTooLong) {
  PromptServer server(/*at_once=*/true, {.idle_time = std::chrono::milliseconds{20}});
  RawPeer peer = server.peer();
  peer.send(prompt("a"));
  EXPECT_TRUE(peer.read_reply().ends_with("a"));
  EXPECT_EQ(peer.read_all(), "");
}

}  // namespace
}  // namespace keyledger::net
