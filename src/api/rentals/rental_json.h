// api/rentals/rental_json.h: rentals and their accounts as JSON.
#pragma once

#include "json/write.h"
#include "service/rentals/rental_accounts.h"

// Beside the views, so that json::write finds these before what it does with any described struct.
namespace keyledger::service {

/// The members of the view, and what the customer sent, as it came.
void write(json::Writer& out, const RentalView& rental);
void write(json::Writer& out, const RentalAccountView& account);
void write(json::Writer& out, const RentalAccountHistory& history);

}  // namespace keyledger::service
