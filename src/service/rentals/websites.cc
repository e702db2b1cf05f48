#include "service/rentals/websites.h"

#include <fmt/format.h>

#include "service/audit.h"
#include "service/key_rules.h"
#include "service/usage/budgets.h"
#include "service/webhooks/signature.h"
#include "store/ordered_ids.h"
#include "store/rental_account_store.h"
#include "store/website_store.h"

namespace keyledger::service {
namespace {

using rentals::Rotation;
using rentals::Website;
using store::RentalAccountStore;
using store::Transaction;
using store::WebsiteStore;

std::string subject(WebsiteId id) {
  return fmt::format("websites/{}", id.value);
}

std::string word(Rotation rotation) {
  return boost::describe::enum_to_string(rotation, "");
}

WebsiteView to_view(WebsiteStore::Row&& row) {
  WebsiteView view{.id = row.id,
                   .name = std::move(row.name),
                   .url = std::move(row.url),
                   .validity_hours = row.validity_hours,
                   .description = std::move(row.description),
                   .after_rental = row.after_rental,
                   .rotation = row.rotation,
                   .has_rotation_secret = row.has_secret,
                   .created_at = row.created_at,
                   .updated_at = row.updated_at};
  view.accounts = {.total = row.available + row.rented + row.needs_rotation + row.exception,
                   .available = row.available,
                   .rented = row.rented,
                   .needs_rotation = row.needs_rotation,
                   .exception = row.exception};
  view.account_count = view.accounts.total;
  view.free_count = view.accounts.available;
  if (!row.rotation_url.empty()) view.rotation_url = std::move(row.rotation_url);
  return view;
}

Result<WebsiteView> view(Transaction& transaction, WebsiteId id) {
  Result<WebsiteStore::Row> row = WebsiteStore::get_row(transaction, id);
  if (!row) return std::unexpected(row.error());
  return to_view(std::move(*row));
}

Result<Listed<WebsiteView>> list_websites(Transaction& transaction, const WebsiteQuery& query) {
  const std::string like = like_pattern(query.search);
  Result<std::vector<ListPlace>> places = WebsiteStore::page(transaction, query.page, like);
  if (!places) return std::unexpected(places.error());
  Listed<WebsiteView> listed{.next = store::cut_page(*places, query.page.limit)};
  for (const ListPlace& place : *places) {
    Result<WebsiteView> website = view(transaction, WebsiteId{place.id});
    if (!website) return std::unexpected(website.error());
    listed.rows.push_back(std::move(*website));
  }
  if (!query.page.counted) return listed;
  const Result<std::int64_t> count = WebsiteStore::count(transaction, like);
  if (!count) return std::unexpected(count.error());
  const Result<std::int64_t> all = WebsiteStore::count(transaction, like_pattern(""));
  if (!all) return std::unexpected(all.error());
  listed.count = *count;
  listed.all_count = *all;
  return listed;
}

void apply_patch(Website& website, const WebsitePatch& patch) {
  if (patch.name) website.name = *patch.name;
  if (patch.url) website.url = *patch.url;
  if (patch.description) website.description = *patch.description;
  if (patch.rotation_url) website.rotation_url = *patch.rotation_url;
  if (patch.validity_hours) website.validity_hours = *patch.validity_hours;
  if (patch.after_rental) website.after_rental = *patch.after_rental;
  if (patch.rotation) website.rotation = *patch.rotation;
}

}  // namespace

Result<Website> Websites::check(Website website) const {
  Result<Website> checked = rentals::check_website(std::move(website));
  if (!checked) return checked;
  if (!checked->rotation_url.empty() || checked->rotation == Rotation::webhook) {
    Result<void> fine = check_webhook(checked->rotation_url);
    if (!fine) {
      fine.error().field = "rotation_url";
      return std::unexpected(std::move(fine.error()));
    }
  }
  if (checked->rotation == Rotation::command && !has_command_) {
    return fail(Code::invalid_argument,
                "No command is configured that could change passwords; start the server with --rotation-command.",
                "no_rotation_command", "rotation");
  }
  return checked;
}

Result<Secret> Websites::make_secret(Transaction& transaction, WebsiteId id) const {
  Secret secret = make_webhook_secret();
  const Result<void> put = WebsiteStore::put_secret(transaction, id, parts_.core.keyring->seal(secret, sealed_row(id)));
  if (!put) return std::unexpected(put.error());
  return secret;
}

runtime::Task<Result<Listed<WebsiteView>>> Websites::list(WebsiteQuery query) const {
  auto read = [query = std::move(query)](Transaction& transaction) { return list_websites(transaction, query); };
  Result<Listed<WebsiteView>> listed = co_await parts_.core.store->readers().run<Listed<WebsiteView>>(std::move(read));
  co_return listed;
}

runtime::Task<Result<WebsiteView>> Websites::get(WebsiteId id) const {
  auto read = [id](Transaction& transaction) { return view(transaction, id); };
  Result<WebsiteView> website = co_await parts_.core.store->readers().run<WebsiteView>(std::move(read));
  co_return website;
}

Result<SavedWebsite> Websites::insert(Transaction& transaction, const Actor& actor, const Website& website,
                                      const Once<SavedWebsite>& once) const {
  Website made = website;
  const Result<WebsiteId> id = WebsiteStore::insert(transaction, made, rentals::fold_name(made.name));
  if (!id) return std::unexpected(id.error());
  made.id = *id;
  SavedWebsite saved;
  if (made.rotation == Rotation::webhook) {
    Result<Secret> secret = make_secret(transaction, made.id);
    if (!secret) return std::unexpected(secret.error());
    saved.rotation_secret = std::move(*secret);
  }
  Result<void> done = record_audit(transaction, made.created_at, actor, "websites.create", subject(made.id),
                                   {{"name", made.name}, {"rotation", word(made.rotation)}});
  if (!done) return std::unexpected(done.error());
  Result<WebsiteView> shown = view(transaction, made.id);
  if (!shown) return std::unexpected(shown.error());
  saved.website = std::move(*shown);
  done = Idempotency::remember(transaction, parts_.core, once, saved);
  if (!done) return std::unexpected(done.error());
  transaction.after_commit([pool = parts_.pool, made] { pool->put_website(made); });
  return saved;
}

runtime::Task<Result<SavedWebsite>> Websites::create(Actor actor, NewWebsite website, Once<SavedWebsite> once) {
  const Instant now = parts_.core.clock->now();
  Website fresh{.name = std::move(website.name),
                .url = std::move(website.url),
                .validity_hours = website.validity_hours,
                .description = std::move(website.description),
                .after_rental = website.after_rental,
                .rotation = website.rotation,
                .rotation_url = std::move(website.rotation_url),
                .created_at = now,
                .updated_at = now};
  Result<Website> checked = check(std::move(fresh));
  if (!checked) co_return std::unexpected(std::move(checked.error()));
  auto mutation = [this, actor = std::move(actor), checked = std::move(*checked), once = std::move(once)](
                      Transaction& transaction) { return insert(transaction, actor, checked, once); };
  Result<SavedWebsite> made = co_await parts_.core.store->writer().run<SavedWebsite>(std::move(mutation));
  co_return made;
}

Result<SavedWebsite> Websites::change(Transaction& transaction, const Actor& actor, WebsiteId id,
                                      const WebsitePatch& patch, Instant now) const {
  const Result<Website> old = WebsiteStore::get(transaction, id);
  if (!old) return std::unexpected(old.error());
  Website changed = *old;
  apply_patch(changed, patch);
  changed.updated_at = now;
  const Result<Website> website = check(std::move(changed));
  if (!website) return std::unexpected(website.error());
  Result<void> done = WebsiteStore::update(transaction, *website, rentals::fold_name(website->name));
  if (!done) return std::unexpected(done.error());
  if (website->rotation != old->rotation || website->rotation_url != old->rotation_url) {
    const bool by_itself = website->rotation != Rotation::by_hand;
    done = RentalAccountStore::reschedule(transaction, id, by_itself ? std::optional{now} : std::nullopt);
    if (!done) return std::unexpected(done.error());
    transaction.after_commit([alarm = parts_.rotation_alarm] { alarm->ring(); });
  }
  SavedWebsite saved;
  const Result<store::Bytes> sealed = WebsiteStore::sealed_secret(transaction, id);
  if (!sealed) return std::unexpected(sealed.error());
  if (website->rotation == Rotation::webhook && sealed->empty()) {
    Result<Secret> secret = make_secret(transaction, id);
    if (!secret) return std::unexpected(secret.error());
    saved.rotation_secret = std::move(*secret);
  }
  done = record_audit(transaction, now, actor, "websites.update", subject(id),
                      {{"name", website->name}, {"rotation", word(website->rotation)}});
  if (!done) return std::unexpected(done.error());
  Result<WebsiteView> shown = view(transaction, id);
  if (!shown) return std::unexpected(shown.error());
  saved.website = std::move(*shown);
  transaction.after_commit([pool = parts_.pool, website = *website] { pool->put_website(website); });
  return saved;
}

runtime::Task<Result<SavedWebsite>> Websites::update(Actor actor, WebsiteId id, WebsitePatch patch) {
  auto mutation = [this, actor = std::move(actor), id, patch = std::move(patch), now = parts_.core.clock->now()](
                      Transaction& transaction) { return change(transaction, actor, id, patch, now); };
  Result<SavedWebsite> saved = co_await parts_.core.store->writer().run<SavedWebsite>(std::move(mutation));
  co_return saved;
}

runtime::Task<Result<void>> Websites::remove(Actor actor, WebsiteId id) {
  auto mutation = [pool = parts_.pool, actor = std::move(actor), id,
                   now = parts_.core.clock->now()](Transaction& transaction) -> Result<void> {
    const Result<Website> website = WebsiteStore::get(transaction, id);
    if (!website) return std::unexpected(website.error());
    const Result<std::int64_t> accounts = RentalAccountStore::count(transaction, id);
    if (!accounts) return std::unexpected(accounts.error());
    if (*accounts > 0) {
      return fail(
          Code::conflict,
          fmt::format("The website still has {} account{}; remove them first.", *accounts, *accounts == 1 ? "" : "s"),
          "website_has_accounts");
    }
    const Result<void> removed = WebsiteStore::remove(transaction, id, now);
    if (!removed) return removed;
    transaction.after_commit([pool, id] { pool->remove_website(id); });
    return record_audit(transaction, now, actor, "websites.delete", subject(id), {{"name", website->name}});
  };
  Result<void> removed = co_await parts_.core.store->writer().run<void>(std::move(mutation));
  co_return removed;
}

runtime::Task<Result<SavedWebsite>> Websites::renew_secret(Actor actor, WebsiteId id, Once<SavedWebsite> once) {
  auto mutation = [this, actor = std::move(actor), id, once = std::move(once),
                   now = parts_.core.clock->now()](Transaction& transaction) -> Result<SavedWebsite> {
    SavedWebsite saved;
    Result<Secret> secret = make_secret(transaction, id);
    if (!secret) return std::unexpected(secret.error());
    saved.rotation_secret = std::move(*secret);
    Result<WebsiteView> shown = view(transaction, id);
    if (!shown) return std::unexpected(shown.error());
    saved.website = std::move(*shown);
    Result<void> done =
        record_audit(transaction, now, actor, "websites.renew_secret", subject(id), {{"name", saved.website.name}});
    if (done) done = Idempotency::remember(transaction, parts_.core, once, saved);
    if (!done) return std::unexpected(done.error());
    return saved;
  };
  Result<SavedWebsite> saved = co_await parts_.core.store->writer().run<SavedWebsite>(std::move(mutation));
  co_return saved;
}

}  // namespace keyledger::service
