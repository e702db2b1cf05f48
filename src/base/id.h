// base/id.h: numbers that name a row, each kind a type of its own, so that a key's id is never taken for an account's.
#pragma once

#include <compare>
#include <cstdint>

namespace keyledger {

template <typename Tag>
struct Id {
  std::int64_t value = 0;
  auto operator<=>(const Id&) const = default;
};

using AccountId = Id<struct AccountTag>;
using ProviderKeyId = Id<struct ProviderKeyTag>;
using AdminTokenId = Id<struct AdminTokenTag>;
using SessionId = Id<struct SessionTag>;
using BudgetId = Id<struct BudgetTag>;
using CustomerId = Id<struct CustomerTag>;
using CustomerKeyId = Id<struct CustomerKeyTag>;
using UsageEventId = Id<struct UsageEventTag>;
using WebsiteId = Id<struct WebsiteTag>;
using RentalAccountId = Id<struct RentalAccountTag>;
using RentalId = Id<struct RentalTag>;

}  // namespace keyledger
