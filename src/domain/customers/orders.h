// domain/customers/orders.h: what lists of customers and of their keys can be in order of.
#pragma once

#include <boost/describe.hpp>

namespace keyledger::customers {

BOOST_DEFINE_ENUM_CLASS(CustomerSort, name, email, created_at, keys, calls, last_used)
BOOST_DEFINE_ENUM_CLASS(CustomerKeySort, name, customer, created_at, last_used, used_today, expires_at, status)

}  // namespace keyledger::customers
