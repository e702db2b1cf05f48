// providers/elevenlabs/elevenlabs.h: ElevenLabs. A key sees its own workspace, if it has the permission user_read.
#pragma once

#include <string_view>

#include "providers/table/table_provider.h"

namespace keyledger::providers::elevenlabs {

class ElevenLabs final : public table::TableProvider {
 public:
  ElevenLabs(const Http* http, const Clock* clock);

  /// The user as identity: two keys of one user see the same credits. Nothing, and no finding, where the key may not
  /// look at the user.
  [[nodiscard]] Task<Discovery> discover(Access access) const override;
  /// Credits by day, and requests where the provider counts them, as dataset `character_stats`.
  [[nodiscard]] Task<Fetched> fetch(Access access, FetchRequest request) const override;

 private:
  [[nodiscard]] Call stats_call(const Access& access, const FetchRequest& request, std::string_view metric) const;
};

}  // namespace keyledger::providers::elevenlabs
