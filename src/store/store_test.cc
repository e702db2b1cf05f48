#include "store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>

#include "store/contract/temporary_folder.h"

namespace keyledger::store {
namespace {

struct Setting {
  std::string name{};
  std::string value{};
};
BOOST_DESCRIBE_STRUCT(Setting, (), (name, value))

const Query<void> kInsert{"INSERT INTO settings (name, value) VALUES (:name, :value)"};
const Query<Single<std::int64_t>> kCount{"SELECT COUNT(*) FROM settings"};

Result<std::int64_t> add(Store& store, std::string name) {
  return store.writer().run_blocking<std::int64_t>([name](Transaction& transaction) {
    return transaction.change(kInsert, Setting{name, "x"});
  });
}

Result<std::int64_t> count(Transaction& transaction) {
  const auto row = transaction.one(kCount);
  if (!row) return std::unexpected(row.error());
  return (*row)->value;
}

TEST(Store, WhatWasWrittenIsReadAndStillThereAfterReopening) {
  const TemporaryFolder folder;
  {
    const std::unique_ptr<Store> store = Store::open(folder / "a.db").value();
    ASSERT_TRUE(add(*store, "one"));
    EXPECT_EQ(store->readers().run_blocking<std::int64_t>(count), 1);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "a.db-wal"));  // an orderly end leaves one file
  const std::unique_ptr<Store> store = Store::open(folder / "a.db").value();
  EXPECT_EQ(store->readers().run_blocking<std::int64_t>(count), 1);
}

TEST(Store, AFileThatIsNoDatabaseIsRefused) {
  const TemporaryFolder folder;
  std::ofstream(folder / "a.db") << std::string(8'192, 'x');
  const auto store = Store::open(folder / "a.db");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().reason, "not_a_database");
}

TEST(Readers, AllStatementsOfAQuerySeeOneState) {
  const TemporaryFolder folder;
  const std::unique_ptr<Store> store = Store::open(folder / "a.db").value();
  const auto before_and_after = [&store](Transaction& transaction) -> Result<std::pair<std::int64_t, std::int64_t>> {
    const Result<std::int64_t> before = count(transaction);
    EXPECT_TRUE(add(*store, "in between"));
    const Result<std::int64_t> after = count(transaction);
    return std::pair{before.value(), after.value()};
  };
  const auto seen = store->readers().run_blocking<std::pair<std::int64_t, std::int64_t>>(before_and_after);
  EXPECT_EQ(seen, (std::pair<std::int64_t, std::int64_t>{0, 0}));
  EXPECT_EQ(store->readers().run_blocking<std::int64_t>(count), 1);
}

TEST(Readers, AQueryCannotChangeAnything) {
  const TemporaryFolder folder;
  const std::unique_ptr<Store> store = Store::open(folder / "a.db").value();
  const auto done = store->readers().run_blocking<std::int64_t>([](Transaction& transaction) {
    return transaction.change(kInsert, Setting{"a", "b"});
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::internal);
}

TEST(Readers, WhatAQueryThrowsIsAnInternalErrorAndTheNextOneWorks) {
  const TemporaryFolder folder;
  const std::unique_ptr<Store> store = Store::open(folder / "a.db", 1).value();
  const auto done = store->readers().run_blocking<std::int64_t>(
      [](Transaction&) -> Result<std::int64_t> { throw std::runtime_error("thrown by the test"); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::internal);
  EXPECT_EQ(store->readers().run_blocking<std::int64_t>(count), 0);
}

TEST(Readers, AFullQueueRefuses) {
  const TemporaryFolder folder;
  const std::unique_ptr<Store> store = Store::open(folder / "a.db").value();
  Readers readers([file = folder / "a.db"] { return open_sqlite({.file = file, .read_only = true}); }, 1, 0);
  const auto refused = readers.run_blocking<std::int64_t>(count);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::unavailable);
  EXPECT_EQ(refused.error().reason, "overloaded");
}

TEST(Readers, QueriesRunBesideEachOtherAndBesideTheWriter) {
  const TemporaryFolder folder;
  const std::unique_ptr<Store> store = Store::open(folder / "a.db", 2).value();
  std::promise<void> inside;
  std::promise<void> release;
  std::thread slow([&] {
    const auto wait = [&](Transaction& transaction) {
      inside.set_value();
      release.get_future().wait();
      return count(transaction);
    };
    EXPECT_TRUE(store->readers().run_blocking<std::int64_t>(wait));
  });
  inside.get_future().wait();
  EXPECT_TRUE(add(*store, "one"));
  EXPECT_EQ(store->readers().run_blocking<std::int64_t>(count), 1);
  release.set_value();
  slow.join();
}

}  // namespace
}  // namespace keyledger::store
