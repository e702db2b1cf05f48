// store/rental_sheet_store.h: every rental of a time, by the million; most of them from sheets of 1,024.
//
// What is on no sheet is read from the rentals themselves: the open ones, those of numbers that are not full yet, and
// those of sheets that went because one of their rentals ended. `unpacked` and `pack`, once a minute, keep that short.
#pragma once

#include <functional>

#include "store/rental_sheet.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction.
class RentalSheetStore {
 public:
  static constexpr std::int64_t kIds = 1'024;  // of a sheet: those that its number begins with when divided by this
  /// A sheet that would soon go again is not worth its while.
  static constexpr std::int64_t kOpenMax = kIds / 16;

  using Sink = std::function<void(const RentalFact&)>;
  /// Those with rented_at in [from, to), in any order. Errors: internal for a damaged sheet.
  [[nodiscard]] static Result<void> each(Transaction& transaction, Instant from, Instant to, const Sink& sink);

  /// The same of one key, which are few among all: by way of the index over its time.
  [[nodiscard]] static Result<void> each_of_key(Transaction& transaction, CustomerKeyId key, Instant from, Instant to,
                                                const Sink& sink);

  /// The numbers whose ids are all given away, of which few rentals are open, and which have no sheet.
  [[nodiscard]] static Result<std::vector<std::int64_t>> unpacked(Transaction& transaction);
  /// Makes the sheets of these numbers.
  [[nodiscard]] static Result<void> pack(Transaction& transaction, std::span<const std::int64_t> numbers);
  /// A rental has ended: the sheet of its number, if there is one, lacks it from here on.
  [[nodiscard]] static Result<void> drop(Transaction& transaction, RentalId ended);
};

}  // namespace keyledger::store
