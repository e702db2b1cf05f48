#include "app/transport.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "app/data_folder.h"
#include "app/serve.h"
#include "base/instant.h"

namespace keyledger::app {
namespace {

namespace fs = std::filesystem;

/// Tells what came in: method, path, query, proof, body.
net::Task<net::Reply> echo(net::Request request) {
  std::string text{net::to_string(request.method)};
  text += " " + request.path;
  for (const auto& [name, value] : request.query) text += " " + name + "=" + value;
  text += request.peer.local_socket ? " local" : " remote";
  text += " " + std::string{request.headers.find("Authorization").value_or("-")};
  co_return net::json_reply(201, text + " " + request.body);
}

class Transports : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "keyledger-transport-XXXXXX").string();
    settings_.data_dir = ::mkdtemp(pattern.data());
    settings_.listen.port = 0;
    settings_.threads = 1;
  }
  void TearDown() override { fs::remove_all(settings_.data_dir); }

  static std::string ask(Transport& transport) {
    net::Headers headers;
    headers.add("Content-Type", "application/json");
    const Result<net::ClientReply> reply =
        transport.call(net::Method::post, "/api/things/a%20b?q=x%26y", R"({"a":1})", std::move(headers));
    return reply ? std::to_string(reply->status) + " " + reply->body : reply.error().reason;
  }

  Settings settings_;
  net::Router router_{{{net::Method::post, "/api/things/{id}", &echo}}};
};

TEST_F(Transports, AllThreeBringTheSameRequest) {
  net::Server server(server_options(settings_), &router_);
  ASSERT_TRUE(server.start());
  EXPECT_TRUE(server_runs(settings_));
  const std::string request = "201 POST /api/things/a b q=x&y";
  EXPECT_EQ(ask(*socket_transport(settings_)), request + R"( local - {"a":1})");
  EXPECT_EQ(ask(*router_transport(&router_)), request + R"( local - {"a":1})");
  const std::string url = "http://" + ListenAddress{"127.0.0.1", server.port()}.text();
  Result<std::unique_ptr<Transport>> remote = server_transport(settings_, url, Secret{std::string{"kla_x"}});
  ASSERT_TRUE(remote);
  EXPECT_EQ(ask(**remote), request + R"( remote Bearer kla_x {"a":1})");
}

/// Without a server nobody is there who drafts every minute.
TEST_F(Transports, InvoicesAreDraftedWhenTheyAreAskedForWithoutAServer) {
  const auto inside = inside_transport(settings_, [](const Secret&) {});
  ASSERT_TRUE(inside);
  const auto post = [&](const char* target, std::string body) {
    net::Headers headers;
    headers.add("Content-Type", "application/json");
    const Result<net::ClientReply> reply = (*inside)->call(net::Method::post, target, std::move(body), headers);
    return reply ? reply->status : 0U;
  };
  ASSERT_EQ(post("/api/customers", R"({"name":"Works"})"), 201U);
  const Day started = day_of(SystemClock{}.now()) - std::chrono::days{100};
  ASSERT_EQ(post("/api/subscriptions", R"({"customer_id":1,"plan_id":1,"starts":")" + to_string(started) + "\"}"),
            201U);
  const Result<net::ClientReply> listed = (*inside)->call(net::Method::get, "/api/invoices", "", {});
  ASSERT_TRUE(listed);
  EXPECT_NE(listed->body.find(R"("count":3)"), std::string::npos) << listed->body;
}

TEST_F(Transports, NobodyListeningIsNoticed) {
  EXPECT_FALSE(server_runs(settings_));
  EXPECT_NE(ask(*socket_transport(settings_)).find("connection"), std::string::npos);
}

TEST_F(Transports, ATokenDoesNotTravelInTheClear) {
  EXPECT_EQ(server_transport(settings_, "http://keys.example.com", Secret{}).error().reason, "insecure_base_url");
  EXPECT_EQ(server_transport(settings_, "nonsense", Secret{}).error().reason, "malformed_base_url");
}

}  // namespace
}  // namespace keyledger::app
