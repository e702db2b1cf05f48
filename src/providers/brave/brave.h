// providers/brave/brave.h: Brave Search. A key is tested by a search, which costs one request; there is no usage
// endpoint.
#pragma once

#include "providers/table/table_provider.h"

namespace keyledger::providers::brave {

/// The quota of an answer, good or refused: from the headers, and from `meta` of a refusal, whose quota_current is what
/// was really used.
[[nodiscard]] std::vector<usage::Reading> quota_of(const Answer& answer, Instant now);

class Brave final : public table::TableProvider {
 public:
  Brave(const Http* http, const Clock* clock);

  /// A search with count=1. A key that is called wrong is asked for a second time before it is called dead: a valid one
  /// has been refused once and worked on repeat.
  [[nodiscard]] Task<KeyTest> test(Access access) const override;

 private:
  [[nodiscard]] Call search_call(const Access& access) const;

  const Http* http_;
};

}  // namespace keyledger::providers::brave
