#include "service/accounts.h"

#include <fmt/format.h>

#include "domain/keys/account.h"
#include "service/audit.h"
#include "service/key_rules.h"
#include "store/account_store.h"
#include "store/budget_store.h"
#include "store/provider_key_store.h"

namespace keyledger::service {
namespace {

using keys::Account;
using store::AccountStore;
using store::BudgetStore;
using store::ProviderKeyStore;
using store::Transaction;

std::string subject(AccountId id) {
  return fmt::format("accounts/{}", id.value);
}

/// The fields as they are stored, or what is wrong with them.
Result<AccountStore::Fields> check_fields(const std::string& email, const std::string& name,
                                          const std::string& organization) {
  Result<keys::AccountFields> fields = keys::check_account({email, name, organization});
  if (!fields) return std::unexpected(fields.error());
  std::string folded = keys::fold_email(fields->email);
  return AccountStore::Fields{std::move(fields->email), std::move(folded), std::move(fields->name),
                              std::move(fields->organization_name)};
}

Result<Account> insert_account(Transaction& transaction, const Core& core, const Actor& actor,
                               const AccountStore::Fields& fields, const Once<Account>& once) {
  const Instant now = core.clock->now();
  const Result<AccountId> id = AccountStore::insert(transaction, fields, now);
  if (!id) return std::unexpected(id.error());
  Result<void> done = record_audit(transaction, now, actor, "accounts.create", subject(*id), {{"email", fields.email}});
  if (!done) return std::unexpected(done.error());
  Result<Account> account = AccountStore::get(transaction, *id);
  if (!account) return account;
  done = Idempotency::remember(transaction, core, once, *account);
  if (!done) return std::unexpected(done.error());
  return account;
}

Result<void> remove_keys(Transaction& transaction, Instant now, const Actor& actor, AccountId id, bool cascade) {
  const Result<std::vector<keys::ProviderKey>> held = ProviderKeyStore::of_account(transaction, id);
  if (!held) return std::unexpected(held.error());
  if (!held->empty() && !cascade) {
    return fail(Code::conflict,
                fmt::format("The account still has {} key{}; delete or move them first, or say ?cascade=true.",
                            held->size(), held->size() == 1 ? "" : "s"),
                "account_has_keys");
  }
  for (const keys::ProviderKey& key : *held) {
    Result<void> done = BudgetStore::remove_for(transaction, usage::BudgetScope::key, key.id.value);
    if (done) done = ProviderKeyStore::remove(transaction, key.id);
    if (!done) return done;
    done = record_audit(transaction, now, actor, "keys.delete", fmt::format("provider_keys/{}", key.id.value),
                        {{"name", key.name}, {"with", subject(id)}});
    if (!done) return done;
  }
  return {};
}

}  // namespace

runtime::Task<Result<Account>> Accounts::get(AccountId id) const {
  auto read = [id](Transaction& transaction) { return AccountStore::get(transaction, id); };
  Result<Account> account = co_await core_.store->readers().run<Account>(std::move(read));
  co_return account;
}

runtime::Task<Result<Account>> Accounts::create(Actor actor, NewAccount account, Once<Account> once) {
  Result<AccountStore::Fields> fields = check_fields(account.email, account.name, account.organization_name);
  if (!fields) co_return std::unexpected(fields.error());
  auto insert = [core = core_, actor = std::move(actor), fields = std::move(*fields), once = std::move(once)](
                    Transaction& transaction) { return insert_account(transaction, core, actor, fields, once); };
  Result<Account> made = co_await core_.store->writer().run<Account>(std::move(insert));
  co_return made;
}

runtime::Task<Result<Account>> Accounts::update(Actor actor, AccountId id, AccountPatch patch) {
  const Instant now = core_.clock->now();
  auto change = [actor = std::move(actor), id, patch = std::move(patch),
                 now](Transaction& transaction) -> Result<Account> {
    const Result<Account> old = AccountStore::get(transaction, id);
    if (!old) return old;
    const Result<AccountStore::Fields> fields =
        check_fields(patch.email.value_or(old->email), patch.name.value_or(old->name),
                     patch.organization_name.value_or(old->organization_name));
    if (!fields) return std::unexpected(fields.error());
    Result<void> done = AccountStore::update(transaction, id, *fields, now);
    if (!done) return std::unexpected(done.error());
    done = record_audit(transaction, now, actor, "accounts.update", subject(id), {{"email", fields->email}});
    if (!done) return std::unexpected(done.error());
    return AccountStore::get(transaction, id);
  };
  Result<Account> account = co_await core_.store->writer().run<Account>(std::move(change));
  co_return account;
}

runtime::Task<Result<void>> Accounts::remove(Actor actor, AccountId id, bool cascade) {
  const Instant now = core_.clock->now();
  auto remove = [actor = std::move(actor), id, cascade, now](Transaction& transaction) -> Result<void> {
    const Result<Account> account = AccountStore::get(transaction, id);
    if (!account) return std::unexpected(account.error());
    Result<void> done = remove_keys(transaction, now, actor, id, cascade);
    if (!done) return done;
    done = BudgetStore::remove_for(transaction, usage::BudgetScope::account, id.value);
    if (done) done = AccountStore::remove(transaction, id);
    if (!done) return done;
    return record_audit(transaction, now, actor, "accounts.delete", subject(id), {{"email", account->email}});
  };
  Result<void> removed = co_await core_.store->writer().run<void>(std::move(remove));
  co_return removed;
}

}  // namespace keyledger::service
