#include "service/key_test_runs.h"

#include "base/log.h"
#include "service/events.h"
#include "service/usage/gather.h"

namespace keyledger::service {
namespace {

std::int64_t KeyTestRun::*counter_of(keys::Verdict verdict) {
  switch (verdict) {
    case keys::Verdict::valid: return &KeyTestRun::valid;
    case keys::Verdict::valid_but_restricted: return &KeyTestRun::valid_but_restricted;
    case keys::Verdict::rate_limited: return &KeyTestRun::rate_limited;
    case keys::Verdict::unreachable: return &KeyTestRun::unreachable;
    case keys::Verdict::invalid: return &KeyTestRun::invalid;
  }
  std::unreachable();
}

}  // namespace

KeyTestRun KeyTestRuns::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

runtime::Task<Result<KeyTestRun>> KeyTestRuns::start(Actor actor, KeyFilter filter) {
  {
    const std::lock_guard lock(mutex_);
    if (state_.state == KeyTestPhase::running) {
      co_return fail(Code::conflict, "Keys are being tested already; wait until that is done.", "tests_running");
    }
    state_ = KeyTestRun{.state = KeyTestPhase::running, .started_at = core_.clock->now()};
  }
  Result<std::vector<ProviderKeyId>> ids = co_await keys_->ids(std::move(filter));
  if (!ids) {
    const std::lock_guard lock(mutex_);
    state_ = KeyTestRun{};
    co_return std::unexpected(ids.error());
  }
  {
    const std::lock_guard lock(mutex_);
    state_.total = std::ssize(*ids);
  }
  const runtime::Executor executor = co_await boost::asio::this_coro::executor;
  runtime::spawn(executor, run(std::move(actor), std::move(*ids)), "key tests");
  co_return state();
}

runtime::Task<> KeyTestRuns::run(Actor actor, std::vector<ProviderKeyId> ids) {
  std::vector<Work> work;
  work.reserve(ids.size());
  for (const ProviderKeyId id : ids) {
    work.emplace_back([this, actor, id] { return test_one(actor, id); });
  }
  co_await gather(std::move(work), kAtOnce);
  {
    const std::lock_guard lock(mutex_);
    state_.state = state_.tested == state_.total ? KeyTestPhase::finished : KeyTestPhase::stopped;
    state_.finished_at = core_.clock->now();
  }
  tell();
}

runtime::Task<> KeyTestRuns::test_one(Actor actor, ProviderKeyId id) {
  if (stopping_) co_return;
  const Result<TestOutcome> outcome = co_await keys_->test(std::move(actor), id);
  if (!outcome) log::warn("a key could not be tested", {{"key", id.value}, {"reason", outcome.error().reason}});
  count(outcome);
}

void KeyTestRuns::count(const Result<TestOutcome>& outcome) {
  const Instant now = core_.clock->now();
  {
    const std::lock_guard lock(mutex_);
    ++state_.tested;
    ++(state_.*(outcome ? counter_of(outcome->verdict) : &KeyTestRun::failed));
    if (now - told_at_ < kTellEvery) return;
    told_at_ = now;
  }
  tell();
}

void KeyTestRuns::tell() const {
  if (events_ != nullptr) events_->publish(EventKind::changed, {"keys", "audit"});
}

}  // namespace keyledger::service
