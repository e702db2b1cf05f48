#include "service/throttle.h"

#include <algorithm>

namespace keyledger::service {

std::chrono::seconds Throttle::pause_after(int failures) {
  if (failures < kFree) return std::chrono::seconds{0};
  const int doublings = std::min(failures - kFree, 16);
  return std::min(kWaitMax, std::chrono::seconds{1 << doublings});
}

std::chrono::seconds Throttle::wait(const std::string& address, Instant now) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(address);
  if (found == records_.end()) return std::chrono::seconds{0};
  const Instant until = found->second.last + pause_after(found->second.failures);
  return until <= now ? std::chrono::seconds{0} : std::chrono::ceil<std::chrono::seconds>(until - now);
}

void Throttle::failed(const std::string& address, Instant now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(records_, [now](const auto& entry) { return entry.second.last + kForget < now; });
  if (records_.size() >= kAddressesMax && !records_.contains(address)) {
    records_.erase(std::min_element(records_.begin(), records_.end(), [](const auto& left, const auto& right) {
      return left.second.last < right.second.last;
    }));
  }
  Record& record = records_[address];
  record.failures += 1;
  record.last = now;
}

void Throttle::succeeded(const std::string& address) {
  const std::lock_guard lock(mutex_);
  records_.erase(address);
}

}  // namespace keyledger::service
