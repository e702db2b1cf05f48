// service/rentals/rental_views.h: rentals as the administrative side shows them.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/listing.h"
#include "domain/rentals/orders.h"
#include "domain/rentals/records.h"
#include "store/database.h"

namespace keyledger::service {

BOOST_DEFINE_ENUM_CLASS(RentalState, open, ended)

struct RentalView {
  RentalId id{};
  RentalAccountId account_id{};
  std::string username{};
  WebsiteId website_id{};
  std::string website{};
  CustomerId customer_id{};
  std::string customer_name{};
  CustomerKeyId key_id{};
  std::string key_name{};
  RentalState status = RentalState::open;
  std::int64_t fencing = 0;
  Instant rented_at{}, expires_at{};
  std::int64_t remaining_minutes = 0;
  std::optional<Instant> ended_at{};
  std::optional<rentals::EndedBy> ended_by{};
  std::string customer_info{};  // JSON; empty: none
};
// Without customer_info, which is JSON already.
BOOST_DESCRIBE_STRUCT(RentalView, (),
                      (id, account_id, username, website_id, website, customer_id, customer_name, key_id, key_name,
                       status, fencing, rented_at, expires_at, remaining_minutes, ended_at, ended_by))

struct RentalQuery {
  ListPage<rentals::RentalSort> page{.descending = true};  // by id: the newest first
  std::optional<RentalState> status{};
  std::optional<std::string> website{};  // by name
  std::optional<RentalAccountId> account_id{};
  std::optional<CustomerId> customer_id{};
  std::optional<CustomerKeyId> key_id{};
  std::optional<Instant> from{}, to{};
  std::string search{};  // in user name, website, customer's and key's name
};

/// A rental whose time is over is shown as ended, whether or not that has been stored.
/// Errors: not_found, reason unknown_website, field website.
[[nodiscard]] Result<Listed<RentalView>> list_rentals(store::Transaction& transaction, const RentalQuery& query,
                                                      Instant now);
/// The rentals of an account, newest first.
[[nodiscard]] Result<std::vector<RentalView>> newest_rentals(store::Transaction& transaction, RentalAccountId id,
                                                             std::int64_t limit, Instant now);
/// Errors: not_found, reason unknown_rental.
[[nodiscard]] Result<RentalView> view_rental(store::Transaction& transaction, RentalId id, Instant now);

}  // namespace keyledger::service
