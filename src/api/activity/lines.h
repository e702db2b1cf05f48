// api/activity/lines.h: a line of activity as JSON.
#pragma once

#include "json/write.h"
#include "service/ledger/activity.h"

namespace keyledger::api {

/// The members as they are described; the duration as duration_ms, in milliseconds with three decimals.
void write_line(json::Writer& out, const service::ActivityLine& line);

}  // namespace keyledger::api
