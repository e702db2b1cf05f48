// service/rentals/rental_pool.h: the accounts that are free now, in memory, for those who ask which there are.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "domain/rentals/records.h"

namespace keyledger::service {

struct AvailableAccount {
  RentalAccountId id{};
  std::string website{}, username{}, email{};
  std::int64_t validity_hours = 0;
  Instant last_reset{};
};
struct AvailableAccounts {
  std::vector<AvailableAccount> accounts{};
  std::int64_t available_count = 0;
  WebsiteId website_id{};     // 0: of all websites
  std::uint64_t version = 0;  // of the pool
};

struct RentalFigures {  // for /metrics
  std::int64_t open_rentals = 0;
  std::vector<std::pair<std::string, std::int64_t>> free_accounts{};  // by website's name
};

/// Follows the database: it is told after each commit, in the order of the commits. Who gets an account is decided in
/// the database and never here. Thread-safe; the lock is held for moments.
class RentalPool {
 public:
  /// Forgets all it knows, and takes this instead. For the start.
  void load(const std::vector<rentals::Website>& websites, const std::vector<rentals::RentalAccount>& free,
            std::int64_t open_rentals);

  void put_website(const rentals::Website& website);
  void remove_website(WebsiteId id);
  /// What has become of an account: it is in the pool if and only if it is free.
  void put(const rentals::RentalAccount& account);
  void take(RentalAccountId id);
  void rental_began();
  void rental_ended();

  /// The longest rested first. Errors: not_found, reason unknown_website, field website; the message names the known
  /// ones.
  [[nodiscard]] Result<AvailableAccounts> available(const std::optional<std::string>& website,
                                                    std::int64_t limit) const;
  /// Grows with whatever changes an answer of `available`; what was answered at a version holds while that is it.
  [[nodiscard]] std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
  [[nodiscard]] RentalFigures figures() const;

 private:
  struct Site {
    WebsiteId id{};
    std::string name{}, folded{};
    std::int64_t validity_hours = 0;
  };
  struct Free {
    std::shared_ptr<const Site> site{};
    std::shared_ptr<const rentals::RentalAccount> account{};
  };
  using Order = std::pair<Instant, RentalAccountId>;  // resting since, then by id
  using Shelf = std::map<Order, Free>;

  void add(const std::shared_ptr<const rentals::RentalAccount>& account);
  void drop(RentalAccountId id);

  mutable std::mutex mutex_{};
  std::map<WebsiteId, std::shared_ptr<const Site>> sites_{};
  std::map<std::string, WebsiteId> by_name_{};
  std::map<WebsiteId, Shelf> shelves_{};
  Shelf all_{};
  std::unordered_map<std::int64_t, std::pair<WebsiteId, Order>> places_{};
  std::int64_t open_rentals_ = 0;
  std::atomic<std::uint64_t> version_{1};
};

}  // namespace keyledger::service
