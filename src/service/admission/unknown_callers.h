// service/admission/unknown_callers.h: which addresses keep calling with keys that do not exist. Time is handed in.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/instant.h"
#include "base/ip_address.h"

namespace keyledger::service {

/// After kFree unknown keys from an address, with less than kForget between them, it has to wait after each further
/// one, twice as long each time, up to kWaitMax. Calls while it waits are refused and change nothing.
///
/// An IPv6 address counts as its network of 64 bits, which is what one subscriber has. Memory is fixed: kPlaces
/// addresses; where more come in, those not heard of for longest go, among the kWays that share a place by a hash that
/// nobody outside can know. To be forgotten so is no harm: what is slowed is only a nuisance, a right key cannot be
/// guessed.
///
/// Thread-safe; its one lock is taken for unknown keys only.
class UnknownCallers {
 public:
  static constexpr int kFree = 20;
  static constexpr std::chrono::seconds kWaitMax{300};
  static constexpr std::chrono::seconds kForget{60};  // after the end of its wait, if any
  static constexpr std::size_t kPlaces = 16'384, kWays = 8;

  UnknownCallers();

  /// Counts a call with an unknown key. Answers for how long the address has to wait before it is listened to; zero: it
  /// was.
  [[nodiscard]] std::chrono::seconds called(const IpAddress& address, Instant now);

 private:
  struct Record {
    std::array<std::uint8_t, 16> address{};
    std::int32_t failures = 0;  // 0: nobody
    Instant until{};            // the end of its wait, or its last call
  };
  [[nodiscard]] Record& record_of(const std::array<std::uint8_t, 16>& address, Instant now);

  std::uint64_t seed_ = 0;
  std::mutex mutex_{};
  std::vector<Record> records_;
};

}  // namespace keyledger::service
