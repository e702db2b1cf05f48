// service/webhooks/testing.h: for tests only. A receiver that does as it is told, and what was queued.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "service/testing.h"
#include "service/webhooks/webhooks.h"

namespace keyledger::service::testing {

/// What one attempt looked like at the receiver's end.
struct Posted {
  std::string url{}, body{}, message_id{}, timestamp{}, signature{};
};

class FakeReceivers final : public WebhookSender {
 public:
  [[nodiscard]] runtime::Task<Result<void>> check(std::string url) override {
    if (url.starts_with("https://")) co_return Result<void>{};
    co_return fail(Code::invalid_argument, "That is no address.", "malformed_url", "url");
  }
  [[nodiscard]] runtime::Task<WebhookOutcome> post(std::string url, std::string body, std::string message_id,
                                                   std::string timestamp, std::string signature) override {
    posted.push_back(
        {std::move(url), std::move(body), std::move(message_id), std::move(timestamp), std::move(signature)});
    WebhookOutcome outcome = answer(posted.back());
    if (held_url == posted.back().url) {
      std::move_only_function<void(runtime::Resume<bool>)> hold = [this](runtime::Resume<bool> resume) {
        release = [resume = std::move(resume)]() mutable { resume(true); };
      };
      const bool released = co_await runtime::suspend<bool>(std::move(hold));
      (void)released;
    }
    co_return outcome;
  }

  /// Every receiver answers so from now on.
  void all_answer(std::int64_t status) {
    answer = [status](const Posted&) {
      return WebhookOutcome{status, status / 100 == 2 ? "" : "The receiver answered " + std::to_string(status) + "."};
    };
  }

  std::function<WebhookOutcome(const Posted&)> answer = [](const Posted&) { return WebhookOutcome{200, {}}; };
  std::vector<Posted> posted{};
  std::string held_url{};  // answers only after `release`
  std::move_only_function<void()> release{};
};

/// "type: name=value name=value", for tests to look at.
inline std::string plain_payload(std::string_view type, Instant, const std::vector<WebhookFact>& data) {
  std::string text{type};
  for (const WebhookFact& fact : data) {
    text += " " + fact.name + "=";
    const auto add = [&text](const auto& value) {
      using Value = std::decay_t<decltype(value)>;
      if constexpr (std::is_same_v<Value, std::string>) text += value;
      if constexpr (std::is_same_v<Value, std::int64_t>) text += std::to_string(value);
      if constexpr (std::is_same_v<Value, Money>) text += to_decimal(value.nanos);
      if constexpr (std::is_same_v<Value, Instant>) text += to_rfc3339(value);
    };
    std::visit(add, fact.value);
  }
  return text;
}

/// Has every topic queued for an endpoint that does not exist.
inline void listen(World& world) {
  const auto made = world.store->writer().run_blocking<WebhookEndpointId>([](store::Transaction& transaction) {
    return store::WebhookStore::insert(transaction, {.url = "https://example.com"});
  });
  check_invariant(made.has_value(), "the test's endpoint can be made");
}

/// The payloads that were queued so far, the oldest first.
inline std::vector<std::string> told(World& world) {
  static const store::Query<store::Single<std::string>> kTold{"SELECT payload FROM webhook_messages ORDER BY id"};
  using Rows = std::vector<store::Single<std::string>>;
  const auto rows =
      world.store->writer().run_blocking<Rows>([](store::Transaction& transaction) { return transaction.all(kTold); });
  check_invariant(rows.has_value(), "the test's query is right");
  std::vector<std::string> payloads;
  for (const store::Single<std::string>& row : *rows) payloads.push_back(row.value);
  return payloads;
}

}  // namespace keyledger::service::testing
