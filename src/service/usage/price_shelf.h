// service/usage/price_shelf.h: the prices in force and the version of the figures, shared by the usage services.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "domain/usage/prices.h"

namespace keyledger::service {

/// Thread-safe. Whoever took a book keeps it while the shelf already has another.
class PriceShelf {
 public:
  PriceShelf() : book_(std::make_shared<const usage::PriceBook>(usage::PriceCatalogue{})) {}
  [[nodiscard]] std::shared_ptr<const usage::PriceBook> book() const {
    const std::lock_guard lock(mutex_);
    return book_;
  }
  void put(usage::PriceCatalogue catalogue) {
    auto book = std::make_shared<const usage::PriceBook>(std::move(catalogue));
    const std::lock_guard lock(mutex_);
    book_ = std::move(book);
  }

 private:
  mutable std::mutex mutex_{};
  std::shared_ptr<const usage::PriceBook> book_;
};

/// Grows with every change of the stored figures, after its commit: what was computed under an older version is stale.
class FiguresVersion {
 public:
  [[nodiscard]] std::uint64_t now() const { return version_.load(); }
  void grow() { version_.fetch_add(1); }

 private:
  std::atomic<std::uint64_t> version_{1};
};

}  // namespace keyledger::service
