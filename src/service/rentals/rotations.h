// service/rentals/rotations.h: has the passwords of accounts changed that wait for it, by webhook or command.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "service/rentals/changes.h"

namespace keyledger::service {

/// What whoever changes a password is told.
struct RotationOrder {
  std::string message_id{};  // the same for every attempt of one change
  Instant at{};
  RentalAccountId account_id{};
  std::string website{}, username{}, email{};
};

/// Calls out of the process. The app implements it.
class RotationCaller {
 public:
  virtual ~RotationCaller() = default;
  /// Posts the order, signed with `secret`. Answers the new password, or nothing where the receiver will send it later.
  /// Errors: unavailable; their messages are kept with the account, and never carry a secret.
  [[nodiscard]] virtual runtime::Task<Result<std::optional<Secret>>> call_webhook(std::string url, Secret secret,
                                                                                  RotationOrder order) = 0;
  /// Runs the operator's command, which gets the order and the password so far on its standard input.
  [[nodiscard]] virtual runtime::Task<Result<Secret>> run_command(RotationOrder order, Secret password) = 0;
};

/// Each attempt that fails is noted with the account and repeated later, kRotationAttemptsMax times at most; a restart
/// goes on where it was. A receiver may hear of the same change twice, but not never.
class Rotations {
 public:
  static constexpr std::size_t kAtOnce = 4;
  static constexpr std::chrono::minutes kPatience{60};  // for a password that is to be sent later

  Rotations(RentalParts parts, RotationCaller* caller) : parts_(parts), caller_(caller) {}

  /// Until `stop`; for the executor of the app, once. Returns after the calls that are under way.
  [[nodiscard]] runtime::Task<> run();
  void stop();  // from any thread

  /// Tries all that are due, and answers when the next is.
  [[nodiscard]] runtime::Task<Result<std::optional<Instant>>> rotate_due();

 private:
  struct Attempt;
  [[nodiscard]] runtime::Task<> rotate(RentalAccountId id);
  [[nodiscard]] Result<Attempt> begin(store::Transaction& transaction, RentalAccountId id, Instant now) const;
  [[nodiscard]] runtime::Task<Result<std::optional<Secret>>> call(Attempt attempt);
  [[nodiscard]] Result<void> finish(store::Transaction& transaction, RentalAccountId id,
                                    const Result<std::optional<Secret>>& outcome, Instant now) const;

  RentalParts parts_;
  RotationCaller* caller_;
  std::atomic<bool> stopping_{false};
};

}  // namespace keyledger::service
