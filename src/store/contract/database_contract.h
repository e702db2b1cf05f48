// store/contract/database_contract.h: what every engine behind store/database.h does alike with values and queries.
#pragma once

#include <limits>

#include "store/contract/database_fixture.h"

namespace keyledger::store {

TEST_P(DatabaseContract, EveryKindOfMemberComesBackAsItWent) {
  expect_same_after_storing({.id = {1},
                             .number = -5,
                             .flag = true,
                             .text = "plain",
                             .bytes = {1, 2, 3},
                             .at = from_millis(1'763'754'845'123),
                             .day = Day{std::chrono::days{20'413}},
                             .mood = Mood::lively,
                             .currency = Currency::parse("EUR").value(),
                             .maybe_number = 7,
                             .maybe_text = "there",
                             .maybe_bytes = Bytes{0xff}});
}

TEST_P(DatabaseContract, AnAbsentValueIsNotAnEmptyOne) {
  expect_same_after_storing({.id = {1}});
  expect_same_after_storing({.id = {2}, .maybe_number = 0, .maybe_text = "", .maybe_bytes = Bytes{}});
  EXPECT_FALSE(load(1).maybe_text.has_value());
  EXPECT_TRUE(load(2).maybe_text.has_value());
  EXPECT_TRUE(load(2).maybe_bytes.has_value());
}

TEST_P(DatabaseContract, NumbersKeepAll64Bits) {
  std::int64_t id = 0;
  for (const std::int64_t number : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0},
                                    (std::int64_t{1} << 53) + 1, std::numeric_limits<std::int64_t>::max()}) {
    SCOPED_TRACE(number);
    expect_same_after_storing({.id = {++id}, .number = number, .maybe_number = number});
  }
}

TEST_P(DatabaseContract, TextKeepsEveryCharacter) {
  std::int64_t id = 0;
  for (const std::string text : {"", "Grüße, 世界, 🗝", "a'b\"c;--", "line\nline\r\n", "%_\\", ":name"}) {
    SCOPED_TRACE(text);
    expect_same_after_storing({.id = {++id}, .text = text, .maybe_text = text});
  }
}

TEST_P(DatabaseContract, BytesKeepEveryByteAlsoZeroAndNone) {
  Bytes all(256);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i);
  expect_same_after_storing({.id = {1}, .bytes = all});
  expect_same_after_storing({.id = {2}, .bytes = {0, 0, 0}});
  expect_same_after_storing({.id = {3}, .bytes = {}});
  expect_same_after_storing({.id = {4}, .bytes = Bytes(1'000'000, 0xa5)});
}

TEST_P(DatabaseContract, ANameMayBeUsedTwiceAndAMemberNotAtAll) {
  static const Query<Single<std::string>> kTwice{"SELECT :name || '/' || :name"};
  Transaction transaction(*connection_);
  const auto row = transaction.one(kTwice, Pet{.name = "Rex", .owner_id = 1, .age = 2});
  ASSERT_TRUE(row);
  EXPECT_EQ((*row)->value, "Rex/Rex");
}

TEST_P(DatabaseContract, ANameThatIsNotGivenIsOurBug) {
  static const Query<Single<std::string>> kMissing{"SELECT :nobody"};
  Transaction transaction(*connection_);
  const auto row = transaction.one(kMissing, Named{"Rex"});
  ASSERT_FALSE(row);
  EXPECT_EQ(row.error().code, Code::internal);
  EXPECT_NE(row.error().detail.find(":nobody"), std::string::npos);
}

TEST_P(DatabaseContract, WrongSqlIsOurBugAndTheMessageShowsNoSql) {
  static const Query<void> kWrong{"SELEKT nonsense"};
  Transaction transaction(*connection_);
  const auto done = transaction.change(kWrong);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::internal);
  EXPECT_EQ(done.error().message.find("SELEKT"), std::string::npos);
}

TEST_P(DatabaseContract, ANullReadAsANumberIsAnErrorAndNotZero) {
  static const Query<Single<std::int64_t>> kSum{"SELECT SUM(age) FROM pets"};
  static const Query<Single<std::optional<std::int64_t>>> kMaybe{"SELECT SUM(age) FROM pets"};
  Transaction transaction(*connection_);
  const auto wrong = transaction.one(kSum);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::internal);
  const auto right = transaction.one(kMaybe);
  ASSERT_TRUE(right);
  EXPECT_FALSE((*right)->value.has_value());
}

TEST_P(DatabaseContract, ChangedRowsAreCounted) {
  static const Query<void> kRename{"UPDATE owners SET name = name || '!' WHERE name LIKE :name"};
  static const Query<void> kTable{"CREATE TABLE later (x BIGINT)"};
  for (const char* name : {"Ada", "Alan", "Grace"}) ASSERT_TRUE(add_owner(name));
  Transaction transaction(*connection_);
  EXPECT_EQ(transaction.change(kRename, Named{"A%"}), 2);
  EXPECT_EQ(transaction.change(kRename, Named{"Z%"}), 0);
  EXPECT_EQ(transaction.change(kTable), 0);
}

TEST_P(DatabaseContract, AnIdIsNeverGivenTwice) {
  static const Query<void> kDelete{"DELETE FROM owners"};
  const std::int64_t first = add_owner("Ada").value();
  Transaction transaction(*connection_);
  ASSERT_TRUE(transaction.change(kDelete));
  EXPECT_GT(add_owner("Alan").value(), first);
}

TEST_P(DatabaseContract, ASinkStopsEarlyAndTheQueryRunsAgain) {
  static const Query<Named> kNames{"SELECT name FROM owners ORDER BY id"};
  for (const char* name : {"Ada", "Alan", "Grace"}) ASSERT_TRUE(add_owner(name));
  Transaction transaction(*connection_);
  std::vector<std::string> seen;
  const auto until_two = [&seen](Named row) {
    seen.push_back(row.name);
    return seen.size() < 2;
  };
  ASSERT_TRUE((transaction.each<Named, NoParameters>(kNames, {}, until_two)));
  EXPECT_EQ(seen, (std::vector<std::string>{"Ada", "Alan"}));
  EXPECT_EQ(transaction.all(kNames)->size(), 3u);
  EXPECT_TRUE(add_owner("Edsger"));  // no statement was left open
}

TEST_P(DatabaseContract, AChangeWithRowsIsCompleteAlsoWhenTheSinkStops) {
  static const Query<Named> kRename{"UPDATE owners SET name = name || '!' RETURNING name"};
  static const Query<Single<std::int64_t>> kRenamed{"SELECT COUNT(*) FROM owners WHERE name LIKE '%!'"};
  for (const char* name : {"Ada", "Alan", "Grace"}) ASSERT_TRUE(add_owner(name));
  Transaction transaction(*connection_);
  ASSERT_TRUE(transaction.one(kRename));
  EXPECT_EQ(transaction.one(kRenamed).value()->value, 3);
}

TEST_P(DatabaseContract, ARowCallbackMayRunTheSameQuery) {
  static const Query<Named> kNames{"SELECT name FROM owners ORDER BY id"};
  for (const char* name : {"Ada", "Alan"}) ASSERT_TRUE(add_owner(name));
  Transaction transaction(*connection_);
  std::size_t seen = 0;
  const auto ask_again = [&](Named) {
    seen += transaction.all(kNames)->size();
    return true;
  };
  ASSERT_TRUE((transaction.each<Named, NoParameters>(kNames, {}, ask_again)));
  EXPECT_EQ(seen, 4u);
}

TEST_P(DatabaseContract, WhatACallbackThrowsIsAnInternalError) {
  static const Query<Named> kNames{"SELECT name FROM owners"};
  ASSERT_TRUE(add_owner("Ada"));
  Transaction transaction(*connection_);
  const auto throwing = [](Named) -> bool { throw std::runtime_error("thrown by the test"); };
  const Result<void> done = transaction.each<Named, NoParameters>(kNames, {}, throwing);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::internal);
  EXPECT_EQ(owners(), 1);
}

TEST_P(DatabaseContract, ATextAtAnAddressThatWasUsedBeforeIsItsOwnQuery) {
  Query<Single<std::int64_t>> query{"SELECT 1"};
  Transaction transaction(*connection_);
  EXPECT_EQ(transaction.one(query).value()->value, 1);
  query.sql = "SELECT 2";
  EXPECT_EQ(transaction.one(query).value()->value, 2);
}

TEST_P(DatabaseContract, MoreQueriesThanAreKeptAllWork) {
  std::vector<Query<Single<std::int64_t>>> queries;
  for (int i = 0; i < 600; ++i) queries.push_back({"SELECT " + std::to_string(i)});
  Transaction transaction(*connection_);
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < queries.size(); ++i) {
      ASSERT_EQ(transaction.one(queries[i]).value()->value, static_cast<std::int64_t>(i));
    }
  }
}

}  // namespace keyledger::store
