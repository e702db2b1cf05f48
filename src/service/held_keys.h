// service/held_keys.h: the keys that are held, as the usage services see them: what they read with, and their links.
#pragma once

#include "service/provider_keys.h"
#include "service/usage/key_directory.h"

namespace keyledger::service {

class HeldKeys final : public KeyDirectory {
 public:
  HeldKeys(Core core, const ProviderKeys* keys) : core_(core), keys_(keys) {}

  [[nodiscard]] runtime::Task<Result<std::vector<HeldKey>>> list() override;
  [[nodiscard]] runtime::Task<Result<providers::Access>> access(ProviderKeyId id) override;
  [[nodiscard]] runtime::Task<Result<void>> apply_links(ProviderKeyId admin,
                                                        const std::vector<providers::RemoteKey>& keys) override;
  [[nodiscard]] runtime::Task<Result<void>> note_findings(ProviderKeyId id,
                                                          const std::vector<keys::Finding>& findings) override;

 private:
  Core core_;
  const ProviderKeys* keys_;
};

/// The status of a key of which a sync found this; valid when it found nothing. The worst finding decides.
[[nodiscard]] keys::KeyStatus status_after(const std::vector<keys::Finding>& findings);

}  // namespace keyledger::service
