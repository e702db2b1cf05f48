// store/ledger/ledger_report_store.h: sums of calls, from the hourly rollups alone.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"

namespace keyledger::store {

class LedgerReportStore {
 public:
  /// From `from`, inclusive, to `to`, exclusive, in buckets (domain/ledger/bucket.h).
  struct Buckets {
    std::int64_t from = 0, to = 0;
  };
  struct Sum {
    std::int64_t bucket = 0, action_id = 0, status = 0;
    WebsiteId website_id{};
    std::int64_t events = 0;
  };
  struct Period {
    Instant from{}, to{};
  };
  struct Figures {
    std::int64_t blocks = 0, newest_event = 0, keys = 0, rollup_rows = 0;
    std::optional<Instant> first_at{}, last_at{};  // of the events that are kept
    std::int64_t first_event = 0;                  // 0: none is kept
  };

  /// Of one key: seeks hour by hour, however many keys there are. Of all: reads what is summed up over the keys.
  [[nodiscard]] static Result<std::vector<Sum>> sums(Transaction& transaction, std::optional<CustomerKeyId> key,
                                                     Buckets buckets);
  /// How many different accounts were rented in the period.
  [[nodiscard]] static Result<std::int64_t> accounts_rented(Transaction& transaction, std::optional<CustomerKeyId> key,
                                                            Period period);
  /// The texts of these numbers, each asked for on its own; empty where one is unknown.
  [[nodiscard]] static Result<std::vector<std::string>> words(Transaction& transaction,
                                                              const std::vector<std::int64_t>& ids);
  /// The names of these websites in the order of the alphabet.
  [[nodiscard]] static Result<std::vector<std::string>> websites(Transaction& transaction,
                                                                 const std::vector<WebsiteId>& ids);
  [[nodiscard]] static Result<Figures> figures(Transaction& transaction);
};

}  // namespace keyledger::store
