#include "service/rekey.h"

#include "base/log.h"
#include "service/audit.h"
#include "store/identity_store.h"

namespace keyledger::service {
namespace {

using store::SealedCursor;
using store::SealedStore;
using store::SettingStore;
using store::Transaction;

// The id of the key that a change under way leads to. While it is set, both keys are needed.
const std::string kTarget = "rekey_target";
constexpr std::int64_t kPerTransaction = 100;  // a short turn on the writer thread; others get theirs in between

}  // namespace

Result<void> Rekey::prepare() {
  auto read = [](Transaction& transaction) { return SettingStore::get(transaction, kTarget); };
  const Result<std::optional<std::string>> target =
      core_.store->writer().run_blocking<std::optional<std::string>>(std::move(read));
  if (!target) return std::unexpected(target.error());
  if (!*target || **target == core_.keyring->newest_id()) return {};  // none, or adopted already
  Result<crypto::MasterKey> next = source_.load();
  if (!next || crypto::to_hex(next->id()) != **target) {
    return fail(Code::conflict,
                "A change of the master key was interrupted, and the new key is not where it was; give it with "
                "--new-master-key-file and run keyledger rekey to finish.",
                "no_new_master_key");
  }
  core_.keyring->begin_rotation(std::move(*next));
  return {};
}

RekeyState Rekey::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

runtime::Task<Result<RekeyState>> Rekey::start(Actor actor) {
  {
    const std::lock_guard lock(mutex_);
    if (state_.state == RekeyPhase::running) {
      co_return fail(Code::conflict, "Re-sealing already runs.", "rekey_running");
    }
    if (!core_.keyring->rotating()) {
      Result<crypto::MasterKey> next = source_.load();
      if (!next) co_return std::unexpected(next.error());
      if (crypto::to_hex(next->id()) == core_.keyring->newest_id()) {
        co_return fail(Code::conflict, "The new master key is the one in use; make another.", "no_new_master_key");
      }
      core_.keyring->begin_rotation(std::move(*next));
    }
    state_ = RekeyState{RekeyPhase::running, 0, 0, core_.clock->now(), {}, "Sealing everything under the new key."};
  }
  auto begin = [id = core_.keyring->newest_id(), actor, now = core_.clock->now()](Transaction& transaction) {
    const Result<void> put = SettingStore::put(transaction, kTarget, id);
    if (!put) return put;
    return record_audit(transaction, now, actor, "rekey.start", "master_key/" + id);
  };
  const Result<void> begun = co_await core_.store->writer().run<void>(std::move(begin));
  if (!begun) {
    fail_with(begun.error());
    co_return std::unexpected(begun.error());
  }
  const runtime::Executor executor = co_await boost::asio::this_coro::executor;
  runtime::spawn(executor, run(std::move(actor)), "rekey");
  co_return state();
}

runtime::Task<Result<SealedCursor>> Rekey::pass(SealedCursor cursor) {
  auto reseal_some = [this, cursor](Transaction& transaction) mutable -> Result<SealedCursor> {
    const store::Reseal reseal = [this](const std::string& row,
                                        const store::Bytes& sealed) -> Result<std::optional<store::Bytes>> {
      if (core_.keyring->sealed_under_newest(sealed)) return std::nullopt;
      const Result<Secret> plain = core_.keyring->open(sealed, row);
      if (!plain) return std::unexpected(plain.error());
      return core_.keyring->seal(*plain, row);
    };
    const Result<void> passed = SealedStore::pass(transaction, cursor, kPerTransaction, reseal);
    if (!passed) return std::unexpected(passed.error());
    return cursor;
  };
  Result<SealedCursor> moved = co_await core_.store->writer().run<SealedCursor>(std::move(reseal_some));
  co_return moved;
}

runtime::Task<Result<std::string>> Rekey::finish(Actor actor) {
  const Result<std::string> advice = source_.adopt();
  if (!advice) co_return advice;
  auto end = [id = core_.keyring->newest_id(), actor = std::move(actor),
              now = core_.clock->now()](Transaction& transaction) {
    const Result<void> removed = SettingStore::remove(transaction, kTarget);
    if (!removed) return removed;
    return record_audit(transaction, now, actor, "rekey.finish", "master_key/" + id);
  };
  const Result<void> ended = co_await core_.store->writer().run<void>(std::move(end));
  if (!ended) co_return std::unexpected(ended.error());
  core_.keyring->finish_rotation();
  co_return *advice;
}

void Rekey::fail_with(const Error& error) {
  log::error("re-sealing stopped", {{"reason", error.reason}, {"message", error.message}});
  const std::lock_guard lock(mutex_);
  state_.state = RekeyPhase::failed;
  state_.finished_at = core_.clock->now();
  state_.explanation = error.message + " Both keys are still needed; run keyledger rekey again to go on.";
}

runtime::Task<> Rekey::run(Actor actor) {
  auto count = [](Transaction& transaction) { return SealedStore::count(transaction); };
  const Result<std::int64_t> total = co_await core_.store->readers().run<std::int64_t>(std::move(count));
  if (!total) {
    fail_with(total.error());
    co_return;
  }
  SealedCursor cursor;
  while (!cursor.done) {
    const Result<SealedCursor> moved = co_await pass(cursor);
    if (!moved) {
      fail_with(moved.error());
      co_return;
    }
    cursor = *moved;
    const std::lock_guard lock(mutex_);
    state_.resealed = cursor.seen;
    state_.total = std::max(*total, cursor.seen);
  }
  const Result<std::string> advice = co_await finish(std::move(actor));
  if (!advice) {
    fail_with(advice.error());
    co_return;
  }
  const std::lock_guard lock(mutex_);
  state_.state = RekeyPhase::finished;
  state_.finished_at = core_.clock->now();
  state_.explanation = *advice;
}

}  // namespace keyledger::service
