#include "service/rentals/rental_pool.h"

#include "domain/rentals/rules.h"
#include "store/website_store.h"

namespace keyledger::service {

using rentals::AccountStatus;
using rentals::RentalAccount;
using rentals::Website;

void RentalPool::load(const std::vector<Website>& websites, const std::vector<RentalAccount>& free,
                      std::int64_t open_rentals) {
  {
    const std::lock_guard lock(mutex_);
    ++version_;
    sites_.clear();
    by_name_.clear();
    shelves_.clear();
    all_.clear();
    places_.clear();
    open_rentals_ = open_rentals;
  }
  for (const Website& website : websites) put_website(website);
  for (const RentalAccount& account : free) put(account);
}

void RentalPool::put_website(const Website& website) {
  auto site = std::make_shared<const Site>(
      Site{website.id, website.name, rentals::fold_name(website.name), website.validity_hours});
  const std::lock_guard lock(mutex_);
  ++version_;
  const auto known = sites_.find(website.id);
  if (known != sites_.end()) by_name_.erase(known->second->folded);
  by_name_[site->folded] = website.id;
  for (auto& [order, free] : shelves_[website.id]) {
    free.site = site;
    all_[order].site = site;
  }
  sites_[website.id] = std::move(site);
}

void RentalPool::remove_website(WebsiteId id) {
  const std::lock_guard lock(mutex_);
  ++version_;
  const auto known = sites_.find(id);
  if (known == sites_.end()) return;
  by_name_.erase(known->second->folded);
  sites_.erase(known);
  shelves_.erase(id);  // it has no accounts any more
}

void RentalPool::drop(RentalAccountId id) {
  const auto place = places_.find(id.value);
  if (place == places_.end()) return;
  const auto& [website, order] = place->second;
  shelves_[website].erase(order);
  all_.erase(order);
  places_.erase(place);
}

void RentalPool::add(const std::shared_ptr<const RentalAccount>& account) {
  const auto site = sites_.find(account->website_id);
  if (site == sites_.end()) return;
  const Order order{account->rested_since, account->id};
  shelves_[account->website_id][order] = all_[order] = Free{site->second, account};
  places_[account->id.value] = {account->website_id, order};
}

void RentalPool::put(const RentalAccount& account) {
  const bool free = account.status == AccountStatus::available;
  auto copy = free ? std::make_shared<const RentalAccount>(account) : nullptr;
  const std::lock_guard lock(mutex_);
  ++version_;
  drop(account.id);
  if (copy) add(copy);
}

void RentalPool::take(RentalAccountId id) {
  const std::lock_guard lock(mutex_);
  ++version_;
  drop(id);
}

void RentalPool::rental_began() {
  const std::lock_guard lock(mutex_);
  ++open_rentals_;
}

void RentalPool::rental_ended() {
  const std::lock_guard lock(mutex_);
  --open_rentals_;
}

Result<AvailableAccounts> RentalPool::available(const std::optional<std::string>& website, std::int64_t limit) const {
  AvailableAccounts out;
  std::vector<Free> found;
  {
    const std::lock_guard lock(mutex_);
    out.version = version_;
    const Shelf* shelf = &all_;
    if (website) {
      const auto named = by_name_.find(rentals::fold_name(*website));
      if (named == by_name_.end()) {
        std::vector<std::string> known;
        for (const auto& [id, site] : sites_) known.push_back(site->name);
        return std::unexpected(store::unknown_website_name(*website, known, "website"));
      }
      out.website_id = named->second;
      const auto own = shelves_.find(named->second);
      if (own == shelves_.end()) return out;
      shelf = &own->second;
    }
    out.available_count = static_cast<std::int64_t>(shelf->size());
    for (auto free = shelf->begin(); free != shelf->end() && std::ssize(found) < limit; ++free) {
      found.push_back(free->second);  // two pointers; the texts are copied without the lock
    }
  }
  for (const Free& free : found) {
    out.accounts.push_back({free.account->id, free.site->name, free.account->username, free.account->email,
                            free.site->validity_hours, free.account->last_reset});
  }
  return out;
}

RentalFigures RentalPool::figures() const {
  const std::lock_guard lock(mutex_);
  RentalFigures figures{.open_rentals = open_rentals_};
  for (const auto& [id, site] : sites_) {
    const auto shelf = shelves_.find(id);
    const std::int64_t free = shelf == shelves_.end() ? 0 : std::ssize(shelf->second);
    figures.free_accounts.emplace_back(site->name, free);
  }
  return figures;
}

}  // namespace keyledger::service
