// providers/brave/quota.h: what Brave tells about its month and its second in four headers that belong together.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "domain/usage/rows.h"
#include "net/message.h"

namespace keyledger::providers::brave {

/// One window of a quota. What a header did not tell, or told in a form that cannot be read, is nothing.
struct Window {
  std::int64_t seconds = 0;  // the window's length; 0: not told, so nobody knows which window this is
  std::optional<std::int64_t> limit{};
  std::optional<std::int64_t> remaining{};
  std::optional<std::int64_t> reset_seconds{};  // from now
};

/// "1, 15000" as {1, 15000}.
/// Errors: an empty list for anything that is not whole numbers from 0 to 10^15 with commas between, or has over 8.
[[nodiscard]] std::vector<std::int64_t> parse_list(std::string_view header);

/// "1;w=1, 15000;w=2592000" as windows with limit and length; other parameters are passed over.
/// Errors: an empty list as above, also when a parameter is no `name=value` or `w` is no number above 0.
[[nodiscard]] std::vector<Window> parse_policy(std::string_view header);

/// The windows of X-RateLimit-Policy, -Limit, -Remaining and -Reset; element i of all four is the same window.
/// A list of another length than the policy cannot be laid beside it and is left out; without a policy there are none.
[[nodiscard]] std::vector<Window> read_windows(const net::Headers& headers);

/// The longest window, if it is at least a day: the month. Nullptr if there is none.
[[nodiscard]] const Window* month_of(const std::vector<Window>& windows);
/// The shortest window, if it is at most a minute: the second. Nullptr if there is none.
[[nodiscard]] const Window* second_of(const std::vector<Window>& windows);

/// `month_quota` and `second_quota` in requests. A limit of 0 in the month means that there is none.
[[nodiscard]] std::vector<usage::Reading> to_readings(const std::vector<Window>& windows, Instant now);

}  // namespace keyledger::providers::brave
