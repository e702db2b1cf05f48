// store/audit_store.h: the lines of the audit log. They are appended, read, and never changed.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "store/database.h"

namespace keyledger::store {

struct AuditRow {
  std::int64_t id = 0;
  Instant at{};
  std::string actor_kind{}, actor_name{}, address{}, action{}, subject{}, details{}, hash{};
};
BOOST_DESCRIBE_STRUCT(AuditRow, (), (id, at, actor_kind, actor_name, address, action, subject, details, hash))

class AuditStore {
 public:
  [[nodiscard]] static Result<void> append(Transaction& transaction, const AuditRow& row);
  /// The newest line, or nothing.
  [[nodiscard]] static Result<std::optional<AuditRow>> newest(Transaction& transaction);
  /// Nothing where there is no such line.
  [[nodiscard]] static Result<std::optional<AuditRow>> get(Transaction& transaction, std::int64_t id);
  /// Every line from the first on; false stops.
  [[nodiscard]] static Result<void> each(Transaction& transaction, const std::function<bool(AuditRow)>& sink);
};

}  // namespace keyledger::store
