// service/import/usage_import.h: the history of calls, row by row, as events of the ledger.
#pragma once

#include <optional>
#include <vector>

#include "domain/ledger/call.h"
#include "service/import/handed_out_import.h"

namespace keyledger::service {

/// A row becomes an event of the time that it was, appended to the ledger now. A key's rows up to last_usage_id were
/// taken by an import before.
class UsageImport {
 public:
  UsageImport(HandedOutIds* ids, Instant now, TableReport* report) : ids_(ids), now_(now), report_(report) {}

  /// The event, and the key's history moved on; nothing where the row is not taken, which its report says.
  [[nodiscard]] std::optional<ledger::OwnedCall> read(ForeignFields& row);
  /// The histories that have moved on since they were last asked for.
  [[nodiscard]] std::vector<store::ImportedHistory> take_moved();

 private:
  HandedOutIds* ids_;
  Instant now_;
  TableReport* report_;
  std::map<CustomerKeyId, store::ImportedHistory> moved_{};
};

struct ImportedStatus {
  std::uint16_t http_status = 200;
  ledger::Status status = ledger::Status::success;
};
/// A number of HTTP, or a word such as "success". Refusals for a limit are refusals here; other failures are errors.
[[nodiscard]] ImportedStatus imported_status(const std::optional<std::int64_t>& number, const std::string& word);

}  // namespace keyledger::service
