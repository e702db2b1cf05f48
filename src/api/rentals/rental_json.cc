#include "api/rentals/rental_json.h"

namespace keyledger::service {

void write(json::Writer& out, const RentalView& rental) {
  out.begin_object();
  json::write_members(out, rental);
  out.name("customer_info");
  if (rental.customer_info.empty()) {
    out.null();
  } else {
    out.raw(rental.customer_info);  // checked when it was stored
  }
  out.end_object();
}

void write(json::Writer& out, const RentalAccountView& account) {
  out.begin_object();
  json::write_members(out, account);
  out.name("rental");
  if (account.rental) {
    write(out, *account.rental);
  } else {
    out.null();
  }
  out.end_object();
}

void write(json::Writer& out, const RentalAccountHistory& history) {
  out.begin_object();
  out.name("rentals").begin_array();
  for (const RentalView& rental : history.rentals) write(out, rental);
  out.end_array();
  out.name("passwords");
  json::write(out, history.passwords);
  out.end_object();
}

}  // namespace keyledger::service
