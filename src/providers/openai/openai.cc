#include "providers/openai/openai.h"

#include <fmt/format.h>

#include "providers/answers.h"
#include "providers/collect.h"
#include "providers/openai/errors.h"
#include "providers/openai/organization.h"
#include "providers/openai/usage.h"

namespace keyledger::providers {
namespace {

using openai::classify;

constexpr std::int64_t kSecondsOfDay = 86'400;

Task<Answer> ask(const Caller* caller, const Access* access, std::string target) {
  Call call;
  call.request = bearer_request(access->base, std::move(target), access->key);
  call.classify = &classify;
  call.patience = kTestPatience;
  Answer answer = co_await caller->send(std::move(call));
  co_return answer;
}

/// The list of models costs nothing, and every key may read it unless it was restricted.
Task<KeyTest> test_inference_key(const Caller* caller, const Access* access) {
  Answer answer = co_await ask(caller, access, "/models");
  KeyTest test = key_test(answer.finding);
  if (!answer.ok()) co_return test;
  test.facts.emplace_back("models", fmt::format("{}", answer.json()["data"].items().size()));
  if (const auto organization = answer.headers.find("openai-organization")) {
    test.facts.emplace_back("organization", std::string{*organization});
  }
  co_return test;
}

/// Costs are what an admin key is held for. A key that may not read them but may list keys is alive and restricted.
Task<KeyTest> test_admin_key(const Caller* caller, const Access* access) {
  const std::int64_t yesterday = to_millis(caller->clock().now()) / 1000 - kSecondsOfDay;
  Answer costs = co_await ask(caller, access, fmt::format("/organization/costs?start_time={}&limit=1", yesterday));
  if (costs.ok() || costs.finding->code == "missing_scope" || concerns_every_call(*costs.finding)) {
    co_return key_test(costs.finding);
  }
  Answer listed = co_await ask(caller, access, "/organization/admin_api_keys?limit=1");
  if (!listed.ok()) co_return key_test(costs.finding->code == "permission_denied" ? listed.finding : costs.finding);
  keys::Finding finding = std::move(*costs.finding);
  if (finding.code == "permission_denied") {
    finding.code = "missing_scope";
    finding.missing_scopes = {"api.usage.read"};
  }
  co_return key_test(finding);
}

class OpenAi final : public Provider {
 public:
  explicit OpenAi(const Caller* caller) : caller_(caller) {}

  [[nodiscard]] const Description& description() const override { return description_; }

  [[nodiscard]] Task<KeyTest> test(Access access) const override {
    KeyTest test;
    if (access.type == keys::KeyType::admin) {
      test = co_await test_admin_key(caller_, &access);
    } else {
      test = co_await test_inference_key(caller_, &access);
    }
    co_return test;
  }

  [[nodiscard]] Task<Discovery> discover(Access access) const override {
    Discovery found = co_await openai::discover_organization(caller_, std::move(access));
    co_return found;
  }

  [[nodiscard]] Task<Fetched> fetch(Access access, FetchRequest request) const override {
    Fetched fetched = co_await openai::fetch_reports(caller_, std::move(access), request);
    co_return fetched;
  }

  /// The spend limit: the nearest to a balance that there is.
  [[nodiscard]] Task<Readings> readings(Access access) const override {
    Readings found;
    if (access.type != keys::KeyType::admin) co_return found;
    Answer answer = co_await caller_->get(access.base, "/organization/spend_limit", access.key.copy(), &classify);
    if (!answer.ok()) {
      // An organization without a limit has nothing to show, which is no problem.
      if (answer.status != 404) found.findings.push_back(openai::of_organization(*answer.finding, access.type));
      co_return found;
    }
    const std::optional<std::int64_t> cents = answer.json()["threshold_amount"].integer();
    const std::optional<Currency> currency = currency_of(answer.json()["currency"]);
    if (cents && *cents >= 0) {
      found.readings.push_back(money_limit("spend_limit", *cents, currency.value_or(Currency{})));
    }
    co_return found;
  }

 private:
  const Caller* caller_;
  Description description_{.id = "openai",
                           .name = "OpenAI",
                           .base_url = "https://api.openai.com/v1",
                           .console_url = "https://platform.openai.com/api-keys",
                           .reads_usage = true,
                           .reads_cost = true,
                           .reads_readings = true,
                           .hourly = true,
                           .lists_keys = true,
                           .window_days = 31,
                           .hourly_window_days = 7};
};

}  // namespace

std::unique_ptr<Provider> make_openai(const Caller* caller) {
  return std::make_unique<OpenAi>(caller);
}

}  // namespace keyledger::providers
