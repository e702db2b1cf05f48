#include "service/admission/prompt_admission.h"

namespace keyledger::service {

runtime::Waiter* PromptAdmission::begin(const CallView& call, const CallOutcome& outcome) {
  KeyTable& table = admission_->table();
  admitted_ = table.admit({call.key, call.action, call.address, call.units, call.rentals});
  if (admitted_.verdict != Verdict::valid) return nullptr;
  const Result<store::PendingCalls*> place = admission_->ledger().reserve();
  if (!place) {
    table.undo(admitted_.taken);
    return nullptr;
  }
  admission_->count(Verdict::valid);
  pending_.emplace(ledger::fitting(admission_->event_of(call, admitted_, outcome)), *place);
  return &*pending_;
}

Result<void> PromptAdmission::end() {
  Result<void> written = std::move(pending_->outcome());
  pending_.reset();
  if (!written) admission_->table().undo(admitted_.taken);
  return written;
}

}  // namespace keyledger::service
