#include "store/ledger/word_book.h"

#include <gtest/gtest.h>

#include "store/contract/engine.h"

namespace keyledger::store {
namespace {

class WordBookTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(engine_->migrate());
    connection_ = engine_->writing()().value();
  }
  std::int64_t number_of(WordBook& book, std::string_view word) {
    Transaction transaction(*connection_);
    return book.number_of(transaction, word).value();
  }
  std::int64_t stored() {
    static const Query<Single<std::int64_t>> kCount{"SELECT COUNT(*) FROM ledger_words"};
    return Transaction(*connection_).one(kCount).value()->value;
  }

  std::unique_ptr<Engine> engine_ = make_sqlite_engine();
  std::unique_ptr<Connection> connection_{};
};

TEST_F(WordBookTest, AWordHasOneNumberForEver) {
  WordBook book(10);
  const std::int64_t rent = number_of(book, "rent");
  EXPECT_GT(rent, 0);
  EXPECT_NE(number_of(book, "return"), rent);
  EXPECT_EQ(number_of(book, "rent"), rent);
  book.forget();
  EXPECT_EQ(number_of(book, "rent"), rent);
  WordBook other(10);
  EXPECT_EQ(number_of(other, "rent"), rent);
  EXPECT_EQ(stored(), 2);
}

TEST_F(WordBookTest, NoTextIsZeroAndNotStored) {
  WordBook book(10);
  EXPECT_EQ(number_of(book, ""), 0);
  EXPECT_EQ(stored(), 0);
}

TEST_F(WordBookTest, MemoryHoldsAtMostSoManyWordsAndTheNumbersStay) {
  WordBook book(8);
  std::vector<std::int64_t> numbers;
  for (int i = 0; i < 100; ++i) {
    numbers.push_back(number_of(book, "word " + std::to_string(i)));
    EXPECT_LE(book.size(), 8u);
  }
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(number_of(book, "word " + std::to_string(i)), numbers[static_cast<std::size_t>(i)]);
    EXPECT_LE(book.size(), 8u);
  }
  EXPECT_EQ(stored(), 100);
}

TEST_F(WordBookTest, AMemoryOfOneWordWorks) {
  WordBook book(1);
  const std::int64_t first = number_of(book, "a");
  EXPECT_NE(number_of(book, "b"), first);
  EXPECT_EQ(number_of(book, "a"), first);
}

}  // namespace
}  // namespace keyledger::store
