// domain/customers/records.h: customers and the keys that they are handed.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/instant.h"

namespace keyledger::customers {

struct Customer {
  CustomerId id{};
  std::string name{}, email{}, notes{};
  std::string timezone{};  // empty: the installation's
  std::optional<Instant> suspended_at{};
  std::int64_t key_count = 0;
  Instant created_at{}, updated_at{};
};
BOOST_DESCRIBE_STRUCT(Customer, (), (id, name, email, notes, timezone, suspended_at, key_count, created_at, updated_at))

BOOST_DEFINE_ENUM_CLASS(KeyStatus, active, revoked, expired)

/// A key as it is stored; limits and digests are kept beside it.
struct CustomerKey {
  CustomerKeyId id{};
  CustomerId customer_id{};
  std::string name{};
  std::string hint{};  // "urt_74O0...rwFY"
  std::string notes{};
  std::vector<std::string> allowed_ips{};      // CIDR; empty: from anywhere
  std::vector<std::string> allowed_actions{};  // empty: all
  std::string metadata{};                      // a JSON object, passed on by verify; empty: none
  std::optional<Instant> expires_at{}, revoked_at{}, rotated_at{};
  Instant created_at{}, updated_at{};
};

}  // namespace keyledger::customers
