// service/rentals/rental_accounts.h: the shared accounts of websites, from the administrative side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/rentals/accounts_csv.h"
#include "service/actor.h"
#include "service/once.h"
#include "service/rentals/changes.h"
#include "service/rentals/rental_views.h"

namespace keyledger::service {

struct RentalAccountView {
  RentalAccountId id{};
  WebsiteId website_id{};
  std::string website{}, username{}, email{}, notes{};
  rentals::AccountStatus status = rentals::AccountStatus::available;
  std::optional<std::string> exception_reason{};
  std::optional<RentalView> rental{};     // the one that is open
  Instant last_reset{};                   // when its password was set
  std::optional<Instant> rested_since{};  // since when it is free; nothing while it is not
  std::int64_t rotation_attempts = 0;
  std::optional<Instant> rotation_due_at{};
  std::optional<std::string> rotation_error{};  // why the last attempt failed
  Instant created_at{}, updated_at{};
};
// Without the rental, which has a part that is JSON already.
BOOST_DESCRIBE_STRUCT(RentalAccountView, (),
                      (id, website_id, website, username, email, notes, status, exception_reason, last_reset,
                       rested_since, rotation_attempts, rotation_due_at, rotation_error, created_at, updated_at))

struct NewRentalAccount {
  std::string website{}, username{}, email{}, notes{};  // the website by its name
  Secret password{};
};

/// Absent members stay as they are.
struct RentalAccountPatch {
  std::optional<std::string> username{}, email{}, notes{};
};

struct RentalAccountQuery {
  ListPage<rentals::RentalAccountSort> page{};
  std::optional<std::string> website{};
  std::optional<rentals::AccountStatus> status{};
  std::string search{};  // in user name, e-mail and notes
};

/// Accounts in each state.
struct StatusCounts {
  std::int64_t available = 0, rented = 0, needs_rotation = 0, exception = 0;
};
BOOST_DESCRIBE_STRUCT(StatusCounts, (), (available, rented, needs_rotation, exception))

struct ListedRentalAccounts : Listed<RentalAccountView> {
  StatusCounts status_counts{};  // under the filters, whatever they say about the state
};

struct PasswordChange {
  Instant set_at{};
  std::string set_by{};
};
BOOST_DESCRIBE_STRUCT(PasswordChange, (), (set_at, set_by))

/// The newest kHistoryMax of each, newest first.
struct RentalAccountHistory {
  static constexpr std::int64_t kHistoryMax = 100;
  std::vector<RentalView> rentals{};
  std::vector<PasswordChange> passwords{};
};

struct ImportOptions {
  bool dry_run = false;
  bool skip_bad_lines = false;  // else a single bad line keeps everything as it is
};
struct ImportReport {
  bool dry_run = false;
  std::int64_t created = 0;  // or, in a dry run, would be
  std::int64_t skipped = 0;  // those that are there already: they stay as they are
  std::vector<rentals::BadLine> errors{};
};
BOOST_DESCRIBE_STRUCT(ImportReport, (), (dry_run, created, skipped, errors))

class RentalAccounts {
 public:
  explicit RentalAccounts(RentalParts parts) : parts_(parts) {}

  /// Errors: not_found, reason unknown_website, field website.
  [[nodiscard]] runtime::Task<Result<ListedRentalAccounts>> list(RentalAccountQuery query) const;
  /// Errors: not_found, reason unknown_rental_account.
  [[nodiscard]] runtime::Task<Result<RentalAccountView>> get(RentalAccountId id) const;
  [[nodiscard]] runtime::Task<Result<RentalAccountHistory>> history(RentalAccountId id) const;
  /// Errors: invalid_argument: those of rentals::check_account and check_password; not_found, unknown_website with the
  ///         known ones; conflict, reason duplicate_rental_account.
  [[nodiscard]] runtime::Task<Result<RentalAccountView>> create(Actor actor, NewRentalAccount account,
                                                                Once<RentalAccountView> once);
  [[nodiscard]] runtime::Task<Result<RentalAccountView>> update(Actor actor, RentalAccountId id,
                                                                RentalAccountPatch patch);
  /// Its passwords are forgotten, its rentals stay. Errors: not_found; conflict, reason account_rented.
  [[nodiscard]] runtime::Task<Result<void>> remove(Actor actor, RentalAccountId id);

  /// Errors: invalid_argument, field reason; conflict, reason account_rented, unless `take_back` ends the rental.
  [[nodiscard]] runtime::Task<Result<RentalAccountView>> put_aside(Actor actor, RentalAccountId id, std::string reason,
                                                                   bool take_back);
  /// Back into the pool; or to the rotation, where its last renter still knows the password and the website wants that.
  /// Errors: conflict, reason account_not_put_aside.
  [[nodiscard]] runtime::Task<Result<RentalAccountView>> restore(Actor actor, RentalAccountId id);
  /// Errors: invalid_argument, field password.
  [[nodiscard]] runtime::Task<Result<RentalAccountView>> put_password(Actor actor, RentalAccountId id, Secret password);
  /// The password, with a line in the audit log.
  [[nodiscard]] runtime::Task<Result<Secret>> reveal(Actor actor, RentalAccountId id);

  /// Adds the accounts of a CSV file, all or none.
  /// Errors: those of rentals::read_accounts_csv; invalid_argument, reason bad_csv_lines: at least one line cannot be
  ///         taken and neither option was given.
  [[nodiscard]] runtime::Task<Result<ImportReport>> import_csv(Actor actor, Secret csv, ImportOptions options,
                                                               Once<ImportReport> once);

 private:
  struct Import;
  [[nodiscard]] Result<RentalAccountView> insert(store::Transaction& transaction, const Actor& actor,
                                                 const NewRentalAccount& account, const Once<RentalAccountView>& once,
                                                 Instant now) const;
  [[nodiscard]] Result<RentalAccountId> add(store::Transaction& transaction, const rentals::Website& website,
                                            const rentals::AccountFields& fields, const Secret& password,
                                            const std::string& set_by, Instant now) const;
  [[nodiscard]] Result<ImportReport> run_import(store::Transaction& transaction, const Import& import) const;

  RentalParts parts_;
};

}  // namespace keyledger::service
