// domain/rentals/orders.h: what lists of websites, of their accounts and of rentals can be in order of.
#pragma once

#include <boost/describe.hpp>

namespace keyledger::rentals {

BOOST_DEFINE_ENUM_CLASS(WebsiteSort, name, validity_hours, accounts, free)
BOOST_DEFINE_ENUM_CLASS(RentalAccountSort, website, username, status, last_reset, rested_since)
BOOST_DEFINE_ENUM_CLASS(RentalSort, rented_at, expires_at, website, customer)

}  // namespace keyledger::rentals
