// domain/keys/orders.h: what lists of held keys and of their accounts can be in order of.
#pragma once

#include <boost/describe.hpp>

namespace keyledger::keys {

BOOST_DEFINE_ENUM_CLASS(AccountSort, name, email, organization_name, key_count, cost, created_at)
BOOST_DEFINE_ENUM_CLASS(KeySort, name, provider, key_type, account, status, last_test, created_at)

}  // namespace keyledger::keys
