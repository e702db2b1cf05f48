// store/contract/bulk_contract.h: what every engine behind store/database.h does alike with many rows at once.
#pragma once

#include "store/contract/database_fixture.h"

namespace keyledger::store {

inline const BulkInsert kBulkInsert{.into = "INSERT INTO counts (id, amount, bytes)", .columns = 3};
inline const BulkInsert kBulkAdd{.into = "INSERT INTO counts (id, amount, bytes)",
                                 .columns = 3,
                                 .conflict = "ON CONFLICT (id) DO UPDATE SET amount = counts.amount + excluded.amount"};

struct Count {
  std::int64_t id = 0, amount = 0;
  Bytes bytes{};
  bool operator==(const Count&) const = default;
};
BOOST_DESCRIBE_STRUCT(Count, (), (id, amount, bytes))

inline std::vector<RawValue> rows_of(std::int64_t first, std::int64_t count, std::span<const std::uint8_t> bytes) {
  std::vector<RawValue> values;
  for (std::int64_t id = first; id < first + count; ++id) values.insert(values.end(), {id, 10 * id, bytes});
  return values;
}

class BulkContract : public DatabaseContract {
 protected:
  void SetUp() override {
    DatabaseContract::SetUp();
    ASSERT_TRUE(engine_->create("CREATE TABLE counts (id $GIVEN_ID, amount BIGINT NOT NULL, bytes $BYTES NOT NULL);"));
  }
  std::vector<Count> counts() {
    static const Query<Count> kAll{"SELECT id, amount, bytes FROM counts ORDER BY id"};
    Transaction transaction(*connection_);
    return transaction.all(kAll).value();
  }
};

TEST_P(BulkContract, AnyNumberOfRowsComesBack) {
  const Bytes bytes{0, 1, 0xff};
  std::int64_t next = 1;
  for (const std::int64_t rows : {0, 1, 2, 15, 16, 17, 31, 32, 33, 100}) {
    SCOPED_TRACE(rows);
    ASSERT_TRUE(connection_->insert_rows(kBulkInsert, rows_of(next, rows, bytes)));
    next += rows;
  }
  const std::vector<Count> found = counts();
  ASSERT_EQ(static_cast<std::int64_t>(found.size()), next - 1);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto id = static_cast<std::int64_t>(i) + 1;
    EXPECT_EQ(found[i], (Count{id, 10 * id, bytes}));
  }
}

TEST_P(BulkContract, NoBytesAreBytesToo) {
  ASSERT_TRUE(connection_->insert_rows(kBulkInsert, rows_of(1, 1, {})));
  EXPECT_EQ(counts().at(0).bytes, Bytes{});
}

TEST_P(BulkContract, AConflictMayBecomeAnUpdate) {
  const Bytes bytes{7};
  for (int round = 0; round < 3; ++round) ASSERT_TRUE(connection_->insert_rows(kBulkAdd, rows_of(1, 20, bytes)));
  EXPECT_EQ(counts().size(), 20u);
  EXPECT_EQ(counts().at(4).amount, 150);
}

TEST_P(BulkContract, ADuplicateIsRefusedAndTheTransactionCanEnd) {
  ASSERT_TRUE(connection_->begin(Access::write));
  ASSERT_TRUE(connection_->insert_rows(kBulkInsert, rows_of(1, 20, {})));
  const Result<void> again = connection_->insert_rows(kBulkInsert, rows_of(19, 20, {}));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::conflict);
  EXPECT_EQ(again.error().reason, "constraint_violated");
  ASSERT_TRUE(connection_->rollback());
  EXPECT_TRUE(counts().empty());
  ASSERT_TRUE(connection_->insert_rows(kBulkInsert, rows_of(1, 20, {})));
}

TEST_P(BulkContract, AReaderIsRefused) {
  const auto reader = engine_->reading()().value();
  EXPECT_FALSE(reader->insert_rows(kBulkInsert, rows_of(1, 1, {})));
}

}  // namespace keyledger::store
