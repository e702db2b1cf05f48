// domain/rentals/records.h: websites, their shared accounts, and who rents them.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/instant.h"

namespace keyledger::rentals {

/// What becomes of an account when its rental ends.
BOOST_DEFINE_ENUM_CLASS(AfterRental, pool, needs_rotation)
/// Who sets the new password: a person, a webhook that we call, a command that the operator configured.
BOOST_DEFINE_ENUM_CLASS(Rotation, by_hand, webhook, command)

struct Website {
  WebsiteId id{};
  std::string name{}, url{};
  std::int64_t validity_hours = 24;  // 1 to 8,760
  std::string description{};
  AfterRental after_rental = AfterRental::pool;
  Rotation rotation = Rotation::by_hand;
  std::string rotation_url{};
  Instant created_at{}, updated_at{};
};
BOOST_DESCRIBE_STRUCT(Website, (),
                      (id, name, url, validity_hours, description, after_rental, rotation, rotation_url, created_at,
                       updated_at))

BOOST_DEFINE_ENUM_CLASS(AccountStatus, available, rented, needs_rotation, exception)

struct RentalAccount {
  RentalAccountId id{};
  WebsiteId website_id{};
  std::string username{}, email{}, notes{};
  AccountStatus status = AccountStatus::available;
  std::string exception_reason{};
  std::int64_t fencing = 0;  // of the newest rental
  Instant rested_since{}, last_reset{};
  std::int64_t rotation_attempts = 0;
  std::optional<Instant> rotation_due_at{};  // when a webhook or command is tried next
  std::string rotation_error{};
  Instant created_at{}, updated_at{};
};
BOOST_DESCRIBE_STRUCT(RentalAccount, (),
                      (id, website_id, username, email, notes, status, exception_reason, fencing, rested_since,
                       last_reset, rotation_attempts, rotation_due_at, rotation_error, created_at, updated_at))

BOOST_DEFINE_ENUM_CLASS(EndedBy, returned, expired, taken_back)

struct Rental {
  RentalId id{};
  RentalAccountId rental_account_id{};
  WebsiteId website_id{};
  CustomerKeyId customer_key_id{};
  CustomerId customer_id{};
  std::int64_t fencing = 0;
  std::string customer_info{};  // JSON as the customer sent it; empty: none
  Instant rented_at{}, expires_at{};
  std::optional<Instant> ended_at{};
  std::optional<EndedBy> ended_by{};
};
BOOST_DESCRIBE_STRUCT(Rental, (),
                      (id, rental_account_id, website_id, customer_key_id, customer_id, fencing, customer_info,
                       rented_at, expires_at, ended_at, ended_by))

}  // namespace keyledger::rentals
