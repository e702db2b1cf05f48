// service/ledger/activity_walk.h: finds the events of one page of activity. Looks at a bounded number of them.
#pragma once

#include <optional>
#include <vector>

#include "service/ledger/activity.h"
#include "store/database.h"

namespace keyledger::service {

struct Walked {
  std::vector<UsageEventId> ids{};  // newest first
  std::optional<ActivityCursor> next{};
};

/// An address as its row has it: 4 bytes or 16; anything else is the address of nobody.
[[nodiscard]] IpAddress stored_address(const store::Bytes& bytes);

/// Runs inside one read. Of one key: along its chain. Of a customer: along the chains of all its keys at once. Of all:
/// backwards by number; where a time is asked for, closed blocks that have nothing of it are stepped over.
/// Errors: those of Activity::list.
[[nodiscard]] Result<Walked> walk_activity(store::Transaction& transaction, const ActivityQuery& query);

}  // namespace keyledger::service
