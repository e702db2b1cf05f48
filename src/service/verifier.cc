#include "service/verifier.h"

#include "service/admission/waiting.h"
#include "store/customer_key_store.h"

namespace keyledger::service {
namespace {

using Names = std::shared_ptr<const KeyNames>;

}  // namespace

runtime::Task<Result<KeyVerification>> Verifier::verify(CallContext* context, Once<KeyVerification> once) {
  const Admission::Begun begun = admission_->begin(*context);
  KeyVerification verification;
  verification.admitted = begun.admitted;
  verification.retry_after = wait_of(begun.admitted);
  if (begun.slowed.count() > 0) verification.retry_after = begun.slowed;
  const bool known = begun.admitted.verdict != Verdict::unknown_key;
  if (known) {
    Result<Names> names = co_await names_of(begun.admitted.key_id);
    if (!names) {
      if (begun.admitted.verdict == Verdict::valid) admission_->table().undo(begun.admitted.taken);
      co_return std::unexpected(names.error());
    }
    verification.names = std::move(*names);
  }
  Result<void> written{};
  if (once.ticket) {
    written = co_await remember(context, &verification, std::move(once));
  } else if (known) {
    // The event's status is that of the seller's caller: the answer to the seller is 200 in any case.
    written = co_await admission_->finish(context, begun.admitted, {refusal_status(begun.admitted.verdict), {}, {}});
  }
  if (!written) co_return std::unexpected(written.error());
  co_return verification;
}

runtime::Task<Result<void>> Verifier::remember(const CallContext* context, const KeyVerification* verification,
                                               Once<KeyVerification> once) {
  const Admitted& admitted = verification->admitted;
  std::optional<ledger::OwnedCall> event;
  if (admitted.verdict != Verdict::unknown_key) {
    event = admission_->owned_event_of(*context, admitted, {refusal_status(admitted.verdict), {}, {}});
  }
  auto write = [core = core_, event = std::move(event), once = std::move(once),
                copy = *verification](store::Transaction& transaction) mutable -> Result<void> {
    if (event) transaction.record(std::move(*event));
    return Idempotency::remember(transaction, core, once, copy);
  };
  const Result<void> written = co_await core_.store->writer().run<void>(std::move(write));
  if (!written && admitted.verdict == Verdict::valid) admission_->table().undo(admitted.taken);
  co_return written;
}

runtime::Task<Result<Names>> Verifier::names_of(CustomerKeyId id) {
  // The version comes first: what is changed while we read makes what we read stale.
  const std::uint64_t version = admission_->table().version();
  Names found = known(id, version);
  if (found) co_return found;
  auto read = [id, now = core_.clock->now()](store::Transaction& transaction) -> Result<Names> {
    Result<store::CustomerKeyStore::Entry> entry = store::CustomerKeyStore::get(transaction, id, now);
    if (!entry) return std::unexpected(entry.error());
    return std::make_shared<const KeyNames>(KeyNames{std::move(entry->customer_name), std::move(entry->key.metadata)});
  };
  Result<Names> names = co_await core_.store->readers().run<Names>(std::move(read));
  if (names) keep(id, version, *names);
  co_return names;
}

Names Verifier::known(CustomerKeyId id, std::uint64_t version) {
  const std::lock_guard lock(mutex_);
  if (version_ != version) return nullptr;
  const auto found = names_.find(id.value);
  return found == names_.end() ? nullptr : found->second;
}

void Verifier::keep(CustomerKeyId id, std::uint64_t version, Names names) {
  const std::lock_guard lock(mutex_);
  if (version < version_) return;
  if (version > version_ || names_.size() >= kNamesMax) names_.clear();
  version_ = version;
  names_[id.value] = std::move(names);
}

}  // namespace keyledger::service
