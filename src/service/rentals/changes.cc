#include "service/rentals/changes.h"

#include <fmt/format.h>

#include "service/webhooks/queue.h"
#include "store/customer_key_store.h"
#include "store/rental_account_store.h"
#include "store/rental_store.h"
#include "store/website_store.h"

namespace keyledger::service {

using rentals::AccountStatus;
using rentals::Act;
using rentals::EndedBy;
using rentals::Rental;
using rentals::RentalAccount;
using rentals::Website;
using store::RentalAccountStore;
using store::RentalStore;
using store::Transaction;
using store::WebsiteStore;

std::string sealed_row(RentalAccountId id) {
  return fmt::format("rental_accounts/{}/sealed_password", id.value);
}

std::string past_password_row(std::int64_t id) {
  return fmt::format("rental_account_passwords/{}/sealed_password", id);
}

std::string sealed_row(WebsiteId id) {
  return fmt::format("websites/{}/sealed_rotation_secret", id.value);
}

Result<void> save(Transaction& transaction, const RentalParts& parts, const RentalAccount& account) {
  const Result<void> updated = RentalAccountStore::update(transaction, account);
  if (!updated) return updated;
  transaction.after_commit([pool = parts.pool, account] { pool->put(account); });
  if (account.rotation_due_at) transaction.after_commit([alarm = parts.rotation_alarm] { alarm->ring(); });
  return {};
}

Result<void> apply(RentalAccount& account, Act act, const Website& website, Instant now) {
  const Result<AccountStatus> to = rentals::after(act, account.status);
  if (!to) return std::unexpected(to.error());
  const AccountStatus from = std::exchange(account.status, *to);
  account.updated_at = now;
  if (account.status != AccountStatus::exception) account.exception_reason.clear();
  const bool waits = account.status == AccountStatus::needs_rotation;
  if (waits != (from == AccountStatus::needs_rotation)) {
    account.rotation_attempts = 0;
    account.rotation_error.clear();
    account.rotation_due_at.reset();
    if (waits && website.rotation != rentals::Rotation::by_hand) account.rotation_due_at = now;
  }
  if (account.status == AccountStatus::available && from != AccountStatus::available) account.rested_since = now;
  return {};
}

Result<void> set_password(Transaction& transaction, const RentalParts& parts, RentalAccount& account,
                          const Website& website, const Secret& password, const std::string& set_by, Instant now) {
  const Keyring& keyring = *parts.core.keyring;
  Result<void> done =
      RentalAccountStore::put_password(transaction, account.id, keyring.seal(password, sealed_row(account.id)));
  if (!done) return done;
  const Result<std::int64_t> past = RentalAccountStore::add_past_password(transaction, account.id, now, set_by);
  if (!past) return std::unexpected(past.error());
  done = RentalAccountStore::put_past_password(transaction, *past, keyring.seal(password, past_password_row(*past)));
  if (!done) return done;
  done = apply(account, Act::set_password, website, now);
  if (!done) return done;
  account.last_reset = now;
  return save(transaction, parts, account);
}

namespace {

/// Who reads along learns which account is free again, and whose time was over; never a password.
Result<void> tell_expired(Transaction& transaction, const RentalParts& parts, const Rental& rental,
                          const RentalAccount& account, const Website& website) {
  if (parts.webhooks == nullptr) return {};
  const Result<bool> wanted = parts.webhooks->wanted(transaction, WebhookTopic::rental_expired);
  if (!wanted) return std::unexpected(wanted.error());
  if (!*wanted) return {};
  const Instant now = parts.core.clock->now();
  const Result<store::CustomerKeyStore::Entry> key =
      store::CustomerKeyStore::get(transaction, rental.customer_key_id, now);
  if (!key && key.error().code != Code::not_found) return std::unexpected(key.error());
  return parts.webhooks->tell(transaction, WebhookTopic::rental_expired,
                              {{"rental_id", rental.id.value},
                               {"website_id", website.id.value},
                               {"website", website.name},
                               {"account_id", account.id.value},
                               {"username", account.username},
                               {"account_status", boost::describe::enum_to_string(account.status, "")},
                               {"customer_id", rental.customer_id.value},
                               {"customer_name", key ? key->customer_name : ""},
                               {"key_id", rental.customer_key_id.value},
                               {"key_name", key ? key->key.name : ""},
                               {"rented_at", rental.rented_at},
                               {"expires_at", rental.expires_at}},
                              now);
}

}  // namespace

Result<RentalAccount> end_rental(Transaction& transaction, const RentalParts& parts, const Rental& rental,
                                 Instant ended_at, EndedBy ended_by, std::optional<std::string> put_aside_because) {
  Result<RentalAccount> account = RentalAccountStore::get(transaction, rental.rental_account_id);
  if (!account) return account;
  const Result<Website> website = WebsiteStore::get(transaction, rental.website_id);
  if (!website) return std::unexpected(website.error());
  const Act own =
      website->after_rental == rentals::AfterRental::needs_rotation ? Act::end_to_rotation : Act::end_to_pool;
  Result<void> done = apply(*account, put_aside_because ? Act::take_aside : own, *website, ended_at);
  if (!done) return std::unexpected(done.error());
  if (put_aside_because) account->exception_reason = std::move(*put_aside_because);
  done = RentalStore::end(transaction, rental.id, ended_at, ended_by);
  if (done) done = save(transaction, parts, *account);
  if (done && ended_by == EndedBy::expired) done = tell_expired(transaction, parts, rental, *account, *website);
  if (!done) return std::unexpected(done.error());
  transaction.after_commit([keys = parts.keys, pool = parts.pool, key = rental.customer_key_id] {
    keys->rental_ended(key);
    pool->rental_ended();
  });
  return account;
}

Result<std::int64_t> expire(Transaction& transaction, const RentalParts& parts, Instant now,
                            std::optional<WebsiteId> website, std::int64_t limit) {
  const Result<std::vector<Rental>> due = RentalStore::due(transaction, now, website, limit);
  if (!due) return std::unexpected(due.error());
  for (const Rental& rental : *due) {
    const Result<RentalAccount> ended = end_rental(transaction, parts, rental, rental.expires_at, EndedBy::expired);
    if (!ended) return std::unexpected(ended.error());
  }
  return std::ssize(*due);
}

Result<std::optional<Rental>> open_rental(Transaction& transaction, const RentalParts& parts, RentalAccountId id,
                                          Instant now) {
  Result<std::optional<Rental>> rental = RentalStore::open_of(transaction, id);
  if (!rental || !*rental || (*rental)->expires_at > now) return rental;
  const Result<RentalAccount> ended = end_rental(transaction, parts, **rental, (*rental)->expires_at, EndedBy::expired);
  if (!ended) return std::unexpected(ended.error());
  return std::nullopt;
}

}  // namespace keyledger::service
