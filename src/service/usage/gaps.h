// service/usage/gaps.h: which days of a range are not known, although a source should tell them. Pure.
#pragma once

#include "service/usage/report_frame.h"

namespace keyledger::service {

/// Days before those that have been read while history is still being read, and days after the last answer of a source
/// that has not answered for kStaleAfter. Of sources whose key is held and may read, by provider and day.
[[nodiscard]] std::vector<UsageGap> find_gaps(const ReportFrame& frame);

/// Up to here all of these sources have told their figures; nothing: one never did, or there is none.
[[nodiscard]] std::optional<Instant> complete_until(const ReportFrame& frame);

}  // namespace keyledger::service
