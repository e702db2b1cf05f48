#include "service/keyring.h"

namespace keyledger::service {

Keyring::Keyring(crypto::MasterKey current)
    : keys_(std::make_shared<const Keys>(Keys{std::make_shared<const crypto::MasterKey>(std::move(current))})) {}

crypto::Bytes Keyring::seal(const Secret& plain, std::string_view row) const {
  const std::shared_ptr<const Keys> keys = keys_.load();
  return crypto::seal(*keys->newest, plain, row);
}

Result<Secret> Keyring::open(std::span<const std::uint8_t> sealed, std::string_view row) const {
  const std::shared_ptr<const Keys> keys = keys_.load();
  const bool old = keys->previous && crypto::sealed_under(*keys->previous, sealed);
  return crypto::open(old ? *keys->previous : *keys->newest, sealed, row);
}

bool Keyring::sealed_under_newest(std::span<const std::uint8_t> sealed) const {
  return crypto::sealed_under(*keys_.load()->newest, sealed);
}

std::string Keyring::newest_id() const {
  return crypto::to_hex(keys_.load()->newest->id());
}

bool Keyring::rotating() const {
  return keys_.load()->previous != nullptr;
}

void Keyring::begin_rotation(crypto::MasterKey next) {
  const std::shared_ptr<const Keys> keys = keys_.load();
  keys_.store(
      std::make_shared<const Keys>(Keys{std::make_shared<const crypto::MasterKey>(std::move(next)), keys->newest}));
}

void Keyring::finish_rotation() {
  const std::shared_ptr<const Keys> keys = keys_.load();
  keys_.store(std::make_shared<const Keys>(Keys{keys->newest}));
}

}  // namespace keyledger::service
