// service/keyring.h: the master key in force and, while a change of it is under way, the one before.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "crypto/sealing.h"

namespace keyledger::service {

/// Seals under the newest key; opens what either key has sealed. Any thread may use it.
class Keyring {
 public:
  explicit Keyring(crypto::MasterKey current);

  [[nodiscard]] crypto::Bytes seal(const Secret& plain, std::string_view row) const;
  /// Errors: internal, reasons sealed_under_another_key, seal_broken.
  [[nodiscard]] Result<Secret> open(std::span<const std::uint8_t> sealed, std::string_view row) const;
  [[nodiscard]] bool sealed_under_newest(std::span<const std::uint8_t> sealed) const;
  [[nodiscard]] std::string newest_id() const;  // eight hex digits, safe to show
  [[nodiscard]] bool rotating() const;

  /// From now on `next` seals, and the key so far only opens.
  void begin_rotation(crypto::MasterKey next);
  /// Forgets the key before.
  void finish_rotation();

 private:
  struct Keys {
    std::shared_ptr<const crypto::MasterKey> newest;
    std::shared_ptr<const crypto::MasterKey> previous{};
  };
  std::atomic<std::shared_ptr<const Keys>> keys_;
};

}  // namespace keyledger::service
