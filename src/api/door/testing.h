// api/door/testing.h: for tests only. The customers' routes as the router serves them, over a real store, with a clock
// that stands.
#pragma once

#include <gtest/gtest.h>

#include "api/handlers.h"
#include "json/value.h"
#include "service/events.h"
#include "service/rentals/testing.h"
#include "service/verifier.h"

namespace keyledger::api::testing {

using service::testing::RentalWorld;
using service::testing::run;

class CustomersDoor : public ::testing::Test {
 protected:
  CustomersDoor() {
    services_.idempotency = &idempotency_;
    services_.events = &events_;
    services_.admission = &world_.desk->admission;
    services_.rentals = &world_.desk->rentals;
    services_.clock = &world_.world.clock;
    services_.verifier = &verifier_;
    router_.emplace(make_routes(&services_));
  }

  static net::Request request(net::Method method, std::string path, std::int64_t key = 1) {
    net::Request asked;
    asked.method = method;
    asked.path = std::move(path);
    asked.peer.address = "192.0.2.7";
    if (key > 0) asked.headers.add("X-API-Key", RentalWorld::key_text(key));
    return asked;
  }
  static net::Request posting(std::string path, std::string body, std::int64_t key = 1) {
    net::Request asked = request(net::Method::post, std::move(path), key);
    asked.headers.add("Content-Type", "application/json");
    asked.body = std::move(body);
    return asked;
  }
  net::Reply answer(net::Request asked) { return run(router_->answer(std::move(asked))); }
  std::int64_t events(const std::string& where = "1 = 1") {
    return world_.number("SELECT COUNT(*) FROM usage_events e JOIN ledger_words w ON w.id = e.action_id WHERE " +
                         where);
  }
  static std::string code_of(const net::Reply& reply) {
    const Result<json::Value> body = json::parse(reply.body);
    return body ? std::string{(*body)["code"].text().value_or("")} : "";
  }
  /// Changes what key 1 may.
  void allow(const std::function<void(service::KeyRecord&)>& change) {
    service::KeyRecord record;
    record.id = CustomerKeyId{1};
    record.customer_id = CustomerId{1};
    record.digests.push_back({crypto::sha256(RentalWorld::key_text(1)), std::nullopt});
    change(record);
    world_.desk->keys.put(record);
  }
  std::int64_t used(limits::Metric metric) {
    for (const limits::LimitStanding& standing : world_.desk->keys.standings(CustomerKeyId{1})) {
      if (standing.metric == metric) return standing.used;
    }
    return -1;
  }

  RentalWorld world_{};
  service::Idempotency idempotency_{world_.world.core()};
  service::EventHub events_{};
  service::Verifier verifier_{world_.world.core(), &world_.desk->admission};
  Services services_{};
  std::optional<net::Router> router_{};
};

}  // namespace keyledger::api::testing
