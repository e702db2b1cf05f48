// app/pretend/answers.h: what the routes of the pretend provider share: who asks, which range, which page.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/pretend/provider.h"
#include "json/write.h"
#include "net/message.h"

namespace keyledger::app::pretend {

using net::Reply;
using net::Request;
using net::Task;

/// One request in, one answer out; the pretend provider waits for nothing.
using Answer = std::function<Reply(const Request&)>;
[[nodiscard]] net::Route route(net::Method method, std::string pattern, Answer answer);

/// The key of a request, from Authorization, x-api-key or X-Subscription-Token; nullptr for one that is not known or
/// has been revoked.
[[nodiscard]] const DemoKey* caller(const std::vector<DemoKey>& keys, const Request& request);

/// One page of buckets: the range that is asked for, cut after `limit` of them.
struct Page {
  std::vector<Instant> starts{};
  std::chrono::seconds width{};
  std::string next{};  // the cursor of the page after; empty: this is the last
};
/// `from` and `to` as parsed; `page` is the cursor that `next` was.
[[nodiscard]] Page cut_page(Instant from, Instant to, std::chrono::seconds width, std::int64_t limit,
                            std::string_view page);

/// A whole number in the query, or a default.
[[nodiscard]] std::int64_t number(const Request& request, std::string_view name, std::int64_t otherwise);

void add_openai(std::vector<net::Route>& routes, const Clock* clock);
void add_anthropic(std::vector<net::Route>& routes, const Clock* clock);
void add_brave(std::vector<net::Route>& routes, const Clock* clock);

}  // namespace keyledger::app::pretend
