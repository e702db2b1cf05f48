// service/admission/prompt_admission.h: admits a call and writes it into the ledger without a coroutine, for the
// addresses that most calls go to.
#pragma once

#include <optional>

#include "service/admission/admission.h"

namespace keyledger::service {

/// One call after the other, in the same memory. Only calls that are admitted: of all others nothing is counted, taken
/// or written here, since Admission::begin and `finish` do that.
class PromptAdmission {
 public:
  explicit PromptAdmission(Admission* admission) : admission_(admission) {}

  /// Judges and takes. What has to be waited for before `end`; null where the call is not valid or finds no place in
  /// the ledger's queue. The texts of `call` stay where they are until `end`; its user agent is printable ASCII.
  [[nodiscard]] runtime::Waiter* begin(const CallView& call, const CallOutcome& outcome);

  /// After the wait: whether the event is on the disk. If it is not, what was taken is given back.
  /// Errors: unavailable (disk_full, io_error, stopping).
  [[nodiscard]] Result<void> end();

  [[nodiscard]] const Admitted& admitted() const { return admitted_; }

 private:
  Admission* admission_;
  Admitted admitted_{};
  std::optional<store::PendingCall> pending_{};
};

}  // namespace keyledger::service
