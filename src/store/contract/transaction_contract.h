// store/contract/transaction_contract.h: what every engine behind store/database.h refuses, undoes and isolates alike.
#pragma once

#include "store/contract/database_fixture.h"

namespace keyledger::store {

TEST_P(DatabaseContract, ADuplicateNamesTheColumn) {
  ASSERT_TRUE(add_owner("Ada"));
  const auto again = add_owner("Ada");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::conflict);
  EXPECT_EQ(again.error().reason, "constraint_violated");
  EXPECT_EQ(again.error().detail, "owners.name");
}

TEST_P(DatabaseContract, ADuplicateOfSeveralColumnsNamesThemAll) {
  const std::int64_t owner = add_owner("Ada").value();
  ASSERT_TRUE(add_pet({.name = "Rex", .owner_id = owner}));
  const auto again = add_pet({.name = "Rex", .owner_id = owner});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().detail, "pets.owner_id, pets.name");
}

TEST_P(DatabaseContract, AReferenceToNothingIsRefusedAlsoWithReturning) {
  const auto stray = add_pet({.name = "Rex", .owner_id = 4711});
  ASSERT_FALSE(stray);
  EXPECT_EQ(stray.error().code, Code::conflict);
  EXPECT_EQ(stray.error().reason, "constraint_violated");
  EXPECT_EQ(stray.error().detail, "foreign_key");
}

TEST_P(DatabaseContract, ARowThatIsReferredToStays) {
  static const Query<void> kDelete{"DELETE FROM owners"};
  ASSERT_TRUE(add_pet({.name = "Rex", .owner_id = add_owner("Ada").value()}));
  Transaction transaction(*connection_);
  const auto done = transaction.change(kDelete);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().detail, "foreign_key");
  EXPECT_EQ(owners(), 1);
}

TEST_P(DatabaseContract, AFailedCheckNamesTheConstraint) {
  const auto unborn = add_pet({.name = "Rex", .owner_id = add_owner("Ada").value(), .age = -1});
  ASSERT_FALSE(unborn);
  EXPECT_EQ(unborn.error().code, Code::conflict);
  EXPECT_EQ(unborn.error().detail, "age_is_possible");
}

TEST_P(DatabaseContract, AMissingValueNamesTheColumn) {
  static const Query<void> kInsert{"INSERT INTO owners (name) VALUES (NULL)"};
  Transaction transaction(*connection_);
  const auto done = transaction.change(kInsert);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::conflict);
  EXPECT_EQ(done.error().detail, "owners.name");
}

TEST_P(DatabaseContract, ARollbackLeavesNoTraceAndACommitStays) {
  ASSERT_TRUE(connection_->begin(Access::write));
  ASSERT_TRUE(add_owner("Ada"));
  ASSERT_TRUE(connection_->rollback());
  EXPECT_EQ(owners(), 0);
  ASSERT_TRUE(connection_->begin(Access::write));
  ASSERT_TRUE(add_owner("Ada"));
  ASSERT_TRUE(connection_->commit());
  EXPECT_EQ(owners(), 1);
  EXPECT_TRUE(connection_->rollback());  // fine without a transaction
}

TEST_P(DatabaseContract, ASavepointIsUndoneAlone) {
  ASSERT_TRUE(connection_->begin(Access::write));
  for (const char* name : {"Ada", "wrong", "Grace"}) {
    ASSERT_TRUE(connection_->savepoint());
    ASSERT_TRUE(add_owner(name));
    const bool keep = std::string_view(name) != "wrong";
    ASSERT_TRUE(keep ? connection_->release_savepoint() : connection_->rollback_to_savepoint());
  }
  ASSERT_TRUE(connection_->commit());
  EXPECT_EQ(owners(), 2);
}

TEST_P(DatabaseContract, AFailedStatementLeavesTheTransactionUsable) {
  ASSERT_TRUE(connection_->begin(Access::write));
  ASSERT_TRUE(connection_->savepoint());
  ASSERT_TRUE(add_owner("Ada"));
  EXPECT_FALSE(add_owner("Ada"));
  ASSERT_TRUE(connection_->rollback_to_savepoint());
  ASSERT_TRUE(add_owner("Grace"));
  ASSERT_TRUE(connection_->commit());
  EXPECT_EQ(owners(), 1);
}

TEST_P(DatabaseContract, AReaderSeesOneStateAllAlong) {
  const std::unique_ptr<Connection> reader = engine_->reading()().value();
  ASSERT_TRUE(add_owner("Ada"));
  ASSERT_TRUE(reader->begin(Access::read));
  EXPECT_EQ(count_owners(*reader), 1);
  ASSERT_TRUE(add_owner("Alan"));
  EXPECT_EQ(count_owners(*reader), 1);
  ASSERT_TRUE(reader->rollback());
  ASSERT_TRUE(reader->begin(Access::read));
  EXPECT_EQ(count_owners(*reader), 2);
}

TEST_P(DatabaseContract, AReaderSeesNothingThatIsNotCommitted) {
  const std::unique_ptr<Connection> reader = engine_->reading()().value();
  ASSERT_TRUE(connection_->begin(Access::write));
  ASSERT_TRUE(add_owner("Ada"));
  EXPECT_EQ(count_owners(*reader), 0);
  ASSERT_TRUE(connection_->commit());
  EXPECT_EQ(count_owners(*reader), 1);
}

TEST_P(DatabaseContract, AReaderCannotChangeAnything) {
  static const Query<void> kInsert{"INSERT INTO owners (name) VALUES (:name)"};
  const std::unique_ptr<Connection> reader = engine_->reading()().value();
  Transaction transaction(*reader);
  const auto done = transaction.change(kInsert, Named{"Ada"});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::internal);
  EXPECT_EQ(owners(), 0);
}

TEST_P(DatabaseContract, ASoundDatabaseIsVerified) {
  ASSERT_TRUE(add_owner("Ada"));
  EXPECT_TRUE(connection_->verify());
}

}  // namespace keyledger::store
