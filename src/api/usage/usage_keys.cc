#include <fmt/format.h>

#include <algorithm>

#include "api/handlers.h"
#include "api/query.h"
#include "api/replies.h"
#include "api/usage/queries.h"
#include "crypto/hash.h"

namespace keyledger::api {
namespace {

using service::KeyFigures;
using service::UsageKeys;

/// A name for the list as it was asked for, to which its cursors are bound: everything but where the page is.
std::string name_of_list(const net::Request& request) {
  std::vector<std::pair<std::string, std::string>> asked = request.query;
  std::erase_if(asked, [](const auto& one) { return one.first == "limit" || one.first == "cursor"; });
  std::ranges::sort(asked);
  std::string text;
  for (const auto& [name, value] : asked) text += fmt::format("{}:{}={}:{};", name.size(), name, value.size(), value);
  const crypto::Digest digest = crypto::sha256(text);
  return "usage_keys." + crypto::to_base64url(std::span{digest}.first(9));
}

std::string to_page(const UsageKeys& keys, std::int64_t offset, std::int64_t limit, const std::string& list) {
  const std::int64_t all = std::ssize(keys.lines);
  const std::int64_t begin = std::min(offset, all);
  const std::int64_t end = std::min(begin + limit + 1, all);  // one more tells that there is more
  const std::vector<KeyFigures> lines(keys.lines.begin() + begin, keys.lines.begin() + end);
  json::Writer out;
  out.begin_object();
  write_page(out, lines, limit, [&](const KeyFigures&) { return make_cursor(list, begin + limit); });
  out.name("count").integer(all);
  out.name("all_count").integer(keys.all_count);
  out.name("totals");
  json::write(out, keys.totals);
  out.name("from");
  json::write(out, keys.from);
  out.name("to");
  json::write(out, keys.to);
  out.name("timezone").string(keys.timezone);
  out.end_object();
  return out.take();
}

}  // namespace

Task<Result<Reply>> list_usage_keys(const Services* services, Call call) {
  const Result<std::int64_t> limit = page_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const std::string list = name_of_list(call.request);
  const Result<std::optional<std::int64_t>> offset = read_cursor(call.request, list);
  if (!offset) co_return std::unexpected(offset.error());
  Result<service::UsageKeyQuery> query = usage_key_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  Result<UsageKeys> keys = co_await services->reports->keys(std::move(*query));
  if (!keys) co_return std::unexpected(keys.error());
  const std::int64_t begin = std::max<std::int64_t>(0, offset->value_or(0));
  co_return net::json_reply(200, to_page(*keys, begin, *limit, list));
}

}  // namespace keyledger::api
