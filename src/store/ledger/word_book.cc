#include "store/ledger/word_book.h"

namespace keyledger::store {
namespace {

struct Named {
  std::string word{};
};
BOOST_DESCRIBE_STRUCT(Named, (), (word))

Result<std::int64_t> look_up_or_add(Transaction& transaction, std::string_view word) {
  static const Query<Single<std::int64_t>> kFind{"SELECT id FROM ledger_words WHERE word = :word"};
  static const Query<Single<std::int64_t>> kAdd{"INSERT INTO ledger_words (word) VALUES (:word) RETURNING id"};
  const Named named{std::string{word}};
  auto found = transaction.one(kFind, named);
  if (found && !*found) found = transaction.one(kAdd, named);
  if (!found) return std::unexpected(found.error());
  return (*found)->value;
}

}  // namespace

Result<std::int64_t> WordBook::number_of(Transaction& transaction, std::string_view word) {
  if (word.empty()) return 0;
  const auto young = young_.find(word);
  if (young != young_.end()) return young->second;
  const auto old = old_.find(word);
  if (old != old_.end()) {
    const std::int64_t number = old->second;
    keep(word, number);
    return number;
  }
  const Result<std::int64_t> number = look_up_or_add(transaction, word);
  if (number) keep(word, *number);
  return number;
}

void WordBook::keep(std::string_view word, std::int64_t number) {
  if (young_.size() >= half_) {
    old_ = std::move(young_);
    young_ = Words{};
  }
  young_.emplace(word, number);
}

void WordBook::forget() {
  young_.clear();
  old_.clear();
}

}  // namespace keyledger::store
