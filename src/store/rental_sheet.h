// store/rental_sheet.h: what reports look at of a rental, and how a thousand of them lie in a few bytes each.
//
// A sheet has a column for each member, every value of which takes as few bytes as the column's largest needs, above
// the column's smallest. So reading one is a load and an addition, and nothing is looked up.
#pragma once

#include <span>
#include <vector>

#include "store/database.h"

namespace keyledger::store {

struct RentalFact {
  RentalAccountId rental_account_id{};
  WebsiteId website_id{};
  CustomerId customer_id{};
  Instant rented_at{};
  Instant until{};    // when it ended; while it is open, when it will at the latest
  bool open = false;  // never on a sheet
  bool operator==(const RentalFact&) const = default;
};

/// Any number of facts, none of them open, in an order that stays.
[[nodiscard]] Bytes pack_facts(std::span<const RentalFact> facts);

/// Puts them into `facts`, in place of what is there. Errors: internal for bytes that `pack_facts` did not make.
[[nodiscard]] Result<void> unpack_facts(std::span<const std::uint8_t> sheet, std::vector<RentalFact>& facts);

}  // namespace keyledger::store
