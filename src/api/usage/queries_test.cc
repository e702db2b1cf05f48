#include "api/usage/queries.h"

#include <gtest/gtest.h>

namespace keyledger::api {
namespace {

using service::GroupBy;
using service::UsageKeySort;
using service::UsagePart;

net::Request asking(std::vector<std::pair<std::string, std::string>> query) {
  net::Request request;
  request.query = std::move(query);
  return request;
}

TEST(UsageQueries, WithoutAnythingEverythingIsAskedFor) {
  const Result<service::UsageQuery> query = usage_query(asking({}));
  ASSERT_TRUE(query);
  EXPECT_TRUE(query->group_by.empty() && query->parts.empty());
  const Result<service::UsageKeyQuery> keys = usage_key_query(asking({}));
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->sort, UsageKeySort::cost);
  EXPECT_TRUE(keys->descending);
}

TEST(UsageQueries, ListsOfWordsKeepTheirOrderAndCountEachWordOnce) {
  const Result<service::UsageQuery> query =
      usage_query(asking({{"group_by", "provider,day,provider"}, {"parts", "keys,totals"}}));
  ASSERT_TRUE(query);
  EXPECT_EQ(query->group_by, (std::vector{GroupBy::provider, GroupBy::day}));
  EXPECT_EQ(query->parts, (std::vector{UsagePart::keys, UsagePart::totals}));
}

TEST(UsageQueries, AWordThatThereIsNotIsTold) {
  for (const char* words : {"", "colour", "provider,", ",provider", "provider,colour", "Provider"}) {
    SCOPED_TRACE(words);
    const Result<service::UsageQuery> query = usage_query(asking({{"group_by", words}}));
    ASSERT_FALSE(query);
    EXPECT_EQ(query.error().reason, "unknown_value");
    EXPECT_EQ(query.error().field, "group_by");
  }
}

TEST(UsageQueries, FiguresBeginWithTheLargestAndWordsWithTheFirst) {
  for (const char* sort : {"requests", "tokens", "cost", "cost_per_thousand", "last_used"}) {
    EXPECT_TRUE(usage_key_query(asking({{"sort", sort}}))->descending) << sort;
    EXPECT_FALSE(usage_key_query(asking({{"sort", sort}, {"order", "asc"}}))->descending) << sort;
  }
  for (const char* sort : {"name", "account", "status"}) {
    EXPECT_FALSE(usage_key_query(asking({{"sort", sort}}))->descending) << sort;
    EXPECT_TRUE(usage_key_query(asking({{"sort", sort}, {"order", "desc"}}))->descending) << sort;
  }
}

TEST(UsageQueries, EachFilterOfTheTableIsReadAndChecked) {
  const Result<service::UsageKeyQuery> query = usage_key_query(asking({{"days", "7"},
                                                                       {"account_id", "4"},
                                                                       {"provider", "openai"},
                                                                       {"status", "valid"},
                                                                       {"kind", "held"},
                                                                       {"q", "shop"}}));
  ASSERT_TRUE(query);
  EXPECT_EQ(query->usage.days, 7);
  EXPECT_EQ(query->usage.account_id, AccountId{4});
  EXPECT_EQ(query->usage.provider, "openai");
  EXPECT_EQ(query->status, "valid");
  EXPECT_EQ(query->kind, service::OwnerKind::held);
  EXPECT_EQ(query->search, "shop");
  const std::pair<const char*, const char*> cases[] = {{"kind", "key"},     {"sort", "colour"}, {"order", "up"},
                                                       {"account_id", "0"}, {"days", "0"},      {"from", "today"}};
  for (const auto& [name, value] : cases) EXPECT_FALSE(usage_key_query(asking({{name, value}}))) << name;
  EXPECT_EQ(usage_key_query(asking({{"q", std::string(201, 'x')}})).error().reason, "too_long");
}

}  // namespace
}  // namespace keyledger::api
