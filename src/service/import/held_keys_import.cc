#include "service/import/held_keys_import.h"

#include <fmt/format.h>

#include "base/fields.h"
#include "domain/keys/account.h"
#include "service/key_rules.h"
#include "service/provider_keys.h"
#include "store/account_store.h"
#include "store/import_store.h"
#include "store/provider_key_store.h"

namespace keyledger::service {
namespace {

using store::AccountStore;
using store::ProviderKeyStore;
using store::Transaction;

enum AccountColumn : std::size_t { kEmail, kAccountName, kOrganization, kAccountCreated, kAccountUpdated };
enum KeyColumn : std::size_t { kName, kFullKey, kType, kProvider, kAccount, kAdminKey, kCreated, kUpdated };

/// The text in one line, short enough; nothing becomes the empty text.
std::string line(ForeignFields& row, std::size_t column, std::size_t bytes_max) {
  return tidy_line(row.text(column).value_or(""), bytes_max);
}

std::string small(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

}  // namespace

Result<void> HeldKeysImport::run(Transaction& transaction) {
  now_ = parts_.core.clock->now();
  for (ForeignFields& row : accounts_->rows) {
    const Result<void> taken = take_account(transaction, row);
    if (!taken) return taken;
  }
  for (ForeignFields& row : keys_->rows) {
    const Result<void> taken = take_key(transaction, row);
    if (!taken) return taken;
  }
  for (const Link& each : links_) {
    const Result<void> linked = link(transaction, each);
    if (!linked) return linked;
  }
  return {};
}

Result<void> HeldKeysImport::take_account(Transaction& transaction, ForeignFields& row) {
  TableReport& report = accounts_->report;
  const Result<keys::AccountFields> fields =
      keys::check_account({row.text(kEmail).value_or(""), line(row, kAccountName, fields::kNameMax),
                           line(row, kOrganization, keys::kOrganizationMax)});
  if (!fields) {
    report.skip(row.id(), fields.error());
    return {};
  }
  const std::string folded = fields::fold_email(fields->email);
  const Result<std::optional<AccountId>> known = store::ImportStore::account_of(transaction, folded);
  if (!known) return std::unexpected(known.error());
  if (*known) {
    account_ids_.emplace(row.id(), **known);
    report.know();
    return {};
  }
  const AccountStore::Fields stored{fields->email, folded, fields->name, fields->organization_name};
  const Instant created = not_after(row.instant(kAccountCreated), now_);
  const Result<AccountId> id = AccountStore::insert(transaction, stored, created);
  if (!id) return std::unexpected(id.error());
  const Instant updated = std::max(created, not_after(row.instant(kAccountUpdated), now_));
  const Result<void> done = AccountStore::update(transaction, *id, stored, updated);
  if (!done) return done;
  account_ids_.emplace(row.id(), *id);
  report.take();
  return {};
}

Result<void> HeldKeysImport::take_key(Transaction& transaction, ForeignFields& row) {
  TableReport& report = keys_->report;
  const auto account = account_ids_.find(row.integer(kAccount).value_or(-1));
  if (account == account_ids_.end()) {
    report.skip(row.id(), "unknown_account", "The account that it belongs to is not in the file, or was not taken.");
    return {};
  }
  NewKey key;
  key.full_key = row.secret(kFullKey);
  key.account_id = account->second;
  key.name = line(row, kName, fields::kNameMax);
  if (key.name.empty()) key.name = fmt::format("Imported key {}", row.id());
  // What the columns say counts as long as the key's text does not say otherwise.
  const std::string provider = small(line(row, kProvider, fields::kNameMax));
  if (parts_.provider_keys->has_provider(provider)) key.provider = provider;
  keys::KeyType type{};
  if (boost::describe::enum_from_string(small(line(row, kType, fields::kNameMax)).c_str(), type)) key.key_type = type;
  const bool said = key.provider || key.key_type;
  NewKey by_text{.name = key.name, .full_key = key.full_key.copy(), .account_id = key.account_id};
  const Instant created = not_after(row.instant(kCreated), now_);
  Result<ProviderKeys::TakenOver> taken = parts_.provider_keys->take_over(transaction, actor_, std::move(key), created);
  if (!taken && said && is_about_the_row(taken.error())) {
    taken = parts_.provider_keys->take_over(transaction, actor_, std::move(by_text), created);
    if (taken) report.adjust(row.id(), "recognised", "Provider and type are those that the key's text tells.");
  }
  if (!taken && is_about_the_row(taken.error())) {
    report.skip(row.id(), taken.error());
    return {};
  }
  if (!taken) return std::unexpected(taken.error());
  key_ids_.emplace(row.id(), taken->id);
  taken->known ? report.know() : report.take();
  if (taken->known) return {};
  const Instant updated = std::max(created, not_after(row.instant(kUpdated), now_));
  links_.push_back({row.id(), taken->id, row.integer(kAdminKey), updated});
  return {};
}

Result<void> HeldKeysImport::link(Transaction& transaction, const Link& link) {
  Result<keys::ProviderKey> key = ProviderKeyStore::get(transaction, link.key);
  if (!key) return std::unexpected(key.error());
  if (link.admin_row) {
    const auto admin_id = key_ids_.find(*link.admin_row);
    if (admin_id == key_ids_.end()) {
      keys_->report.adjust(link.row, "unknown_admin_key", "Its admin key was not taken, so it is not linked.");
    } else {
      const Result<keys::ProviderKey> admin = ProviderKeyStore::get(transaction, admin_id->second);
      if (!admin) return std::unexpected(admin.error());
      const Result<void> fits = check_admin_link(*key, *admin);
      if (!fits) keys_->report.adjust(link.row, fits.error().reason, "It is not linked: " + fits.error().message);
      if (fits) key->admin_key_id = admin->id;
      if (fits) key->linked_by = keys::LinkedBy::person;
    }
  }
  return ProviderKeyStore::update(transaction, *key, link.updated_at);
}

}  // namespace keyledger::service
