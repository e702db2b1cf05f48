// What a customer's call costs in allocations once its connection is warm: none on the thread that serves it. Counted
// by the sanitizer's hooks, so only where the tests run with it.
#include <gtest/gtest.h>

#include <future>

#include "api/door/testing.h"
#include "net/peer_for_tests.h"
#include "net/server.h"

#if defined(__SANITIZE_ADDRESS__)
/// Of the sanitizer's runtime; GCC comes without the header that declares it.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*, std::size_t),
                                                         void (*on_free)(const volatile void*));

namespace keyledger::api {
namespace {

thread_local std::int64_t allocations = 0;

void count(const volatile void*, std::size_t) {
  ++allocations;
}
void ignore(const volatile void*) {}

class PromptAllocations : public testing::CustomersDoor {
 protected:
  PromptAllocations() {
    world_.website("Pool");
    for (const char* name : {"ada", "grace", "mary"}) world_.account("Pool", name);
    allow([](service::KeyRecord& record) {
      record.limits = {{limits::Metric::requests, limits::Window::day, 1'000'000},
                       {limits::Metric::requests, limits::Window::minute, 1'000'000}};
    });
    static const bool kHooked = __sanitizer_install_malloc_and_free_hooks(&count, &ignore) != 0;
    EXPECT_TRUE(kHooked);
    EXPECT_TRUE(server_.start());
  }
  ~PromptAllocations() override { server_.stop(); }

  /// So many calls over the connection, one after the other.
  void call(net::RawPeer& peer, const std::string& target, int times) {
    const std::string request =
        "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: a program of a customer's/1.0\r\n" +
        "X-Original-URI: /things/of/a/certain/length/7\r\nX-API-Key: " + testing::RentalWorld::key_text(1) + "\r\n\r\n";
    for (int i = 0; i < times; ++i) {
      peer.send(request);
      ASSERT_TRUE(peer.read_reply().starts_with("HTTP/1.1 200 "));
    }
  }
  /// How many allocations the server's one I/O thread has made so far.
  std::int64_t so_far() {
    std::promise<std::int64_t> told;
    boost::asio::post(server_.executor(), [&told] { told.set_value(allocations); });
    return told.get_future().get();
  }

  net::Server server_{{.port = 0, .threads = 1}, &*router_};
};

TEST_F(PromptAllocations, NoneOnceAConnectionIsWarm) {
  for (const std::string target : {"/api/forward-auth?action=read", "/api/accounts/available?website=Pool"}) {
    SCOPED_TRACE(target);
    net::RawPeer peer = net::RawPeer::to_port(server_.port());
    call(peer, target, 50);
    const std::int64_t before = so_far();
    call(peer, target, 200);
    // Not for each call: the question itself, and the clock that goes round the connections, which ticks meanwhile.
    EXPECT_LT(so_far() - before, 20);
  }
}

/// The control: by the ordinary way each call allocates, and that is noticed.
TEST_F(PromptAllocations, AreNoticedByTheOrdinaryWay) {
  net::RawPeer peer = net::RawPeer::to_port(server_.port());
  const std::string target = "/api/accounts/available?website=P%6fol";
  call(peer, target, 50);
  const std::int64_t before = so_far();
  call(peer, target, 200);
  EXPECT_GT(so_far() - before, 200 * 5);
}

}  // namespace
}  // namespace keyledger::api

#endif
