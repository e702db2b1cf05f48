// service/rentals/rentals.h: leases accounts to customers, never one account to two of them.
#pragma once

#include <atomic>
#include <limits>

#include "base/secret.h"
#include "domain/rentals/records.h"
#include "service/actor.h"
#include "service/admission/admission.h"
#include "service/once.h"
#include "service/rentals/changes.h"
#include "service/rentals/rental_pool.h"
#include "service/rentals/rental_views.h"
#include "store/rental_account_store.h"

namespace keyledger::service {

/// What a customer gets when renting.
struct RentedAccount {
  RentalAccountId id{};
  RentalId rental_id{};
  std::int64_t fencing = 0;
  std::string website{}, username{}, email{};
  Secret password{};
  std::int64_t validity_hours = 0;
  Instant rented_at{}, expires_at{};
};

struct RentalStatus {
  RentalAccountId id{};
  std::string username{}, website{};
  std::string status{};  // "rented", and once it has ended how: "returned", "expired", "taken_back"
  Instant rented_at{}, expires_at{};
  std::int64_t remaining_minutes = 0;
  WebsiteId website_id{};
  RentalId rental_id{};
};

/// A call that was admitted, on its way into a mutation: the event is recorded there, with what the work adds to it.
struct AdmittedCall {
  const CallContext* context = nullptr;  // lives in the caller's frame
  Admitted admitted{};
};

class Rentals {
 public:
  Rentals(RentalParts parts, Admission* admission) : parts_(parts), admission_(admission) {}

  /// Loads the pool and the open rentals, and ends what is due since. Blocks; for the start only, after
  /// Admission::prepare.
  [[nodiscard]] Result<void> prepare();

  /// Accounts that are free now, longest rested first, from memory. Without a website: of all.
  /// Errors: not_found, reason unknown_website: the message names the known ones.
  [[nodiscard]] Result<AvailableAccounts> available(const std::optional<std::string>& website,
                                                    std::int64_t limit) const;

  /// What was answered by `available` at a version holds while that is it.
  [[nodiscard]] std::uint64_t pool_version() const { return parts_.pool->version(); }

  /// Rents the account that has rested longest. The usage event, the rental and the remembered answer are one commit;
  /// a failure that is an answer (unknown website, none free) is recorded as an event of status error in the same way.
  /// Errors: not_found, reasons unknown_website, no_available_accounts (detail: seconds until the next expiry, if any);
  ///         unavailable: nothing happened, and what was taken from the limits is given back.
  [[nodiscard]] runtime::Task<Result<RentedAccount>> rent(AdmittedCall call, std::string website,
                                                          std::string customer_info, Once<RentedAccount> once);
  /// Only the customer who rents it. `rental_id`: which of its rentals is meant, where it says so.
  /// Errors: not_found, reason unknown_account (also for somebody else's); conflict, reasons already_returned (also
  /// when
  ///         the operator has taken it back), rental_expired, rental_superseded (a newer rental of the same account is
  ///         under way). These are recorded like a success; on others nothing happened, as with `rent`.
  [[nodiscard]] runtime::Task<Result<RentalStatus>> give_back(AdmittedCall call, RentalAccountId id,
                                                              std::optional<RentalId> rental_id);
  /// The customer's newest rental of the account. Errors: not_found, reason unknown_account.
  [[nodiscard]] runtime::Task<Result<RentalStatus>> status(CustomerId customer, RentalAccountId id) const;

  /// Ends what is due and answers when the next is.
  [[nodiscard]] runtime::Task<Result<std::optional<Instant>>> expire_due();
  /// Ends rentals on time until `stop`; for the executor of the app, once.
  [[nodiscard]] runtime::Task<> run();
  void stop();  // from any thread
  /// Packs what has ended for the reports (store/rental_sheet_store.h), a few milliseconds of the writer's at a time.
  [[nodiscard]] runtime::Task<Result<void>> pack_sheets() const;

  // The administrative side.

  /// Errors: not_found, reason unknown_website.
  [[nodiscard]] runtime::Task<Result<Listed<RentalView>>> list(RentalQuery query) const;
  /// Errors: not_found, reason unknown_rental.
  [[nodiscard]] runtime::Task<Result<RentalView>> get(RentalId id) const;
  /// Ends a rental. Errors: not_found, reason unknown_rental; conflict, reason rental_ended.
  [[nodiscard]] runtime::Task<Result<RentalView>> take_back(Actor actor, RentalId id);

  [[nodiscard]] RentalFigures figures() const { return parts_.pool->figures(); }

 private:
  struct Rented;
  struct Returned;
  struct Expiry;
  [[nodiscard]] Result<Rented> rent_one(store::Transaction& transaction, const AdmittedCall& call,
                                        const std::string& website, const std::string& customer_info,
                                        const Once<RentedAccount>& once) const;
  [[nodiscard]] Result<Rented> none_free(store::Transaction& transaction, const AdmittedCall& call,
                                         const rentals::Website& website, Instant now) const;
  [[nodiscard]] Result<RentedAccount> hand_over(store::Transaction& transaction, const AdmittedCall& call,
                                                const rentals::Website& website,
                                                const store::RentalAccountStore::Leased& leased,
                                                const std::string& customer_info, Instant now) const;
  [[nodiscard]] Result<Returned> return_one(store::Transaction& transaction, const AdmittedCall& call,
                                            RentalAccountId id, std::optional<RentalId> rental_id) const;
  void record(store::Transaction& transaction, const AdmittedCall& call, std::uint16_t http_status,
              RentalAccountId account, WebsiteId website) const;
  [[nodiscard]] Instant time_of(const AdmittedCall& call) const;
  void wake_for(Instant expires_at) const;
  [[nodiscard]] Result<Expiry> expire_batch(store::Transaction& transaction, Instant now) const;

  RentalParts parts_;
  Admission* admission_;
  std::atomic<std::int64_t> alarm_set_to_{
      std::numeric_limits<std::int64_t>::max()};  // milliseconds; the far future while the next expiry is looked up
  std::atomic<bool> stopping_{false};
};

}  // namespace keyledger::service
