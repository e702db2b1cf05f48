#include "service/events.h"

namespace keyledger::service {

Subscription::Next Subscription::take() {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return {ended_ ? Outcome::ended : Outcome::idle, {}};
  Next next{Outcome::event, std::move(queue_.front())};
  queue_.pop_front();
  return next;
}

runtime::Task<Subscription::Next> Subscription::next(std::chrono::milliseconds patience) {
  Next ready = take();
  if (ready.outcome != Outcome::idle) co_return ready;
  // A ring that was meant for an event taken meanwhile wakes us for nothing; then the time that is left is waited.
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const bool rung = co_await bell_.wait(std::max(left, std::chrono::milliseconds{0}));
    ready = take();
    if (!rung || ready.outcome != Outcome::idle) co_return ready;
  }
}

void Subscription::push(const Event& event) {
  {
    const std::lock_guard lock(mutex_);
    const bool repeated =
        !queue_.empty() && queue_.back().kind == event.kind && queue_.back().resources == event.resources;
    if (repeated) return;  // the listener has yet to hear of it
    if (queue_.size() >= kQueueMax) {
      queue_.clear();
      queue_.push_back({event.id, EventKind::resync, {}});
    } else if (queue_.empty() || queue_.back().kind != EventKind::resync) {
      queue_.push_back(event);
    }
  }
  bell_.ring();
}

void Subscription::end() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  bell_.ring();
}

Result<std::shared_ptr<Subscription>> EventHub::subscribe() {
  const std::lock_guard lock(mutex_);
  if (closed_) return fail(Code::unavailable, "The server is stopping.", "stopping");
  std::erase_if(subscribers_, [](const std::weak_ptr<Subscription>& one) { return one.expired(); });
  if (subscribers_.size() >= kSubscribersMax) {
    return fail(Code::unavailable, "Too many pages listen already; close one.", "overloaded");
  }
  auto subscription = std::make_shared<Subscription>();
  subscribers_.push_back(subscription);
  return subscription;
}

void EventHub::publish(EventKind kind, std::vector<std::string> resources) {
  const std::lock_guard lock(mutex_);
  const Event event{++last_id_, kind, std::move(resources)};
  for (const std::weak_ptr<Subscription>& one : subscribers_) {
    if (const std::shared_ptr<Subscription> subscriber = one.lock()) subscriber->push(event);
  }
}

void EventHub::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const std::weak_ptr<Subscription>& one : subscribers_) {
    if (const std::shared_ptr<Subscription> subscriber = one.lock()) subscriber->end();
  }
  subscribers_.clear();
}

}  // namespace keyledger::service
