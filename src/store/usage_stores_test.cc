#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/budget_store.h"
#include "store/contract/temporary_folder.h"
#include "store/price_store.h"
#include "store/reading_store.h"
#include "store/store.h"
#include "store/usage_names.h"
#include "store/usage_report_store.h"
#include "store/usage_rollup_store.h"
#include "store/usage_row_store.h"
#include "store/usage_source_store.h"

namespace keyledger::store {
namespace {

using std::chrono::days;
using usage::Width;

const Day kDay = parse_day("2026-11-21").value();
const Instant kNow = Instant{kDay} + std::chrono::hours{12};

usage::UsageRow row_of(std::string model, std::int64_t input, Day when = kDay) {
  usage::UsageRow row;
  row.start = Instant{when};
  row.dataset = "completions";
  row.remote_key = "key_a";
  row.model = std::move(model);
  row.counts.requests = 1;
  row.counts.input_tokens = input;
  return row;
}

class UsageStores : public ::testing::Test {
 protected:
  /// Runs `work` as one mutation.
  template <typename T>
  Result<T> write(std::move_only_function<Result<T>(Transaction&)> work) {
    return store_->writer().run_blocking<T>(std::move(work));
  }
  Result<bool> replace(std::vector<usage::UsageRow> rows, std::vector<usage::CostRow> costs = {},
                       std::vector<std::string> datasets = {"completions", "costs"}, Day from = kDay,
                       Day to = kDay + days{1}) {
    return write<bool>([&](Transaction& transaction) -> Result<bool> {
      const auto source = UsageSourceStore::find_or_add(transaction, "openai", "org", kNow);
      return UsageRowStore::replace(transaction,
                                    {.source = source->id,
                                     .provider = "openai",
                                     .from = Instant{from},
                                     .to = Instant{to},
                                     .datasets = std::move(datasets),
                                     .usage = std::move(rows),
                                     .costs = std::move(costs)},
                                    prices_);
    });
  }
  std::int64_t number(const std::string& sql) {
    const Query<Single<std::optional<std::int64_t>>> query{sql};
    return write<std::int64_t>([&](Transaction& transaction) -> Result<std::int64_t> {
             return transaction.one(query).value()->value.value_or(0);
           })
        .value();
  }

  TemporaryFolder folder_{};
  std::unique_ptr<Store> store_ = Store::open(folder_ / "a.db").value();
  usage::PriceBook prices_{usage::PriceCatalogue{}};
};

TEST_F(UsageStores, RowsForTheSameThingAreAddedUp) {
  usage::UsageRow unknown = row_of("m", 5);
  unknown.counts.requests.reset();
  ASSERT_TRUE(replace({row_of("m", 10), row_of("m", 20), row_of("n", 1), unknown}).value());
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage_days"), 2);
  EXPECT_EQ(number("SELECT MAX(input_tokens) FROM usage_days"), 35);
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage_days WHERE requests IS NULL"), 1) << "one part is not known";
}

TEST_F(UsageStores, ReplacingLeavesOtherDatasetsAndDaysAlone) {
  usage::UsageRow embeddings = row_of("e", 3);
  embeddings.dataset = "embeddings";
  ASSERT_TRUE(replace({row_of("m", 10), embeddings, row_of("m", 7, kDay - days{1})}, {}, {"completions", "embeddings"},
                      kDay - days{1}));
  ASSERT_TRUE(replace({}, {}, {"completions"}).value());
  EXPECT_EQ(number("SELECT SUM(input_tokens) FROM usage_days"), 10);
  EXPECT_EQ(number("SELECT SUM(input_tokens) FROM usage_rollups WHERE breakdown = 0"), 10);
}

TEST_F(UsageStores, TheSameRowsAgainChangeNothing) {
  const usage::CostRow cost{.day = kDay, .dataset = "costs", .amount = {1, 5}};
  EXPECT_TRUE(replace({row_of("m", 10)}, {cost}).value());
  EXPECT_FALSE(replace({row_of("m", 10)}, {cost}).value());
  EXPECT_TRUE(replace({row_of("m", 10)}, {}).value());
}

TEST_F(UsageStores, AKeyIsLastUsedOnTheLatestDayAlsoWhenOlderOnesComeLater) {
  ASSERT_TRUE(replace({row_of("m", 10)}));
  ASSERT_TRUE(replace({row_of("m", 10, kDay - days{5})}, {}, {"completions"}, kDay - days{5}, kDay - days{4}));
  EXPECT_EQ(number("SELECT last_used_day FROM usage_keys"), kDay.time_since_epoch().count());
}

TEST_F(UsageStores, NamesFromOutsideAreCutAtTheEndOfACharacter) {
  EXPECT_EQ(cut_text("abc", 3), "abc");
  EXPECT_EQ(cut_text("abcd", 3), "abc");
  EXPECT_EQ(cut_text("ab\xc3\xa9", 3), "ab");
  EXPECT_EQ(cut_text("ab\xc3\xa9", 4), "ab\xc3\xa9");
  ASSERT_TRUE(replace({row_of(std::string(500, 'x'), 1)}));
  EXPECT_EQ(number("SELECT MAX(LENGTH(word)) FROM usage_words"), 200);
}

TEST_F(UsageStores, TextsThatCannotBeReadAsSqlAreStoredAsTheyAre) {
  ASSERT_TRUE(replace({row_of("'; DROP TABLE usage_days; --", 4)}));
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage_words WHERE word LIKE '%DROP%'"), 1);
  EXPECT_EQ(number("SELECT SUM(input_tokens) FROM usage_days"), 4);
}

TEST_F(UsageStores, ASelectionIsExactlyWhatWasChosen) {
  ASSERT_TRUE(replace({row_of("m", 10)}));
  const auto total = [&](const UsageSelection& selection) {
    return write<std::int64_t>([&](Transaction& transaction) -> Result<std::int64_t> {
             const auto sums = UsageReportStore::counts_by_bucket(transaction, {0, 1'000'000}, selection).value();
             std::int64_t tokens = 0;
             for (const usage::CountSum& sum : sums) tokens += sum.tally.input_tokens;
             return tokens;
           })
        .value();
  };
  const std::int64_t key = number("SELECT id FROM usage_keys");
  using Chosen = std::vector<std::pair<usage::SourceId, std::int64_t>>;
  EXPECT_EQ(total({}), 10);
  EXPECT_EQ(total(UsageSelection(Chosen{})), 0);
  EXPECT_EQ(total(UsageSelection(Chosen{{usage::SourceId{1}, key}})), 10);
  EXPECT_EQ(total(UsageSelection(Chosen{{usage::SourceId{1}, key + 10}})), 0);
  EXPECT_EQ(total(UsageSelection(Chosen{{usage::SourceId{11}, key}})), 0);
}

TEST_F(UsageStores, TheLastReadingOfEachDayStays) {
  const usage::Reading first{.name = "balance", .unit = "USD", .money_remaining = Money{Currency{}, 5}};
  const usage::Reading second{.name = "balance",
                              .unit = "USD",
                              .used = 1,
                              .limit = 9,
                              .unlimited = true,
                              .money_remaining = Money{Currency{}, 4},
                              .money_used = Money{Currency{}, 6},
                              .resets_at = kNow};
  const auto stored = write<std::vector<ReadingStore::Stored>>([&](Transaction& transaction) {
    EXPECT_TRUE(ReadingStore::put(transaction, ProviderKeyId{1}, {first}, kNow - days{1}));
    EXPECT_TRUE(ReadingStore::put(transaction, ProviderKeyId{1}, {first}, kNow));
    EXPECT_TRUE(ReadingStore::put(transaction, ProviderKeyId{1}, {second}, kNow));
    EXPECT_EQ(ReadingStore::history(transaction, ProviderKeyId{1}, kDay - days{9})->size(), 2U);
    EXPECT_EQ(ReadingStore::history(transaction, ProviderKeyId{1}, kDay)->size(), 1U);
    EXPECT_TRUE(ReadingStore::latest(transaction, ProviderKeyId{2})->empty());
    return ReadingStore::latest(transaction);
  });
  ASSERT_EQ(stored->size(), 1U);
  const usage::Reading& read = stored->front().reading;
  EXPECT_EQ(read.money_remaining, second.money_remaining);
  EXPECT_EQ(read.money_used, second.money_used);
  EXPECT_EQ(read.used, 1);
  EXPECT_EQ(read.limit, 9);
  EXPECT_TRUE(read.unlimited);
  EXPECT_EQ(read.resets_at, kNow);
}

TEST_F(UsageStores, BudgetsOfWhatIsDeletedGoWithIt) {
  const auto left = write<std::size_t>([&](Transaction& transaction) -> Result<std::size_t> {
    const usage::Budget budget{.scope = usage::BudgetScope::key, .key_id = ProviderKeyId{4}, .amount = {Currency{}, 1}};
    const Result<BudgetId> id = BudgetStore::insert(transaction, budget);
    EXPECT_TRUE(BudgetStore::add_notice(transaction, {.budget_id = *id, .month = "2026-11", .level = 80}).value());
    EXPECT_FALSE(BudgetStore::add_notice(transaction, {.budget_id = *id, .month = "2026-11", .level = 80}).value());
    EXPECT_TRUE(BudgetStore::insert(transaction, {.amount = {Currency{}, 1}}));
    EXPECT_TRUE(BudgetStore::remove_for(transaction, usage::BudgetScope::key, 4));
    return BudgetStore::list(transaction)->size();
  });
  EXPECT_EQ(left, 1U);
}

TEST_F(UsageStores, OneBudgetTooManyIsRefused) {
  const auto refused = write<std::string>([&](Transaction& transaction) -> Result<std::string> {
    for (std::int64_t i = 0; i < BudgetStore::kBudgetsMax; ++i) {
      EXPECT_TRUE(BudgetStore::insert(
          transaction, {.scope = usage::BudgetScope::key, .key_id = ProviderKeyId{i + 1}, .amount = {Currency{}, 1}}));
    }
    return BudgetStore::insert(transaction, {.amount = {Currency{}, 1}}).error().reason;
  });
  EXPECT_EQ(refused, "too_many_budgets");
}

TEST_F(UsageStores, OnlyTheNewestCataloguesAreKept) {
  const auto version = write<std::string>([&](Transaction& transaction) -> Result<std::string> {
    for (int i = 0; i < 8; ++i) {
      EXPECT_TRUE(PriceStore::put(transaction, {.version = std::to_string(i), .document = "d", .loaded_at = kNow}));
    }
    return PriceStore::current(transaction).value()->version;
  });
  EXPECT_EQ(version, "7");
  EXPECT_EQ(number("SELECT COUNT(*) FROM price_catalogues"), PriceStore::kCataloguesKept);
}

TEST_F(UsageStores, ForgettingAKeyLeavesItsHistory) {
  ASSERT_TRUE(replace({row_of("m", 10)}));
  const auto done = write<bool>([&](Transaction& transaction) -> Result<bool> {
    EXPECT_TRUE(UsageSourceStore::put_reader(transaction, {ProviderKeyId{1}, usage::SourceId{1}, false, {}}));
    EXPECT_TRUE(UsageSourceStore::put_findings(transaction, ProviderKeyId{1}, "fetch", {{.code = "x"}}, kNow));
    EXPECT_TRUE(UsageSourceStore::forget_key(transaction, ProviderKeyId{1}));
    EXPECT_TRUE(UsageSourceStore::readers(transaction)->empty());
    EXPECT_TRUE(UsageSourceStore::findings(transaction)->empty());
    return true;
  });
  ASSERT_TRUE(done);
  EXPECT_EQ(number("SELECT COUNT(*) FROM usage_days"), 1);
}

}  // namespace
}  // namespace keyledger::store
