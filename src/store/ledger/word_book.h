// store/ledger/word_book.h: the numbers of words. Those in use are kept in memory, a bounded number of them.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/hash/hash.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "store/database.h"

namespace keyledger::store {

/// Belongs to the writer's thread.
class WordBook {
 public:
  explicit WordBook(std::size_t max) : half_(std::max<std::size_t>(max / 2, 1)) {}

  /// The number of a word, which it is given at its first use; 0 for no text.
  [[nodiscard]] Result<std::int64_t> number_of(Transaction& transaction, std::string_view word);
  /// Forgets what is in memory; the database knows.
  void forget();
  [[nodiscard]] std::size_t size() const { return young_.size() + old_.size(); }

 private:
  struct Text {  // Debian's Abseil has a string_view of its own, and its hash does not take ours
    std::string_view text;
    template <typename H>
    friend H AbslHashValue(H hash, const Text& word) {
      return H::combine_contiguous(std::move(hash), word.text.data(), word.text.size());
    }
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view word) const { return absl::Hash<Text>{}(Text{word}); }
  };
  using Words = absl::flat_hash_map<std::string, std::int64_t, Hash, std::equal_to<>>;

  void keep(std::string_view word, std::int64_t number);

  const std::size_t half_;
  Words young_{}, old_{};  // when the young fill up, they become the old, and the old of before are forgotten
};

}  // namespace keyledger::store
