// store/website_store.h: the websites whose accounts are rented out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/listing.h"
#include "domain/rentals/orders.h"
#include "domain/rentals/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction. What was removed is not there, unless a name says otherwise.
class WebsiteStore {
 public:
  /// A website, and how many accounts it has in each state.
  struct Row : rentals::Website {
    std::int64_t available = 0, rented = 0, needs_rotation = 0, exception = 0;
    bool has_secret = false;
  };

  /// Without a secret: sealing binds the id. Errors: conflict, reason duplicate_website.
  [[nodiscard]] static Result<WebsiteId> insert(Transaction& transaction, const rentals::Website& website,
                                                const std::string& folded);
  /// Errors: not_found, reason unknown_website; conflict, reason duplicate_website.
  [[nodiscard]] static Result<void> update(Transaction& transaction, const rentals::Website& website,
                                           const std::string& folded);
  [[nodiscard]] static Result<void> put_secret(Transaction& transaction, WebsiteId id, const Bytes& sealed);
  /// Empty where there is none.
  [[nodiscard]] static Result<Bytes> sealed_secret(Transaction& transaction, WebsiteId id);
  [[nodiscard]] static Result<void> remove(Transaction& transaction, WebsiteId id, Instant now);

  /// Errors: not_found, reason unknown_website.
  [[nodiscard]] static Result<rentals::Website> get(Transaction& transaction, WebsiteId id);
  [[nodiscard]] static Result<Row> get_row(Transaction& transaction, WebsiteId id);
  [[nodiscard]] static Result<std::optional<rentals::Website>> find(Transaction& transaction,
                                                                    const std::string& folded);
  /// The websites that a list shows: up to `limit` places, and one more where there are more. `like` is an escaped
  /// pattern in lower case over name, address and description.
  [[nodiscard]] static Result<std::vector<ListPlace>> page(Transaction& transaction,
                                                           const ListPage<rentals::WebsiteSort>& page,
                                                           const std::string& like);
  [[nodiscard]] static Result<std::int64_t> count(Transaction& transaction, const std::string& like);
  [[nodiscard]] static Result<std::vector<rentals::Website>> all(Transaction& transaction);
  /// The error of a name that nobody has; it tells some of those that there are.
  [[nodiscard]] static Error unknown_name(Transaction& transaction, const std::string& name, std::string field);
};

[[nodiscard]] std::unexpected<Error> unknown_website(WebsiteId id);
/// The same sentence for whoever knows the names from elsewhere.
[[nodiscard]] Error unknown_website_name(const std::string& name, const std::vector<std::string>& known,
                                         std::string field);
inline constexpr std::size_t kWebsitesNamed = 20;  // in that sentence

}  // namespace keyledger::store
