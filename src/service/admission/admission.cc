#include "service/admission/admission.h"

#include <algorithm>

#include "base/utf8.h"
#include "service/admission/loading.h"

namespace keyledger::service {
namespace {

/// Printable, and cut at a character: each byte that belongs to none, and each character that steers a terminal,
/// becomes a question mark.
void tidy(std::string& agent) {
  const auto plain = [](char letter) { return letter >= ' ' && letter <= '~'; };
  if (agent.size() <= ledger::kUserAgentBytesMax && std::ranges::all_of(agent, plain)) return;
  std::string tidied;
  for (std::string_view rest = agent; !rest.empty();) {
    const std::size_t length = utf8::sequence_length(rest);
    const std::string_view sequence = rest.substr(0, std::max<std::size_t>(1, length));
    const std::string_view shown = length == 0 || utf8::is_control(sequence) ? "?" : sequence;
    if (tidied.size() + shown.size() > ledger::kUserAgentBytesMax) break;
    tidied += shown;
    rest.remove_prefix(sequence.size());
  }
  agent = std::move(tidied);
}

ledger::Status status_of(Verdict verdict, std::uint16_t http_status) {
  using ledger::Status;
  switch (verdict) {
    case Verdict::valid: return http_status < 400 ? Status::success : Status::error;
    case Verdict::key_revoked: return Status::key_revoked;
    case Verdict::key_expired: return Status::key_expired;
    case Verdict::customer_suspended: return Status::customer_suspended;
    case Verdict::ip_not_allowed: return Status::ip_not_allowed;
    case Verdict::action_not_allowed: return Status::action_not_allowed;
    case Verdict::limit_exceeded: return Status::rate_limited;
    case Verdict::unknown_key: break;
  }
  check_invariant(false, "only calls of known keys are events");
  std::unreachable();
}

}  // namespace

Result<void> Admission::prepare(store::LedgerOptions options) {
  const Result<void> loaded = load_keys(core_, *table_);
  if (!loaded) return loaded;
  auto zone_of = [table = table_](CustomerKeyId id) { return table->zone_of(id); };
  Result<std::unique_ptr<store::Ledger>> opened =
      store::Ledger::open(&core_.store->writer(), std::move(zone_of), options);
  if (!opened) return std::unexpected(opened.error());
  ledger_ = std::move(*opened);
  const std::optional<Instant> newest = ledger_->newest_at();
  if (newest) table_->set_floor(*newest);
  const Result<void> settled = ledger_->settle_blocking();
  if (!settled) return settled;
  return count_used(core_, *table_);
}

Admission::Begun Admission::begin(CallContext& context) {
  tidy(context.user_agent);
  Begun begun;
  begun.admitted = table_->admit({context.key, context.action, context.address, context.units, context.rentals});
  count(begun.admitted.verdict);
  if (begun.admitted.verdict == Verdict::limit_exceeded && refused_) refused_(begun.admitted);
  if (begun.admitted.verdict != Verdict::unknown_key) return begun;
  begun.slowed = unknown_callers_.called(context.address, begun.admitted.at);
  if (begun.slowed > std::chrono::seconds{0}) slowed_ += 1;
  return begun;
}

ledger::Call Admission::event_of(const CallContext& context, const Admitted& admitted,
                                 const CallOutcome& outcome) const {
  const CallView view{.action = context.action,
                      .resource = context.resource,
                      .user_agent = context.user_agent,
                      .address = context.address,
                      .started = context.started,
                      .units = context.units};
  return event_of(view, admitted, outcome);
}

ledger::Call Admission::event_of(const CallView& view, const Admitted& admitted, const CallOutcome& outcome) const {
  ledger::Call call;
  call.at = admitted.at;
  call.customer_key_id = admitted.key_id;
  call.status = status_of(admitted.verdict, outcome.http_status);
  call.http_status = outcome.http_status;
  call.rental_account_id = outcome.rental_account_id;
  call.website_id = outcome.website_id;
  call.units = view.units;
  call.duration = std::chrono::duration_cast<std::chrono::microseconds>(table_->steady_now() - view.started);
  call.address = view.address;
  call.action = view.action;
  call.resource = view.resource;
  call.user_agent = view.user_agent;
  call.zone = admitted.zone;
  return call;
}

ledger::OwnedCall Admission::owned_event_of(const CallContext& context, const Admitted& admitted,
                                            const CallOutcome& outcome) const {
  return {event_of(context, admitted, outcome), context.action, context.resource, context.user_agent};
}

runtime::Task<Result<void>> Admission::finish(const CallContext* context, Admitted admitted, CallOutcome outcome) {
  Result<void> appended{};
  const Result<store::PendingCalls*> place = ledger_->reserve();
  if (place) {
    store::PendingCall pending(ledger::fitting(event_of(*context, admitted, outcome)), *place);
    co_await pending.wait();
    appended = std::move(pending.outcome());
  } else {
    appended = std::unexpected(place.error());
  }
  if (!appended && admitted.verdict == Verdict::valid) table_->undo(admitted.taken);
  co_return appended;
}

runtime::Task<Result<void>> Admission::refresh_counts(CustomerKeyId id) {
  const std::vector<AddedLimit> added = table_->uncounted(id);
  if (added.empty()) co_return Result<void>{};
  const Result<void> settled = co_await ledger_->settle();
  if (!settled) co_return settled;
  auto read = [table = table_, id, added](store::Transaction& transaction) -> Result<void> {
    for (const AddedLimit& limit : added) {
      const Result<std::int64_t> used = used_before(transaction, id, limit, table->zone_of(id));
      if (!used) return std::unexpected(used.error());
      table->count_added(id, limit, *used);
    }
    return {};
  };
  Result<void> counted = co_await core_.store->readers().run<void>(std::move(read));
  co_return counted;
}

AdmissionFigures Admission::figures() const {
  AdmissionFigures figures;
  for (std::size_t i = 0; i < verdicts_.size(); ++i) figures.verdicts[i] = verdicts_[i].load();
  figures.slowed = slowed_.load();
  return figures;
}

}  // namespace keyledger::service
