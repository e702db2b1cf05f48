// service/verifier.h: verdict and metering in one call, for other APIs of the seller.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

#include "service/admission/admission.h"
#include "service/once.h"

namespace keyledger::service {

/// What a key that was asked about is called. Nothing here is a secret of the key.
struct KeyNames {
  std::string customer_name{};
  std::string metadata{};  // a JSON object; empty: none
};

struct KeyVerification {
  Admitted admitted{};
  std::shared_ptr<const KeyNames> names{};            // none for an unknown key
  std::optional<std::chrono::seconds> retry_after{};  // of a limit, or of an address that sends unknown keys
};

/// Thread-safe.
class Verifier {
 public:
  static constexpr std::size_t kNamesMax = 10'000;  // keys whose names are kept in memory

  Verifier(Core core, Admission* admission) : core_(core), admission_(admission) {}

  /// Judges the call, takes its units from the key's limits (all or none), and has its event on the disk before it
  /// answers; with a ticket, event and remembered answer are one commit. `context` lives in the caller's frame.
  /// Errors: unavailable (overloaded, disk_full, io_error): then nothing was taken.
  [[nodiscard]] runtime::Task<Result<KeyVerification>> verify(CallContext* context, Once<KeyVerification> once);

 private:
  [[nodiscard]] runtime::Task<Result<std::shared_ptr<const KeyNames>>> names_of(CustomerKeyId id);
  [[nodiscard]] runtime::Task<Result<void>> remember(const CallContext* context, const KeyVerification* verification,
                                                     Once<KeyVerification> once);
  [[nodiscard]] std::shared_ptr<const KeyNames> known(CustomerKeyId id, std::uint64_t version);
  void keep(CustomerKeyId id, std::uint64_t version, std::shared_ptr<const KeyNames> names);

  Core core_;
  Admission* admission_;
  std::mutex mutex_{};
  std::uint64_t version_ = 0;  // of the key table when `names_` was read
  std::unordered_map<std::int64_t, std::shared_ptr<const KeyNames>> names_{};
};

}  // namespace keyledger::service
