// store/price_store.h: catalogues that were loaded, and where long work over the rows stands.
#pragma once

#include <optional>
#include <string>

#include "store/database.h"

namespace keyledger::store {

class PriceStore {
 public:
  static constexpr std::int64_t kCataloguesKept = 5;

  struct Loaded {
    std::string origin{};    // a file's name, an address, or "built in"
    std::string version{};   // what the document says about itself
    std::string document{};  // empty: the built-in one
    Instant loaded_at{};
    std::string loaded_by{};
  };
  /// Keeps it as the current one, and the newest kCataloguesKept of all. Errors: those of the database.
  [[nodiscard]] static Result<void> put(Transaction& transaction, const Loaded& loaded);
  /// The newest, or none if none was ever loaded.
  [[nodiscard]] static Result<std::optional<Loaded>> current(Transaction& transaction);

  struct Job {
    std::string name{};
    std::int64_t position = 0;
    std::string detail{};
  };
  [[nodiscard]] static Result<std::optional<Job>> job(Transaction& transaction, const std::string& name);
  [[nodiscard]] static Result<void> put_job(Transaction& transaction, const Job& job);
};

}  // namespace keyledger::store
