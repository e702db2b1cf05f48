// api/dashboard/dashboard.h: the dashboard beside the API, under the same address.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "api/dashboard/files.h"
#include "net/router.h"

namespace keyledger::api {

/// What a browser gets that asks for `path`, where no route of the API is: a file, or the page for every other path,
/// since the address of a page is its state and can be opened, reloaded and shared.
///
/// Nothing: for what belongs to programs (/api, /docs, /metrics, /readyz, /v1), where only problem+json is an answer,
/// and for a file that is not there, since a page in place of a script is worse than none.
[[nodiscard]] std::optional<net::Reply> dashboard_reply(std::span<const DashboardFile> files, std::string_view path);

/// Adds the dashboard to the routes of the API. Whatever it has no answer for is answered as without it, 404 and 405
/// alike.
[[nodiscard]] std::vector<net::Route> with_dashboard(std::vector<net::Route> routes);

}  // namespace keyledger::api
