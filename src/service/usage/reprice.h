// service/usage/reprice.h: the mark that estimates have to be made anew.
#pragma once

#include <string>

#include "store/price_store.h"

namespace keyledger::service {

inline const std::string kRepriceDays = "reprice_days";
inline const std::string kRepriceHours = "reprice_hours";
inline const std::string kPricedWith = "priced_with";  // the version of the catalogue; for noticing another one
inline constexpr std::int64_t kNothingToReprice = -1;

/// Asks for all estimates to be made anew, newest first.
[[nodiscard]] Result<void> ask_for_repricing(store::Transaction& transaction, const std::string& version);

}  // namespace keyledger::service
