#include "service/usage/prices.h"

#include <gtest/gtest.h>

#include "service/usage/testing.h"
#include "store/usage_row_store.h"

namespace keyledger::service {
namespace {

using namespace testing;

/// The "document" is the input price; the built-in one is "10".
Result<usage::PriceCatalogue> parse(std::string_view document) {
  if (document == "broken") return fail(Code::invalid_argument, "This is no catalogue.", "malformed_catalogue");
  usage::PriceCatalogue catalogue = test_prices(document);
  catalogue.source = "source " + std::string{document};
  catalogue.licence = "MIT";
  return catalogue;
}

class PricesTest : public ::testing::Test {
 protected:
  PricesTest() {
    const Result<void> prepared = prices_.prepare();
    EXPECT_TRUE(prepared);
  }
  Prices make() {
    return {world_.core(), &world_.shelf, &world_.events, {parse, "10"}, [this] { ++replaced_; }};
  }
  void use(Day when, std::string model, std::int64_t tokens) {
    const auto stored = world_.store->writer().run_blocking<bool>([&](store::Transaction& transaction) -> Result<bool> {
      const auto source = store::UsageSourceStore::find_or_add(transaction, "openai", "org", world_.clock.now());
      return store::UsageRowStore::replace(transaction,
                                           {.source = source->id,
                                            .provider = "openai",
                                            .from = Instant{when},
                                            .to = Instant{when + std::chrono::days{1}},
                                            .datasets = {"completions"},
                                            .usage = {use_row(when, std::move(model), "k", tokens)}},
                                           *world_.shelf.book());
    });
    ASSERT_TRUE(stored.value());
  }
  std::int64_t estimated() {
    return world_.number("SELECT COALESCE(SUM(nanos), 0) FROM cost_rollups WHERE breakdown = 0 AND basis = 1");
  }
  void price_anew() {
    while (run(reprice_step(world_.core(), &world_.shelf, &world_.version)).value()) {
    }
  }

  UsageWorld world_{};
  int replaced_ = 0;
  Prices prices_ = make();
};

TEST_F(PricesTest, TheBuiltInCatalogueIsInForceAtFirst) {
  const CatalogueView view = prices_.view();
  EXPECT_FALSE(view.custom);
  EXPECT_EQ(view.source, "source 10");
  EXPECT_EQ(view.licence, "MIT");
  EXPECT_EQ(view.providers, 2);
  EXPECT_EQ(view.models, 2);
  EXPECT_EQ(view.updated_at, std::nullopt);
}

TEST_F(PricesTest, AnotherCatalogueIsInForceAuditedAndThereAfterARestart) {
  const Result<CatalogueView> replaced = run(prices_.replace(kOwner, "20", "prices.json"));
  ASSERT_TRUE(replaced);
  EXPECT_TRUE(replaced->custom);
  EXPECT_EQ(replaced->source, "source 20");
  EXPECT_EQ(replaced_, 1);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log WHERE action = 'prices.update'"), 1);
  world_.shelf.put({});
  Prices again = make();
  ASSERT_TRUE(again.prepare());
  EXPECT_EQ(again.view().source, "source 20");
  EXPECT_TRUE(again.view().custom);
  const Result<CatalogueView> reset = run(again.reset(kOwner));
  ASSERT_TRUE(reset);
  EXPECT_FALSE(reset->custom);
  EXPECT_EQ(reset->source, "source 10");
  EXPECT_TRUE(reset->updated_at);
}

TEST_F(PricesTest, ADocumentThatCannotBeReadChangesNothing) {
  for (const char* document : {"broken", ""}) {
    const Result<CatalogueView> replaced = run(prices_.replace(kOwner, document, "x"));
    ASSERT_FALSE(replaced);
    EXPECT_EQ(replaced.error().reason, "malformed_catalogue");
  }
  EXPECT_EQ(prices_.view().source, "source 10");
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log"), 0);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM price_catalogues"), 0);
}

TEST_F(PricesTest, AStoredCatalogueThatCannotBeReadAnyMoreGivesWayToTheBuiltIn) {
  ASSERT_TRUE(run(prices_.replace(kOwner, "20", "x")));
  Prices later(world_.core(), &world_.shelf, &world_.events,
               {[](std::string_view document) { return document == "20" ? parse("broken") : parse(document); }, "10"});
  ASSERT_TRUE(later.prepare());
  EXPECT_FALSE(later.view().custom);
  EXPECT_EQ(later.view().source, "source 10");
}

TEST_F(PricesTest, EstimatesAreMadeAnewWithTheNewPrices) {
  price_anew();
  for (int i = 0; i < 5; ++i) use(day("2026-11-01") + std::chrono::days{i * 3}, "priced", 1'000'000);
  EXPECT_EQ(estimated(), 50'000'000'000);
  ASSERT_TRUE(run(prices_.replace(kOwner, "25", "x")));
  EXPECT_EQ(estimated(), 50'000'000'000) << "in the background, not at once";
  const std::uint64_t version = world_.version.now();
  EXPECT_TRUE(run(reprice_step(world_.core(), &world_.shelf, &world_.version)).value());
  EXPECT_EQ(estimated(), 65'000'000'000) << "the newest day first";
  EXPECT_GT(world_.version.now(), version);
  world_.reopen();
  price_anew();
  EXPECT_EQ(estimated(), 125'000'000'000);
  EXPECT_FALSE(run(reprice_step(world_.core(), &world_.shelf, &world_.version)).value());
}

TEST_F(PricesTest, AnotherBuiltInCatalogueAfterAnUpgradePricesAnew) {
  price_anew();
  use(day("2026-11-01"), "priced", 1'000'000);
  Prices upgraded(world_.core(), &world_.shelf, &world_.events, {parse, "40"});
  ASSERT_TRUE(upgraded.prepare());
  price_anew();
  EXPECT_EQ(estimated(), 40'000'000'000);
}

TEST_F(PricesTest, TheListIsSearchedPagedAndInOrder) {
  EXPECT_EQ(prices_.list({}).size(), 2U);
  EXPECT_EQ(prices_.list({}).front().provider, "anthropic");
  EXPECT_EQ(prices_.list({.provider = "openai"}).size(), 1U);
  EXPECT_EQ(prices_.list({.search = "PRIC"}).size(), 2U);
  EXPECT_TRUE(prices_.list({.search = "nothing"}).empty());
  EXPECT_EQ(prices_.list({.offset = 1, .limit = 1}).size(), 1U);
  EXPECT_EQ(prices_.list({.offset = 0, .limit = 1}).size(), 2U) << "one more tells that there is more";
  EXPECT_TRUE(prices_.list({.offset = 9}).empty());
  const PriceLine line = prices_.list({.provider = "openai"}).front();
  EXPECT_EQ(line.input, (Money{Currency{}, 10'000'000'000}));
  EXPECT_EQ(line.cache_read, std::nullopt);
  EXPECT_FALSE(line.tiered);
}

}  // namespace
}  // namespace keyledger::service
