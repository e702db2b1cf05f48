#include "service/import/handed_out_import.h"

#include "domain/rentals/rules.h"
#include "service/rentals/changes.h"
#include "store/rental_account_store.h"
#include "store/website_store.h"

// Websites and their accounts. Keys are in customer_keys_import.cc, rentals in rentals_import.cc.

namespace keyledger::service {
namespace {

using rentals::AccountStatus;
using rentals::RentalAccount;
using rentals::Website;
using store::RentalAccountStore;
using store::Transaction;
using store::WebsiteStore;

enum WebsiteColumn : std::size_t { kName, kUrl, kValidity, kDescription };
enum AccountColumn : std::size_t {
  kWebsite,
  kUsername,
  kEmail,
  kPassword,
  kStatus,
  kRentedAt,
  kAvailableAt,
  kLastReset,
  kException
};

constexpr std::size_t kTextMax = 16 << 10;  // before the checks, which are stricter
constexpr std::int64_t kValidityHours = 24;

std::string line(ForeignFields& row, std::size_t column) {
  return tidy_line(row.text(column).value_or(""), kTextMax);
}

/// Makes a website fit by leaving out what does not. Errors: those of a name.
Result<Website> fit(Website website, std::int64_t row, TableReport& report) {
  for (;;) {
    Result<Website> checked = rentals::check_website(website);
    if (checked) return checked;
    const Error& error = checked.error();
    if (error.field == "url" && !website.url.empty()) {
      website.url.clear();
      report.adjust(row, error.reason, "Its address is left out: " + error.message);
    } else if (error.field == "description" && !website.description.empty()) {
      website.description.clear();
      report.adjust(row, error.reason, "Its description is left out: " + error.message);
    } else if (error.field == "validity_hours" && website.validity_hours != kValidityHours) {
      website.validity_hours = kValidityHours;
      report.adjust(row, error.reason, "Its accounts are rented for 24 hours. " + error.message);
    } else {
      return checked;
    }
  }
}

/// What an account's status in the file means here; of those that nobody knows, somebody has to decide.
AccountStatus status_of(const std::string& word, const std::string& reason) {
  constexpr std::string_view kFree[] = {"", "available", "free", "active", "rented", "in_use"};
  constexpr std::string_view kWaiting[] = {"needs_rotation", "needs_reset", "pending_reset", "expired", "cooldown"};
  if (std::ranges::find(kWaiting, word) != std::end(kWaiting)) return AccountStatus::needs_rotation;
  const bool free = std::ranges::find(kFree, word) != std::end(kFree);
  return free && (reason.empty() || !word.empty()) ? AccountStatus::available : AccountStatus::exception;
}

}  // namespace

Result<void> HandedOutImport::run(Transaction& transaction) {
  using Take = Result<void> (HandedOutImport::*)(Transaction&, ForeignFields&);
  const std::pair<ImportTable*, Take> steps[] = {{websites_, &HandedOutImport::take_website},
                                                 {accounts_, &HandedOutImport::take_account},
                                                 {keys_, &HandedOutImport::take_key},
                                                 {rentals_, &HandedOutImport::take_rental}};
  now_ = parts_.core.clock->now();
  for (const auto& [table, take] : steps) {
    for (ForeignFields& row : table->rows) {
      const Result<void> taken = (this->*take)(transaction, row);
      if (!taken) return taken;
    }
  }
  return save_accounts(transaction);
}

Result<void> HandedOutImport::take_website(Transaction& transaction, ForeignFields& row) {
  Website given{.name = line(row, kName), .url = line(row, kUrl), .description = line(row, kDescription)};
  given.validity_hours = row.is_null(kValidity) ? kValidityHours : row.integer(kValidity).value_or(-1);
  given.created_at = given.updated_at = now_;
  Result<Website> website = fit(std::move(given), row.id(), websites_->report);
  if (!website) {
    websites_->report.skip(row.id(), website.error());
    return {};
  }
  const std::string folded = rentals::fold_name(website->name);
  const Result<std::optional<Website>> known = WebsiteStore::find(transaction, folded);
  if (!known) return std::unexpected(known.error());
  if (*known) {
    website = **known;
    websites_->report.know();
  } else {
    const Result<WebsiteId> id = WebsiteStore::insert(transaction, *website, folded);
    if (!id) return std::unexpected(id.error());
    website->id = *id;
    transaction.after_commit([pool = parts_.pool, made = *website] { pool->put_website(made); });
    websites_->report.take();
  }
  ids_.websites_by_name.emplace(folded, website->id);
  ids_.websites.emplace(row.id(), std::move(*website));
  return {};
}

Result<void> HandedOutImport::take_account(Transaction& transaction, ForeignFields& row) {
  TableReport& report = accounts_->report;
  const auto website = ids_.websites.find(row.integer(kWebsite).value_or(-1));
  if (website == ids_.websites.end()) {
    report.skip(row.id(), "unknown_website", "The website that it belongs to is not in the file, or was not taken.");
    return {};
  }
  rentals::AccountFields given{.username = line(row, kUsername), .email = line(row, kEmail)};
  Result<rentals::AccountFields> fields = rentals::check_account(given);
  if (!fields && fields.error().field == "email") {
    report.adjust(row.id(), fields.error().reason, "Its e-mail is left out: " + fields.error().message);
    given.email.clear();
    fields = rentals::check_account(given);
  }
  if (!fields) {
    report.skip(row.id(), fields.error());
    return {};
  }
  const Result<std::optional<RentalAccountId>> known =
      store::ImportStore::rental_account(transaction, website->second.id, fields->username);
  if (!known) return std::unexpected(known.error());
  if (*known) {
    ids_.accounts.emplace(row.id(), **known);
    report.know();
    return {};
  }
  RentalAccount account;
  account.website_id = website->second.id;
  account.username = std::move(fields->username);
  account.email = std::move(fields->email);
  return add_account(transaction, row, std::move(account));
}

Result<void> HandedOutImport::add_account(Transaction& transaction, ForeignFields& row, RentalAccount account) {
  TableReport& report = accounts_->report;
  const Secret password = row.secret(kPassword);
  const Result<void> usable = rentals::check_password(password);
  if (!usable) {
    report.skip(row.id(), usable.error());
    return {};
  }
  const std::string word = tidy_word(row.text(kStatus).value_or(""), 32);
  std::string reason = line(row, kException);
  account.status = status_of(word, reason);
  if (account.status == AccountStatus::exception) {
    if (reason.empty()) reason = "Its status in the imported file was " + word + ".";
    account.exception_reason = tidy_line(reason, rentals::kReasonMax);
  }
  account.last_reset = not_after(row.instant(kLastReset), now_);
  account.rested_since = row.is_null(kAvailableAt) ? account.last_reset : not_after(row.instant(kAvailableAt), now_);
  account.created_at = account.updated_at = now_;
  const Result<RentalAccountId> id = RentalAccountStore::insert(transaction, account);
  if (!id) return std::unexpected(id.error());
  account.id = *id;
  const Keyring& keyring = *parts_.core.keyring;
  Result<void> done = RentalAccountStore::put_password(transaction, *id, keyring.seal(password, sealed_row(*id)));
  if (!done) return done;
  const Result<std::int64_t> past =
      RentalAccountStore::add_past_password(transaction, *id, account.last_reset, "import");
  if (!past) return std::unexpected(past.error());
  done = RentalAccountStore::put_past_password(transaction, *past, keyring.seal(password, past_password_row(*past)));
  if (!done) return done;
  ids_.accounts.emplace(row.id(), *id);
  touched_.emplace(*id, std::move(account));
  report.take();
  return {};
}

Result<RentalAccount*> HandedOutImport::account(Transaction& transaction, RentalAccountId id) {
  const auto known = touched_.find(id);
  if (known != touched_.end()) return &known->second;
  Result<RentalAccount> stored = RentalAccountStore::get(transaction, id);
  if (!stored) return std::unexpected(stored.error());
  return &touched_.emplace(id, std::move(*stored)).first->second;
}

Result<void> HandedOutImport::save_accounts(Transaction& transaction) {
  for (const auto& [id, account] : touched_) {
    const Result<void> saved = RentalAccountStore::update(transaction, account);
    if (!saved) return saved;
    transaction.after_commit([pool = parts_.pool, account] { pool->put(account); });
  }
  return {};
}

}  // namespace keyledger::service
