// store/ledger/ledger_report_store.h: the size of the ledger, and the names of what is summed up in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/database.h"

namespace keyledger::store {

class LedgerReportStore {
 public:
  struct Figures {
    std::int64_t blocks = 0, newest_event = 0, keys = 0;
    std::optional<Instant> first_at{}, last_at{};  // of the events that are kept
    std::int64_t first_event = 0;                  // 0: none is kept
  };

  /// The texts of these numbers, each asked for on its own; empty where one is unknown.
  [[nodiscard]] static Result<std::vector<std::string>> words(Transaction& transaction,
                                                              const std::vector<std::int64_t>& ids);
  /// The names of these websites in the order of the alphabet.
  [[nodiscard]] static Result<std::vector<std::string>> websites(Transaction& transaction,
                                                                 const std::vector<WebsiteId>& ids);
  [[nodiscard]] static Result<Figures> figures(Transaction& transaction);
};

}  // namespace keyledger::store
