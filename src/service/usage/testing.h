// service/usage/testing.h: for tests only. Scripted providers, a list of keys in memory, an alarm that moves the clock.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "service/testing.h"
#include "service/usage/sync.h"
#include "store/account_store.h"
#include "store/provider_key_store.h"

namespace keyledger::service::testing {

inline runtime::Task<bool> ended(runtime::Task<> task) {
  co_await std::move(task);
  co_return true;
}
/// Runs a coroutine without a value to its end.
inline void run_void(runtime::Task<> task) {
  const bool done = run(ended(std::move(task)));
  (void)done;
}

inline Day day(std::string_view text) {
  return parse_day(text).value();
}
inline Amount usd(std::string_view decimal) {
  return parse_amount(decimal).value();
}

/// A provider whose answers are functions; what it was asked is kept.
class ScriptedProvider final : public providers::Provider {
 public:
  explicit ScriptedProvider(std::string id) {
    description_.id = std::move(id);
    description_.reads_usage = description_.reads_cost = true;
  }
  providers::Description& describe() { return description_; }
  [[nodiscard]] const providers::Description& description() const override { return description_; }
  [[nodiscard]] runtime::Task<providers::KeyTest> test(providers::Access) const override {
    co_return providers::KeyTest{};
  }
  [[nodiscard]] runtime::Task<providers::Discovery> discover(providers::Access access) const override {
    co_return on_discover ? on_discover(std::string{access.key.reveal()}) : providers::Discovery{};
  }
  [[nodiscard]] runtime::Task<providers::Fetched> fetch(providers::Access access,
                                                        providers::FetchRequest request) const override {
    fetches.push_back(request);
    co_return on_fetch ? on_fetch(std::string{access.key.reveal()}, request) : providers::Fetched{};
  }
  [[nodiscard]] runtime::Task<Readings> readings(providers::Access) const override {
    co_return on_readings ? on_readings() : Readings{};
  }

  std::function<providers::Discovery(const std::string& key)> on_discover{};
  std::function<providers::Fetched(const std::string& key, const providers::FetchRequest& request)> on_fetch{};
  std::function<Readings()> on_readings{};
  mutable std::vector<providers::FetchRequest> fetches{};

 private:
  providers::Description description_{};
};

/// Keys that are nothing but lines. The secret of key 7 is "secret-7".
class FakeDirectory final : public KeyDirectory {
 public:
  [[nodiscard]] runtime::Task<Result<std::vector<HeldKey>>> list() override { co_return keys; }
  [[nodiscard]] runtime::Task<Result<providers::Access>> access(ProviderKeyId id) override {
    if (broken.contains(id)) co_return fail(Code::internal, "The seal is broken.", "seal_broken");
    co_return providers::Access{{}, {}, Secret{"secret-" + std::to_string(id.value)}, keys::KeyType::admin};
  }
  [[nodiscard]] runtime::Task<Result<void>> apply_links(ProviderKeyId admin,
                                                        const std::vector<providers::RemoteKey>& remote) override {
    links[admin] = remote.size();
    co_return Result<void>{};
  }
  [[nodiscard]] runtime::Task<Result<void>> note_findings(ProviderKeyId id,
                                                          const std::vector<keys::Finding>& found) override {
    noted[id] = found;
    co_return Result<void>{};
  }

  HeldKey& add(std::int64_t id, std::string provider, keys::KeyType type, std::int64_t account = 1) {
    HeldKey& held = keys.emplace_back();
    held.key.id = ProviderKeyId{id};
    held.key.name = "key " + std::to_string(id);
    held.key.masked_key = "sk-..." + std::to_string(id);
    held.key.provider = std::move(provider);
    held.key.key_type = type;
    held.key.account_id = AccountId{account};
    held.key.status = keys::KeyStatus::valid;
    held.account_name = "account " + std::to_string(account);
    return held;
  }
  HeldKey& at(std::int64_t id) {
    return *std::ranges::find_if(keys, [id](const HeldKey& one) { return one.key.id.value == id; });
  }

  std::vector<HeldKey> keys{};
  std::set<ProviderKeyId> broken{};
  std::map<ProviderKeyId, std::size_t> links{};
  std::map<ProviderKeyId, std::vector<keys::Finding>> noted{};
};

/// Waiting moves the clock; after `waits_left` waits it stops the sync.
class ManualAlarm final : public Alarm {
 public:
  explicit ManualAlarm(ManualClock* clock) : clock_(clock) {}
  [[nodiscard]] runtime::Task<> wait(std::chrono::milliseconds duration) override {
    waited.push_back(duration);
    clock_->advance(duration);
    if (on_wait) on_wait();
    co_return;
  }
  void ring() override { ++rings; }

  std::vector<std::chrono::milliseconds> waited{};
  std::function<void()> on_wait{};
  int rings = 0;

 private:
  ManualClock* clock_;
};

inline usage::PriceCatalogue test_prices(std::string_view input = "10") {
  usage::PriceSet set;
  set[usage::Measure::input] = usage::Rate{usd(input), {}};
  set[usage::Measure::output] = usage::Rate{usd("30"), {}};
  usage::ModelPrices model{
      .id = "priced", .match = *usage::make_rule(usage::MatchKind::starts_with, "priced"), .prices = {{.prices = set}}};
  return {.version = "test " + std::string{input},
          .providers = {{.id = "openai", .models = {model}}, {.id = "anthropic", .models = {model}}}};
}

/// Store, prices, keys, providers and a sync over them. It is 2026-11-21, noon.
struct UsageWorld : World {
  UsageWorld() {
    clock.set(parse_rfc3339("2026-11-21T12:00:00Z").value());
    shelf.put(test_prices());
  }
  [[nodiscard]] SyncParts parts() {
    return {core(), [this](std::string_view id) { return find(id); }, &directory, &shelf, &version, &events};
  }
  [[nodiscard]] const providers::Provider* find(std::string_view id) const {
    const auto found = providers.find(std::string{id});
    return found == providers.end() ? nullptr : found->second.get();
  }
  ScriptedProvider& provider(const std::string& id) {
    std::unique_ptr<ScriptedProvider>& made = providers[id];
    if (!made) made = std::make_unique<ScriptedProvider>(id);
    return *made;
  }
  [[nodiscard]] Day today() const { return day_of(clock.now()); }
  void stop_store() { store.reset(); }

  FakeDirectory directory{};
  PriceShelf shelf{};
  FiguresVersion version{};
  EventHub events{};
  ManualAlarm alarm{&clock};
  std::map<std::string, std::unique_ptr<ScriptedProvider>> providers{};
};

/// A row of use for a model at some day.
inline usage::UsageRow use_row(Day when, std::string model, std::string key, std::int64_t input) {
  usage::UsageRow row;
  row.start = Instant{when};
  row.dataset = "completions";
  row.remote_key = std::move(key);
  row.model = std::move(model);
  row.counts.requests = 1;
  row.counts.input_tokens = input;
  return row;
}
inline usage::CostRow cost_row(Day when, std::string key, std::string_view amount) {
  usage::CostRow row;
  row.day = when;
  row.dataset = "costs";
  row.remote_key = std::move(key);
  row.amount = usd(amount);
  return row;
}

}  // namespace keyledger::service::testing
