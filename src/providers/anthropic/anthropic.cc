#include "providers/anthropic/anthropic.h"

#include "providers/answers.h"
#include "providers/anthropic/organization.h"
#include "providers/anthropic/reports.h"
#include "providers/anthropic/request.h"

namespace keyledger::providers {
namespace {

using anthropic::request;

Task<KeyTest> test_inference_key(const Caller* caller, const Access* access) {
  Call call = request(*access, "/v1/models?limit=1", kTestPatience);
  Answer answer = co_await caller->send(std::move(call));
  KeyTest test = key_test(answer.finding);
  test.readings = anthropic::rate_limit_readings(answer.headers);
  if (!answer.ok()) co_return test;
  if (const auto organization = answer.headers.find("anthropic-organization-id")) {
    test.facts.emplace_back("organization", std::string{*organization});
  }
  if (const auto workspace = answer.headers.find("anthropic-workspace-id")) {
    test.facts.emplace_back("workspace", std::string{*workspace});
  }
  co_return test;
}

Task<KeyTest> test_admin_key(const Caller* caller, const Access* access) {
  Call call = request(*access, "/v1/organizations/me", kTestPatience);
  Answer answer = co_await caller->send(std::move(call));
  if (!answer.ok()) {
    keys::Finding exact =
        co_await anthropic::of_organization(caller, access, std::move(*answer.finding), kTestPatience);
    co_return key_test(exact);
  }
  KeyTest test = key_test(std::nullopt);
  const std::string name = text_of(answer.json()["name"]);
  if (!name.empty()) test.facts.emplace_back("organization", name);
  co_return test;
}

class Anthropic final : public Provider {
 public:
  explicit Anthropic(const Caller* caller) : caller_(caller) {}

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
    Discovery found = co_await anthropic::discover_organization(caller_, std::move(access));
    co_return found;
  }

  [[nodiscard]] Task<Fetched> fetch(Access access, FetchRequest range) const override {
    Fetched fetched = co_await anthropic::fetch_reports(caller_, std::move(access), range);
    co_return fetched;
  }

  [[nodiscard]] Task<Readings> readings(Access access) const override {
    Readings found = co_await anthropic::read_limits(caller_, std::move(access));
    co_return found;
  }

 private:
  const Caller* caller_;
  Description description_{.id = "anthropic",
                           .name = "Anthropic",
                           .base_url = "https://api.anthropic.com",
                           .console_url = "https://platform.claude.com/settings/keys",
                           .reads_usage = true,
                           .reads_cost = true,
                           .reads_readings = true,
                           .hourly = true,
                           .lists_keys = true,
                           .window_days = 31,
                           .hourly_window_days = 7};
};

}  // namespace

std::unique_ptr<Provider> make_anthropic(const Caller* caller) {
  return std::make_unique<Anthropic>(caller);
}

}  // namespace keyledger::providers
