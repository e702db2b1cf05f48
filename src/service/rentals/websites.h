// service/rentals/websites.h: the services whose shared accounts are rented out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/listing.h"
#include "domain/rentals/orders.h"
#include "service/actor.h"
#include "service/once.h"
#include "service/rentals/changes.h"

namespace keyledger::service {

/// How many accounts a website has, by state.
struct AccountCounts {
  std::int64_t total = 0, available = 0, rented = 0, needs_rotation = 0, exception = 0;
};
BOOST_DESCRIBE_STRUCT(AccountCounts, (), (total, available, rented, needs_rotation, exception))

struct WebsiteView {
  WebsiteId id{};
  std::string name{}, url{};
  std::int64_t validity_hours = 0;
  std::string description{};
  rentals::AfterRental after_rental = rentals::AfterRental::pool;
  rentals::Rotation rotation = rentals::Rotation::by_hand;
  std::optional<std::string> rotation_url{};
  bool has_rotation_secret = false;
  AccountCounts accounts{};
  std::int64_t account_count = 0, free_count = 0;  // of these: all, and those that are available
  Instant created_at{}, updated_at{};
};
BOOST_DESCRIBE_STRUCT(WebsiteView, (),
                      (id, name, url, validity_hours, description, after_rental, rotation, rotation_url,
                       has_rotation_secret, accounts, account_count, free_count, created_at, updated_at))

/// A website after a change, and the webhook's secret if this very change has made one: it is shown this once.
struct SavedWebsite {
  WebsiteView website{};
  Secret rotation_secret{};  // "whsec_..."; empty: none was made
};

struct NewWebsite {
  std::string name{}, url{};
  std::int64_t validity_hours = 24;
  std::string description{};
  rentals::AfterRental after_rental = rentals::AfterRental::pool;
  rentals::Rotation rotation = rentals::Rotation::by_hand;
  std::string rotation_url{};
};

/// Absent members stay as they are.
struct WebsitePatch {
  std::optional<std::string> name{}, url{}, description{}, rotation_url{};
  std::optional<std::int64_t> validity_hours{};
  std::optional<rentals::AfterRental> after_rental{};
  std::optional<rentals::Rotation> rotation{};
};

struct WebsiteQuery {
  ListPage<rentals::WebsiteSort> page{};
  std::string search{};  // in name, address and description
};

class Websites {
 public:
  /// `has_command`: whether the operator has configured a command that changes passwords.
  Websites(RentalParts parts, bool has_command) : parts_(parts), has_command_(has_command) {}

  [[nodiscard]] runtime::Task<Result<Listed<WebsiteView>>> list(WebsiteQuery query) const;
  /// Errors: not_found, reason unknown_website.
  [[nodiscard]] runtime::Task<Result<WebsiteView>> get(WebsiteId id) const;
  /// Errors: invalid_argument: those of rentals::check_website; malformed_webhook_url (field rotation_url; also where
  ///         rotation is webhook and there is none); no_rotation_command (field rotation); conflict, duplicate_website.
  [[nodiscard]] runtime::Task<Result<SavedWebsite>> create(Actor actor, NewWebsite website, Once<SavedWebsite> once);
  /// Another validity counts for rentals from now on. Errors: as create; not_found.
  [[nodiscard]] runtime::Task<Result<SavedWebsite>> update(Actor actor, WebsiteId id, WebsitePatch patch);
  /// Errors: not_found; conflict, reason website_has_accounts.
  [[nodiscard]] runtime::Task<Result<void>> remove(Actor actor, WebsiteId id);
  /// Another secret for the webhook's signatures; the one before is no longer used.
  [[nodiscard]] runtime::Task<Result<SavedWebsite>> renew_secret(Actor actor, WebsiteId id, Once<SavedWebsite> once);

 private:
  [[nodiscard]] Result<rentals::Website> check(rentals::Website website) const;
  [[nodiscard]] Result<SavedWebsite> insert(store::Transaction& transaction, const Actor& actor,
                                            const rentals::Website& website, const Once<SavedWebsite>& once) const;
  [[nodiscard]] Result<SavedWebsite> change(store::Transaction& transaction, const Actor& actor, WebsiteId id,
                                            const WebsitePatch& patch, Instant now) const;
  [[nodiscard]] Result<Secret> make_secret(store::Transaction& transaction, WebsiteId id) const;

  RentalParts parts_;
  bool has_command_;
};

}  // namespace keyledger::service
