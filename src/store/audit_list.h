// store/audit_list.h: the lines of the audit log that a list shows, in the order that it is asked for.
#pragma once

#include "base/listing.h"
#include "store/audit_store.h"

namespace keyledger::store {

/// What the lines of the audit log can be in order of.
BOOST_DEFINE_ENUM_CLASS(AuditSort, at, actor, action, subject)

/// Every function runs inside the caller's transaction.
class AuditList {
 public:
  struct Filter {
    std::optional<std::string> actor{};  // a name, or a kind
    std::optional<std::string> actor_kind{};
    std::optional<std::string> action{}, subject{};
    std::optional<Instant> from{}, to{};  // from inclusive, to exclusive
    std::string like{"%"};                // escaped pattern in lower case, over everything that is text
  };

  /// Up to `limit` places, and one more where there are more.
  [[nodiscard]] static Result<std::vector<ListPlace>> page(Transaction& transaction, const ListPage<AuditSort>& page,
                                                           const Filter& filter);
  [[nodiscard]] static Result<std::int64_t> count(Transaction& transaction, const Filter& filter);
};

}  // namespace keyledger::store
