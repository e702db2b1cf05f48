#include <fmt/format.h>

#include <algorithm>

#include "base/fields.h"
#include "domain/customers/rules.h"
#include "domain/rentals/rules.h"
#include "service/admission/key_table.h"
#include "service/customers/key_records.h"
#include "service/import/handed_out_import.h"
#include "service/rentals/rental_pool.h"
#include "service/usage/alarm.h"
#include "store/customer_key_store.h"

// Who rented what. The other program knew a renter by name and e-mail alone; here a rental belongs to a key.

namespace keyledger::service {
namespace {

using rentals::AccountStatus;
using rentals::EndedBy;
using rentals::Rental;
using rentals::RentalAccount;
using store::CustomerKeyStore;
using store::ImportStore;
using store::Transaction;

enum Column : std::size_t { kAccount, kName, kEmail, kPhone, kRentedAt, kExpiresAt, kReturnedAt, kStatus };

const std::string kPlaceholder = "Rentals before the import";
const std::string kNobody = "Unknown customer";
constexpr std::size_t kPhoneMax = 100;

std::string customer_info(const std::string& name, const std::string& email, const std::string& phone) {
  std::string members;
  for (const auto& [member, value] : {std::pair{"name", &name}, {"email", &email}, {"phone", &phone}}) {
    if (!value->empty()) members += fmt::format("{}\"{}\":{}", members.empty() ? "" : ",", member, json_string(*value));
  }
  return members.empty() ? std::string{} : "{" + members + "}";
}

/// When and how the rental ended; nothing: it is open.
void end(Rental& rental, std::optional<Instant> returned_at, const std::string& status, Instant now) {
  if (returned_at) {
    rental.ended_at = std::clamp(*returned_at, rental.rented_at, std::max(rental.rented_at, now));
    rental.ended_by = EndedBy::returned;
  } else if (rental.expires_at <= now) {
    rental.ended_at = rental.expires_at;
    rental.ended_by = EndedBy::expired;
  } else if (!status.empty() && status != "active" && status != "rented" && status != "open") {
    rental.ended_at = now;  // it says that it is over, but not since when
    rental.ended_by = status == "returned" ? EndedBy::returned : EndedBy::expired;
  }
}

}  // namespace

/// The key that the renter has, or else a revoked one that stands for it.
Result<HandedOutImport::Holder> HandedOutImport::holder_of(Transaction& transaction, const std::string& name,
                                                           const std::string& email) {
  const std::string folded = fields::fold_email(email);
  const auto by_email = folded.empty() ? by_email_.end() : by_email_.find(folded);
  if (by_email != by_email_.end()) return by_email->second;
  const auto by_name = name.empty() ? by_name_.end() : by_name_.find(name);
  if (by_name != by_name_.end()) return by_name->second;
  const std::string shown = !name.empty() ? name : !email.empty() ? email : kNobody;
  const std::string identity = shown + "\n" + folded;
  if (const auto made = placeholders_.find(identity); made != placeholders_.end()) return made->second;
  const Result<CustomerId> customer = customer_of(transaction, shown, email);
  if (!customer) return std::unexpected(customer.error());
  const Result<std::optional<CustomerKeyId>> known = ImportStore::key_named(transaction, *customer, kPlaceholder);
  if (!known) return std::unexpected(known.error());
  Holder holder{known->value_or(CustomerKeyId{}), *customer};
  if (!*known) {
    customers::CustomerKey key;
    key.customer_id = *customer;
    key.name = kPlaceholder;
    key.hint = "(none)";
    key.created_at = key.updated_at = now_;
    key.revoked_at = now_;
    const Result<CustomerKeyId> id = CustomerKeyStore::insert(transaction, key);
    if (!id) return std::unexpected(id.error());
    const Result<void> put = put_after_commit(transaction, parts_.keys, *id, now_);
    if (!put) return std::unexpected(put.error());
    holder.key = *id;
  }
  placeholders_.emplace(identity, holder);
  return holder;
}

Result<void> HandedOutImport::take_rental(Transaction& transaction, ForeignFields& row) {
  TableReport& report = rentals_->report;
  const auto id = ids_.accounts.find(row.integer(kAccount).value_or(-1));
  if (id == ids_.accounts.end()) {
    report.skip(row.id(), "unknown_account", "The account that was rented is not in the file, or was not taken.");
    return {};
  }
  const std::optional<Instant> rented_at = row.instant(kRentedAt);
  if (!rented_at || *rented_at > now_) {
    report.skip(row.id(), "malformed_time", "When it began cannot be read, or lies ahead.");
    return {};
  }
  const Result<bool> known = ImportStore::has_rental(transaction, id->second, *rented_at);
  if (!known) return std::unexpected(known.error());
  if (*known) {
    report.know();
    return {};
  }
  const Result<RentalAccount*> account = this->account(transaction, id->second);
  if (!account) return std::unexpected(account.error());
  const std::chrono::hours most{rentals::kValidityHoursMax};
  Rental rental{.rental_account_id = id->second, .website_id = (*account)->website_id, .rented_at = *rented_at};
  const Instant expires_at = row.instant(kExpiresAt).value_or(*rented_at + std::chrono::hours{24});
  rental.expires_at = std::clamp(expires_at, *rented_at, *rented_at + most);
  end(rental, row.instant(kReturnedAt), tidy_word(row.text(kStatus).value_or(""), 32), now_);
  if (!rental.ended_at && (*account)->status != AccountStatus::available) {
    report.skip(row.id(), "account_not_free",
                "It is still open, but the account is rented to somebody else or put aside.");
    return {};
  }
  const std::string name = tidy_line(row.text(kName).value_or(""), fields::kNameMax);
  const Result<std::string> email = customers::check_optional_email(row.text(kEmail).value_or(""));
  const Result<Holder> holder = holder_of(transaction, name, email.value_or(""));
  if (!holder) return std::unexpected(holder.error());
  rental.customer_key_id = holder->key;
  rental.customer_id = holder->customer;
  rental.customer_info = customer_info(name, email.value_or(""), tidy_line(row.text(kPhone).value_or(""), kPhoneMax));
  rental.fencing = ++(*account)->fencing;
  const Result<void> inserted = ImportStore::insert_rental(transaction, rental);
  if (!inserted) return inserted;
  report.take();
  if (rental.ended_at) return {};
  (*account)->status = AccountStatus::rented;
  const Result<std::int64_t> open = ImportStore::open_rentals(transaction, holder->key);
  if (!open) return std::unexpected(open.error());
  transaction.after_commit([parts = parts_, key = holder->key, open = *open] {
    parts.keys->set_open_rentals(key, open);
    parts.pool->rental_began();
    if (parts.expiry_alarm != nullptr) parts.expiry_alarm->ring();
  });
  return {};
}

}  // namespace keyledger::service
