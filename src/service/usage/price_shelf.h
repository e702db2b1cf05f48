// service/usage/price_shelf.h: the prices in force, shared by the usage services.
#pragma once

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

}  // namespace keyledger::service
