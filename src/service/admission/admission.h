// service/admission/admission.h: admits a call of a customer key, and writes what became of it into the ledger.
//
// A call goes: `begin` (judge and take), the handler, `finish` (event on disk), answer. Where the handler changes
// something, its mutation records the event itself (`event_of` and transaction.record), and `finish` is not called.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "domain/ledger/call.h"
#include "service/admission/key_table.h"
#include "service/admission/unknown_callers.h"
#include "service/core.h"
#include "store/ledger/ledger.h"

namespace keyledger::service {

/// What the edge knows of a call.
struct CallContext {
  std::string key{};     // as sent; empty: none
  std::string action{};  // at most ledger::kActionBytesMax
  IpAddress address{};   // of the caller, trusted proxies considered
  std::string user_agent{};
  runtime::SteadyTime started{};
  std::int64_t units = 1, rentals = 0;
  std::string resource{};
};

/// The same where the texts lie elsewhere.
struct CallView {
  std::string_view key{}, action{}, resource{}, user_agent{};
  IpAddress address{};
  runtime::SteadyTime started{};
  std::int64_t units = 1, rentals = 0;
};

/// What became of the handler's work, for the event.
struct CallOutcome {
  std::uint16_t http_status = 200;
  RentalAccountId rental_account_id{};
  WebsiteId website_id{};
};

struct AdmissionFigures {  // since the start, by verdict; for /metrics
  std::array<std::int64_t, 8> verdicts{};
  std::int64_t slowed = 0;
};

class Admission {
 public:
  Admission(Core core, KeyTable* table) : core_(core), table_(table) {}

  /// Loads customers, keys and limits into the table, opens the ledger and counts what was used before. Blocks; for the
  /// start only. Errors: those of the database.
  [[nodiscard]] Result<void> prepare(store::LedgerOptions options = {});

  /// Judges and takes. A key that is unknown is counted against its address; where that has happened too often,
  /// `slowed` says for how long the address has to wait (429). Every key is looked at all the same, and one that is
  /// right is never slowed: whoever shares an address with a program that has gone astray goes on working.
  ///
  /// Makes the context's user agent printable and cuts it, since the event's views live there.
  struct Begun {
    Admitted admitted{};
    std::chrono::seconds slowed{};  // only with unknown_key
  };
  [[nodiscard]] Begun begin(CallContext& context);

  /// The event of an admitted or refused call of a known key. Its views live in `context`.
  [[nodiscard]] ledger::Call event_of(const CallContext& context, const Admitted& admitted,
                                      const CallOutcome& outcome) const;
  [[nodiscard]] ledger::Call event_of(const CallView& call, const Admitted& admitted, const CallOutcome& outcome) const;
  /// The same with words of its own, for a mutation.
  [[nodiscard]] ledger::OwnedCall owned_event_of(const CallContext& context, const Admitted& admitted,
                                                 const CallOutcome& outcome) const;

  /// Appends the event and resumes when it is on disk. Where that fails, what was taken is given back, and the answer
  /// has to be the error. Errors: unavailable (overloaded, disk_full, io_error).
  [[nodiscard]] runtime::Task<Result<void>> finish(const CallContext* context, Admitted admitted, CallOutcome outcome);

  /// After the limits of a key were changed: reads what the windows of new limits saw before, and corrects their
  /// counts. Until then they count from the change on. Calls that are between `begin` and their commit at this very
  /// moment are not seen. Errors: those of the database.
  [[nodiscard]] runtime::Task<Result<void>> refresh_counts(CustomerKeyId id);

  /// Called with each call that a limit refuses, on the caller's thread: it takes no time. Set before the first call.
  void when_refused(std::function<void(const Admitted&)> tell) { refused_ = std::move(tell); }

  [[nodiscard]] KeyTable& table() { return *table_; }
  [[nodiscard]] store::Ledger& ledger() { return *ledger_; }
  [[nodiscard]] AdmissionFigures figures() const;
  /// For those who judge by themselves (prompt_admission.h).
  void count(Verdict verdict) { verdicts_[static_cast<std::size_t>(verdict)] += 1; }

 private:
  Core core_;
  KeyTable* table_;
  std::unique_ptr<store::Ledger> ledger_{};
  std::function<void(const Admitted&)> refused_{};
  UnknownCallers unknown_callers_{};
  std::array<std::atomic<std::int64_t>, 8> verdicts_{};
  std::atomic<std::int64_t> slowed_ = 0;
};

}  // namespace keyledger::service
