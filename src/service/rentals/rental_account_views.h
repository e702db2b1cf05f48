// service/rentals/rental_account_views.h: shared accounts as the administrative side shows them.
#pragma once

#include "service/rentals/rental_accounts.h"

namespace keyledger::service {

/// Errors: not_found, reason unknown_rental_account.
[[nodiscard]] Result<RentalAccountView> view_account(store::Transaction& transaction, RentalAccountId id, Instant now);

/// Errors: not_found, reason unknown_website, field website; the message names those that there are.
[[nodiscard]] Result<rentals::Website> website_named(store::Transaction& transaction, const std::string& name);

}  // namespace keyledger::service
