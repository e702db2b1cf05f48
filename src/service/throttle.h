// service/throttle.h: slows down who keeps failing. Pure bookkeeping; time is handed in.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "base/instant.h"

namespace keyledger::service {

/// After kFree failures in a row each further attempt waits, twice as long each time, up to kWaitMax. An address is
/// forgotten after kForget without a failure. At most kAddressesMax are kept; past that the oldest goes.
class Throttle {
 public:
  static constexpr int kFree = 5;
  static constexpr std::chrono::seconds kWaitMax{300};
  static constexpr std::chrono::minutes kForget{30};
  static constexpr std::size_t kAddressesMax = 10'000;

  /// How long `address` still has to wait; zero: go ahead.
  [[nodiscard]] std::chrono::seconds wait(const std::string& address, Instant now) const;
  void failed(const std::string& address, Instant now);
  void succeeded(const std::string& address);

 private:
  struct Record {
    int failures = 0;
    Instant last{};
  };
  static std::chrono::seconds pause_after(int failures);

  mutable std::mutex mutex_{};
  std::map<std::string, Record> records_{};
};

}  // namespace keyledger::service
