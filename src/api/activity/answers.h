// api/activity/answers.h: calls as answers, for the lists of activity and for what refers to calls.
#pragma once

#include <string>

#include "api/call.h"
#include "service/ledger/activity.h"

namespace keyledger::api {

/// A page, with the members data, next_cursor, count and all_count. Errors: those of the query, then of Activity::list.
[[nodiscard]] Task<Result<Reply>> activity_page(const Services* services, Result<service::ActivityQuery> query);
/// All of them as CSV.
[[nodiscard]] Task<Result<Reply>> activity_file(const Services* services, Result<service::ActivityQuery> query,
                                                std::string file_name);

}  // namespace keyledger::api
