#include "service/ledger/activity_news.h"

namespace keyledger::service {

bool ActivityNews::tell() {
  const std::int64_t calls = calls_();
  if (std::exchange(told_, calls) == calls) return false;
  events_->publish(EventKind::changed, {"activity"});
  return true;
}

runtime::Task<> ActivityNews::run() {
  while (!stopping_) {
    tell();
    co_await alarm_->wait(kEvery);
  }
}

void ActivityNews::stop() {
  stopping_ = true;
  alarm_->ring();
}

}  // namespace keyledger::service
