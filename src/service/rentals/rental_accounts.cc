#include "service/rentals/rental_accounts.h"

#include <fmt/format.h>

#include "service/audit.h"
#include "service/rentals/rental_account_views.h"
#include "store/rental_account_store.h"
#include "store/rental_store.h"
#include "store/website_store.h"

namespace keyledger::service {
namespace {

using rentals::AccountStatus;
using rentals::Act;
using rentals::Rental;
using rentals::RentalAccount;
using rentals::Website;
using store::RentalAccountStore;
using store::RentalStore;
using store::Transaction;
using store::WebsiteStore;

std::string subject(RentalAccountId id) {
  return fmt::format("rental_accounts/{}", id.value);
}

/// What most acts on one account do: read it and its website, change it, store, audit, show.
struct Change {
  const RentalParts* parts;
  Actor actor;
  RentalAccountId id;
  Instant now;
  std::string action;
};
using Edit = std::function<Result<void>(Transaction&, RentalAccount&, const Website&)>;

Result<RentalAccountView> change(Transaction& transaction, const Change& what, const Edit& edit) {
  const Result<std::optional<Rental>> open = open_rental(transaction, *what.parts, what.id, what.now);
  if (!open) return std::unexpected(open.error());
  Result<RentalAccount> account = RentalAccountStore::get(transaction, what.id);
  if (!account) return std::unexpected(account.error());
  const Result<Website> website = WebsiteStore::get(transaction, account->website_id);
  if (!website) return std::unexpected(website.error());
  Result<void> done = edit(transaction, *account, *website);
  if (!done) return std::unexpected(done.error());
  done = record_audit(transaction, what.now, what.actor, what.action, subject(what.id),
                      {{"username", account->username}, {"website", website->name}});
  if (!done) return std::unexpected(done.error());
  return view_account(transaction, what.id, what.now);
}

}  // namespace

Result<RentalAccountId> RentalAccounts::add(Transaction& transaction, const Website& website,
                                            const rentals::AccountFields& fields, const Secret& password,
                                            const std::string& set_by, Instant now) const {
  RentalAccount account{.website_id = website.id,
                        .username = fields.username,
                        .email = fields.email,
                        .notes = fields.notes,
                        .rested_since = now,
                        .last_reset = now,
                        .created_at = now,
                        .updated_at = now};
  const Result<RentalAccountId> id = RentalAccountStore::insert(transaction, account);
  if (!id) return id;
  account.id = *id;
  const Result<void> done = set_password(transaction, parts_, account, website, password, set_by, now);
  if (!done) return std::unexpected(done.error());
  return account.id;
}

Result<RentalAccountView> RentalAccounts::insert(Transaction& transaction, const Actor& actor,
                                                 const NewRentalAccount& given, const Once<RentalAccountView>& once,
                                                 Instant now) const {
  const Result<Website> website = website_named(transaction, given.website);
  if (!website) return std::unexpected(website.error());
  const Result<RentalAccountId> id =
      add(transaction, *website, {given.username, given.email, given.notes}, given.password, actor.name, now);
  if (!id) return std::unexpected(id.error());
  Result<void> done = record_audit(transaction, now, actor, "rental_accounts.create", subject(*id),
                                   {{"username", given.username}, {"website", website->name}});
  if (!done) return std::unexpected(done.error());
  Result<RentalAccountView> shown = view_account(transaction, *id, now);
  if (!shown) return shown;
  done = Idempotency::remember(transaction, parts_.core, once, *shown);
  if (!done) return std::unexpected(done.error());
  return shown;
}

runtime::Task<Result<RentalAccountView>> RentalAccounts::create(Actor actor, NewRentalAccount account,
                                                                Once<RentalAccountView> once) {
  Result<rentals::AccountFields> fields = rentals::check_account({account.username, account.email, account.notes});
  if (!fields) co_return std::unexpected(std::move(fields.error()));
  const Result<void> fine = rentals::check_password(account.password);
  if (!fine) co_return std::unexpected(fine.error());
  account.username = std::move(fields->username);
  account.email = std::move(fields->email);
  account.notes = std::move(fields->notes);
  auto mutation = [this, actor = std::move(actor), account = std::move(account), once = std::move(once),
                   now = parts_.core.clock->now()](Transaction& transaction) {
    return insert(transaction, actor, account, once, now);
  };
  Result<RentalAccountView> made = co_await parts_.core.store->writer().run<RentalAccountView>(std::move(mutation));
  co_return made;
}

runtime::Task<Result<RentalAccountView>> RentalAccounts::update(Actor actor, RentalAccountId id,
                                                                RentalAccountPatch patch) {
  Change what{&parts_, std::move(actor), id, parts_.core.clock->now(), "rental_accounts.update"};
  auto edit = [parts = &parts_, patch = std::move(patch), now = what.now](
                  Transaction& transaction, RentalAccount& account, const Website&) -> Result<void> {
    Result<rentals::AccountFields> fields =
        rentals::check_account({patch.username.value_or(account.username), patch.email.value_or(account.email),
                                patch.notes.value_or(account.notes)});
    if (!fields) return std::unexpected(fields.error());
    account.username = std::move(fields->username);
    account.email = std::move(fields->email);
    account.notes = std::move(fields->notes);
    account.updated_at = now;
    return save(transaction, *parts, account);
  };
  auto mutation = [what = std::move(what), edit = Edit{std::move(edit)}](Transaction& transaction) {
    return change(transaction, what, edit);
  };
  Result<RentalAccountView> account = co_await parts_.core.store->writer().run<RentalAccountView>(std::move(mutation));
  co_return account;
}

runtime::Task<Result<void>> RentalAccounts::remove(Actor actor, RentalAccountId id) {
  auto mutation = [this, actor = std::move(actor), id,
                   now = parts_.core.clock->now()](Transaction& transaction) -> Result<void> {
    const Result<std::optional<Rental>> open = open_rental(transaction, parts_, id, now);
    if (!open) return std::unexpected(open.error());
    const Result<RentalAccount> account = RentalAccountStore::get(transaction, id);
    if (!account) return std::unexpected(account.error());
    const Result<AccountStatus> allowed = rentals::after(Act::remove, account->status);
    if (!allowed) return std::unexpected(allowed.error());
    const Result<void> removed = RentalAccountStore::remove(transaction, id, now);
    if (!removed) return removed;
    transaction.after_commit([pool = parts_.pool, id] { pool->take(id); });
    return record_audit(transaction, now, actor, "rental_accounts.delete", subject(id),
                        {{"username", account->username}});
  };
  Result<void> removed = co_await parts_.core.store->writer().run<void>(std::move(mutation));
  co_return removed;
}

runtime::Task<Result<RentalAccountView>> RentalAccounts::put_aside(Actor actor, RentalAccountId id, std::string reason,
                                                                   bool take_back) {
  Result<std::string> checked = rentals::check_reason(reason);
  if (!checked) co_return std::unexpected(std::move(checked.error()));
  Change what{&parts_, std::move(actor), id, parts_.core.clock->now(), "rental_accounts.put_aside"};
  auto edit = [parts = &parts_, why = std::move(*checked), take_back, now = what.now](
                  Transaction& transaction, RentalAccount& account, const Website& website) -> Result<void> {
    if (account.status == AccountStatus::rented && take_back) {
      const Result<std::optional<Rental>> rental = RentalStore::open_of(transaction, account.id);
      if (!rental) return std::unexpected(rental.error());
      check_invariant(rental->has_value(), "an account that is rented has an open rental");
      const Result<RentalAccount> ended =
          end_rental(transaction, *parts, **rental, now, rentals::EndedBy::taken_back, why);
      if (!ended) return std::unexpected(ended.error());
      return {};
    }
    const Result<void> done = apply(account, Act::put_aside, website, now);
    if (!done) return done;
    account.exception_reason = why;
    return save(transaction, *parts, account);
  };
  auto mutation = [what = std::move(what), edit = Edit{std::move(edit)}](Transaction& transaction) {
    return change(transaction, what, edit);
  };
  Result<RentalAccountView> account = co_await parts_.core.store->writer().run<RentalAccountView>(std::move(mutation));
  co_return account;
}

runtime::Task<Result<RentalAccountView>> RentalAccounts::restore(Actor actor, RentalAccountId id) {
  Change what{&parts_, std::move(actor), id, parts_.core.clock->now(), "rental_accounts.restore"};
  auto edit = [parts = &parts_, now = what.now](Transaction& transaction, RentalAccount& account,
                                                const Website& website) -> Result<void> {
    const Result<std::optional<Rental>> last = RentalStore::newest(transaction, account.id, {});
    if (!last) return std::unexpected(last.error());
    const bool known_outside = *last && (*last)->rented_at >= account.last_reset;
    const bool rotate = known_outside && website.after_rental == rentals::AfterRental::needs_rotation;
    const Result<void> done = apply(account, rotate ? Act::restore_to_rotation : Act::restore, website, now);
    if (!done) return done;
    return save(transaction, *parts, account);
  };
  auto mutation = [what = std::move(what), edit = Edit{std::move(edit)}](Transaction& transaction) {
    return change(transaction, what, edit);
  };
  Result<RentalAccountView> account = co_await parts_.core.store->writer().run<RentalAccountView>(std::move(mutation));
  co_return account;
}

runtime::Task<Result<RentalAccountView>> RentalAccounts::put_password(Actor actor, RentalAccountId id,
                                                                      Secret password) {
  const Result<void> fine = rentals::check_password(password);
  if (!fine) co_return std::unexpected(fine.error());
  Change what{&parts_, std::move(actor), id, parts_.core.clock->now(), "rental_accounts.set_password"};
  auto secret = std::make_shared<const Secret>(std::move(password));  // an Edit is copyable, a secret is not
  auto edit = [parts = &parts_, secret, who = what.actor.name, now = what.now](
                  Transaction& transaction, RentalAccount& account, const Website& website) {
    return set_password(transaction, *parts, account, website, *secret, who, now);
  };
  auto mutation = [what = std::move(what), edit = Edit{std::move(edit)}](Transaction& transaction) {
    return change(transaction, what, edit);
  };
  Result<RentalAccountView> account = co_await parts_.core.store->writer().run<RentalAccountView>(std::move(mutation));
  co_return account;
}

runtime::Task<Result<Secret>> RentalAccounts::reveal(Actor actor, RentalAccountId id) {
  auto mutation = [this, actor = std::move(actor), id,
                   now = parts_.core.clock->now()](Transaction& transaction) -> Result<Secret> {
    const Result<store::Bytes> sealed = RentalAccountStore::sealed_password(transaction, id);
    if (!sealed) return std::unexpected(sealed.error());
    Result<Secret> password = parts_.core.keyring->open(*sealed, sealed_row(id));
    if (!password) return password;
    const Result<void> audited = record_audit(transaction, now, actor, "rental_accounts.reveal", subject(id));
    if (!audited) return std::unexpected(audited.error());
    return password;
  };
  Result<Secret> password = co_await parts_.core.store->writer().run<Secret>(std::move(mutation));
  co_return password;
}

}  // namespace keyledger::service
