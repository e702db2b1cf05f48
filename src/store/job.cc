#include "store/job.h"

#include "base/log.h"

namespace keyledger::store {

Result<void> apply_guarded(Job& job, Transaction& transaction) noexcept {
  try {
    return job.apply(transaction);
  } catch (const std::exception& exception) {
    return fail(Code::internal, "Something went wrong inside the server.", {}, {}, exception.what());
  } catch (...) {
    return fail(Code::internal, "Something went wrong inside the server.", {}, {}, "an unknown exception");
  }
}

void finish_guarded(Job& job, Result<void> outcome) noexcept {
  try {
    job.finish(std::move(outcome));
  } catch (const std::exception& exception) {
    log::error("an outcome could not be reported", {{"what", exception.what()}});
  } catch (...) {
    log::error("an outcome could not be reported");
  }
}

}  // namespace keyledger::store
