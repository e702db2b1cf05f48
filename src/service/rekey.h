// service/rekey.h: seals everything under a new master key while the server goes on, and resumes after an interruption.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "service/actor.h"
#include "service/core.h"
#include "store/sealed_store.h"

namespace keyledger::service {

BOOST_DEFINE_ENUM_CLASS(RekeyPhase, idle, running, finished, failed)

struct RekeyState {
  RekeyPhase state = RekeyPhase::idle;
  std::int64_t resealed = 0;
  std::int64_t total = 0;
  std::optional<Instant> started_at{}, finished_at{};
  std::string explanation{};
};
BOOST_DESCRIBE_STRUCT(RekeyState, (), (state, resealed, total, started_at, finished_at, explanation))

/// Where the new master key comes from, and what makes it the master key once all is sealed under it. The app knows.
struct NewMasterKey {
  /// Errors: conflict, reason no_new_master_key.
  std::function<Result<crypto::MasterKey>()> load;
  /// Puts the new key file in the old one's place, durably; the old one is kept beside it, since older copies of the
  /// database need it. Answers what the operator has to do now, if anything.
  std::function<Result<std::string>()> adopt;
};

class Rekey {
 public:
  Rekey(Core core, NewMasterKey source) : core_(core), source_(std::move(source)) {}

  /// Takes up an interrupted change of the key at the start, so that both keys open. Blocks: for the start only.
  /// Errors: conflict, reason no_new_master_key, when the database says that one is under way and the key is missing.
  [[nodiscard]] Result<void> prepare();

  /// Starts, or goes on with, the re-sealing in the background.
  /// Errors: conflict, reasons rekey_running, no_new_master_key.
  [[nodiscard]] runtime::Task<Result<RekeyState>> start(Actor actor);
  [[nodiscard]] RekeyState state() const;

 private:
  runtime::Task<> run(Actor actor);
  runtime::Task<Result<store::SealedCursor>> pass(store::SealedCursor cursor);
  runtime::Task<Result<std::string>> finish(Actor actor);
  void fail_with(const Error& error);

  Core core_;
  NewMasterKey source_;
  mutable std::mutex mutex_{};
  RekeyState state_{};
};

}  // namespace keyledger::service
