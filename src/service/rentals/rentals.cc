#include "service/rentals/rentals.h"

#include <fmt/format.h>

#include "store/rental_account_store.h"
#include "store/rental_store.h"
#include "store/website_store.h"

namespace keyledger::service {

using rentals::EndedBy;
using rentals::Rental;
using rentals::RentalAccount;
using rentals::Website;
using store::RentalAccountStore;
using store::RentalStore;
using store::Transaction;
using store::WebsiteStore;

namespace {

constexpr std::int64_t kExpiredAtOnce = 100;  // in a mutation that has something else to do
constexpr std::uint16_t kOk = 200;
constexpr std::uint16_t kNotFound = 404;
constexpr std::uint16_t kConflict = 409;

/// For an account that is somebody else's this is the whole answer, too.
Error unknown_account(RentalAccountId id) {
  return {Code::not_found, fmt::format("There is no account {} that you rent.", id.value), "unknown_account"};
}

Error ended_before(const Rental& rental) {
  switch (rental.ended_by.value_or(EndedBy::expired)) {
    case EndedBy::returned: return {Code::conflict, "The account has been returned already.", "already_returned"};
    case EndedBy::expired: return {Code::conflict, "The rental has expired; rent again.", "rental_expired"};
    case EndedBy::taken_back:
      return {Code::conflict, "The operator has ended the rental; there is nothing to return.", "already_returned"};
  }
  std::unreachable();
}

/// What is told of a rental at `now`; one whose time is over has ended, whether or not that has been stored.
RentalStatus told(const Rental& rental, const RentalAccount& account, const std::string& website, Instant now) {
  const bool open = !rental.ended_at && rental.expires_at > now;
  RentalStatus status{.id = account.id,
                      .username = account.username,
                      .website = website,
                      .status = "rented",
                      .rented_at = rental.rented_at,
                      .expires_at = rental.expires_at,
                      .website_id = rental.website_id,
                      .rental_id = rental.id};
  if (open) status.remaining_minutes = rentals::remaining_minutes(rental.expires_at, now);
  if (!open) status.status = boost::describe::enum_to_string(rental.ended_by.value_or(EndedBy::expired), "");
  return status;
}

Result<RentalStatus> read_status(Transaction& transaction, CustomerId customer, RentalAccountId id, Instant now) {
  const Result<std::optional<Rental>> rental = RentalStore::newest(transaction, id, customer);
  if (!rental) return std::unexpected(rental.error());
  if (!*rental) return std::unexpected(unknown_account(id));
  const Result<RentalAccount> account = RentalAccountStore::get(transaction, id);
  if (!account && account.error().code == Code::not_found) return std::unexpected(unknown_account(id));
  if (!account) return std::unexpected(account.error());
  const Result<Website> website = WebsiteStore::get(transaction, account->website_id);
  if (!website) return std::unexpected(website.error());
  return told(**rental, *account, website->name, now);
}

}  // namespace

/// What a mutation gives: the account, or the refusal that was recorded.
struct Rentals::Rented {
  std::optional<RentedAccount> account{};
  std::optional<Error> refusal{};
};
struct Rentals::Returned {
  std::optional<RentalStatus> status{};
  std::optional<Error> refusal{};
};

Instant Rentals::time_of(const AdmittedCall& call) const {
  return std::max(parts_.core.clock->now(), call.admitted.at);
}

void Rentals::record(Transaction& transaction, const AdmittedCall& call, std::uint16_t http_status,
                     RentalAccountId account, WebsiteId website) const {
  const CallOutcome outcome{.http_status = http_status, .rental_account_id = account, .website_id = website};
  transaction.record(admission_->owned_event_of(*call.context, call.admitted, outcome));
}

Result<AvailableAccounts> Rentals::available(const std::optional<std::string>& website, std::int64_t limit) const {
  return parts_.pool->available(website, limit);
}

Result<Rentals::Rented> Rentals::none_free(Transaction& transaction, const AdmittedCall& call, const Website& website,
                                           Instant now) const {
  const Result<std::optional<Instant>> next = RentalStore::next_expiry(transaction, website.id);
  if (!next) return std::unexpected(next.error());
  Error refusal{Code::not_found, fmt::format("No account of {} is free now; try again later.", website.name),
                "no_available_accounts"};
  if (*next) refusal.detail = std::to_string(rentals::seconds_until(**next, now));
  record(transaction, call, kNotFound, {}, website.id);
  return Rented{.refusal = std::move(refusal)};
}

/// The rental of an account that was leased. Its password is opened before the commit: what cannot be handed over is
/// not rented, and not charged.
Result<RentedAccount> Rentals::hand_over(Transaction& transaction, const AdmittedCall& call, const Website& website,
                                         const RentalAccountStore::Leased& leased, const std::string& customer_info,
                                         Instant now) const {
  Rental rental{.rental_account_id = leased.id,
                .website_id = website.id,
                .customer_key_id = call.admitted.key_id,
                .customer_id = call.admitted.customer_id,
                .fencing = leased.fencing,
                .customer_info = customer_info,
                .rented_at = now,
                .expires_at = now + std::chrono::hours{website.validity_hours}};
  const Result<RentalId> id = RentalStore::insert(transaction, rental);
  if (!id) return std::unexpected(id.error());
  Result<Secret> password = parts_.core.keyring->open(leased.sealed_password, sealed_row(leased.id));
  if (!password) return std::unexpected(password.error());
  RentedAccount account{.id = leased.id,
                        .rental_id = *id,
                        .fencing = leased.fencing,
                        .website = website.name,
                        .username = leased.username,
                        .email = leased.email,
                        .password = std::move(*password),
                        .validity_hours = website.validity_hours,
                        .rented_at = now,
                        .expires_at = rental.expires_at};
  return account;
}

Result<Rentals::Rented> Rentals::rent_one(Transaction& transaction, const AdmittedCall& call, const std::string& name,
                                          const std::string& customer_info, const Once<RentedAccount>& once) const {
  const Instant now = time_of(call);
  const auto undo = [keys = &admission_->table(), taken = call.admitted.taken] { keys->undo_rentals(taken); };
  const Result<std::optional<Website>> website = WebsiteStore::find(transaction, rentals::fold_name(name));
  if (!website) return std::unexpected(website.error());
  if (!*website) {
    record(transaction, call, kNotFound, {}, {});
    transaction.after_commit(undo);
    return Rented{.refusal = WebsiteStore::unknown_name(transaction, name, "website")};
  }
  const Result<std::int64_t> expired = expire(transaction, parts_, now, (*website)->id, kExpiredAtOnce);
  if (!expired) return std::unexpected(expired.error());
  const Result<std::optional<RentalAccountStore::Leased>> leased =
      RentalAccountStore::lease(transaction, (*website)->id, now);
  if (!leased) return std::unexpected(leased.error());
  if (!*leased) {
    transaction.after_commit(undo);
    return none_free(transaction, call, **website, now);
  }
  // Rented when it was admitted: limits are counted anew from this time, and it has to lie in the window it was taken
  // from.
  Result<RentedAccount> account = hand_over(transaction, call, **website, **leased, customer_info, call.admitted.at);
  if (!account) return std::unexpected(account.error());
  record(transaction, call, kOk, account->id, (*website)->id);
  const Result<void> remembered = Idempotency::remember(transaction, parts_.core, once, *account);
  if (!remembered) return std::unexpected(remembered.error());
  transaction.after_commit([this, id = account->id, expires_at = account->expires_at] {
    parts_.pool->take(id);
    parts_.pool->rental_began();
    wake_for(expires_at);
  });
  return Rented{.account = std::move(*account)};
}

runtime::Task<Result<RentedAccount>> Rentals::rent(AdmittedCall call, std::string website, std::string customer_info,
                                                   Once<RentedAccount> once) {
  const Taken taken = call.admitted.taken;
  auto mutation = [this, call = std::move(call), website = std::move(website), info = std::move(customer_info),
                   once = std::move(once)](Transaction& transaction) {
    return rent_one(transaction, call, website, info, once);
  };
  Result<Rented> outcome = co_await parts_.core.store->writer().run<Rented>(std::move(mutation));
  if (!outcome) {
    admission_->table().undo(taken);
    co_return std::unexpected(std::move(outcome.error()));
  }
  if (outcome->refusal) co_return std::unexpected(std::move(*outcome->refusal));
  co_return std::move(*outcome->account);
}

Result<Rentals::Returned> Rentals::return_one(Transaction& transaction, const AdmittedCall& call, RentalAccountId id,
                                              std::optional<RentalId> rental_id) const {
  const Instant now = time_of(call);
  const CustomerId customer = call.admitted.customer_id;
  const Result<std::optional<Rental>> open = open_rental(transaction, parts_, id, now);
  if (!open) return std::unexpected(open.error());
  Result<std::optional<Rental>> own = RentalStore::newest(transaction, id, customer);
  if (own && *own && rental_id && (*own)->id != *rental_id) {
    Result<Rental> named = RentalStore::get(transaction, *rental_id);
    if (!named && named.error().code != Code::not_found) return std::unexpected(named.error());
    const bool theirs = named && named->customer_id == customer && named->rental_account_id == id;
    *own = theirs ? std::optional{std::move(*named)} : std::nullopt;
  }
  if (!own) return std::unexpected(own.error());
  const Result<RentalAccount> account = RentalAccountStore::get(transaction, id);
  if (!account && account.error().code != Code::not_found) return std::unexpected(account.error());
  if (!*own || !account) {  // the event names no account either: the key's own activity shows it
    record(transaction, call, kNotFound, {}, {});
    return Returned{.refusal = unknown_account(id)};
  }
  Rental& rental = **own;
  if (rental.ended_at) {
    record(transaction, call, kConflict, id, rental.website_id);
    const bool newer = rental_id && *open && (*open)->id > rental.id;
    if (!newer) return Returned{.refusal = ended_before(rental)};
    return Returned{.refusal =
                        Error{Code::conflict, "This rental has ended, and a newer one of the account is under way.",
                              "rental_superseded", "rental_id"}};
  }
  const Result<RentalAccount> ended = end_rental(transaction, parts_, rental, now, EndedBy::returned);
  if (!ended) return std::unexpected(ended.error());
  const Result<Website> website = WebsiteStore::get(transaction, rental.website_id);
  if (!website) return std::unexpected(website.error());
  record(transaction, call, kOk, id, rental.website_id);
  rental.ended_at = now;
  rental.ended_by = EndedBy::returned;
  return Returned{.status = told(rental, *account, website->name, now)};
}

runtime::Task<Result<RentalStatus>> Rentals::give_back(AdmittedCall call, RentalAccountId id,
                                                       std::optional<RentalId> rental_id) {
  const Taken taken = call.admitted.taken;
  auto mutation = [this, call = std::move(call), id, rental_id](Transaction& transaction) {
    return return_one(transaction, call, id, rental_id);
  };
  Result<Returned> outcome = co_await parts_.core.store->writer().run<Returned>(std::move(mutation));
  if (!outcome) {
    admission_->table().undo(taken);
    co_return std::unexpected(std::move(outcome.error()));
  }
  if (outcome->refusal) co_return std::unexpected(std::move(*outcome->refusal));
  co_return std::move(*outcome->status);
}

runtime::Task<Result<RentalStatus>> Rentals::status(CustomerId customer, RentalAccountId id) const {
  auto read = [customer, id, now = parts_.core.clock->now()](Transaction& transaction) {
    return read_status(transaction, customer, id, now);
  };
  Result<RentalStatus> status = co_await parts_.core.store->readers().run<RentalStatus>(std::move(read));
  co_return status;
}

}  // namespace keyledger::service
