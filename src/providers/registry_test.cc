#include <gtest/gtest.h>

#include <set>

#include "providers/provider.h"
#include "providers/testing.h"
#include "providers/testing_rows.h"

namespace keyledger::providers {
namespace {

TEST(Registry, EveryProviderIsFoundByItsIdAndHasOne) {
  const testing::ScriptedHttp http;
  const ManualClock clock{testing::at("2026-11-21T12:00:00Z")};
  const Registry registry{&http, &clock};
  std::set<std::string> ids;
  for (const Provider* provider : registry.all()) {
    const Description& description = provider->description();
    SCOPED_TRACE(description.id);
    EXPECT_TRUE(ids.insert(description.id).second);
    EXPECT_EQ(registry.find(description.id), provider);
    EXPECT_FALSE(description.name.empty());
    EXPECT_GT(description.window_days, 0);
    if (!description.base_url.empty()) {
      EXPECT_TRUE(net::parse_base_url(description.base_url).has_value());
    }
  }
  EXPECT_EQ(registry.all().at(0)->description().id, "openai");
  EXPECT_EQ(registry.all().at(1)->description().id, "anthropic");
  EXPECT_EQ(registry.find("nobody"), nullptr);
}

TEST(Provider, ByItselfKnowsNothing) {
  class Quiet final : public Provider {
   public:
    [[nodiscard]] const Description& description() const override { return description_; }
    [[nodiscard]] Task<KeyTest> test(Access) const override { co_return KeyTest{}; }

   private:
    Description description_{.id = "quiet"};
  };
  const Quiet provider;
  EXPECT_TRUE(testing::run(provider.discover(Access{})).keys.empty());
  EXPECT_TRUE(testing::run(provider.fetch(Access{}, FetchRequest{})).complete.empty());
  EXPECT_TRUE(testing::run(provider.readings(Access{})).readings.empty());
}

}  // namespace
}  // namespace keyledger::providers
