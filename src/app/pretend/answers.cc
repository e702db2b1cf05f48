#include "app/pretend/answers.h"

#include <algorithm>
#include <charconv>

namespace keyledger::app::pretend {
namespace {

Task<Reply> answer_with(std::shared_ptr<const Answer> answer, Request request) {
  co_return (*answer)(request);
}

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

net::Route route(net::Method method, std::string pattern, Answer answer) {
  auto shared = std::make_shared<const Answer>(std::move(answer));
  return {method, std::move(pattern), [shared](Request request) { return answer_with(shared, std::move(request)); }};
}

const DemoKey* caller(const std::vector<DemoKey>& keys, const Request& request) {
  std::string_view text = request.headers.find("Authorization").value_or("");
  if (text.starts_with("Bearer ")) text.remove_prefix(7);
  if (text.empty()) text = request.headers.find("x-api-key").value_or("");
  if (text.empty()) text = request.headers.find("X-Subscription-Token").value_or("");
  const auto found = std::ranges::find_if(keys, [text](const DemoKey& key) { return key.text == text; });
  return found == keys.end() || found->revoked ? nullptr : &*found;
}

Page cut_page(Instant from, Instant to, std::chrono::seconds width, std::int64_t limit, std::string_view page) {
  const std::optional<std::int64_t> start = page.starts_with("page_") ? whole(page.substr(5)) : std::nullopt;
  Instant next = start ? Instant{std::chrono::seconds{*start}} : from;
  Page cut{.starts = {}, .width = width};
  for (; next < to && static_cast<std::int64_t>(cut.starts.size()) < limit; next += width) cut.starts.push_back(next);
  if (next < to) {
    cut.next = "page_" + std::to_string(std::chrono::floor<std::chrono::seconds>(next.time_since_epoch()).count());
  }
  return cut;
}

std::int64_t number(const Request& request, std::string_view name, std::int64_t otherwise) {
  const std::optional<std::string_view> text = request.query_value(name);
  return text ? whole(*text).value_or(otherwise) : otherwise;
}

std::vector<net::Route> routes(const Clock* clock) {
  std::vector<net::Route> made;
  add_openai(made, clock);
  add_anthropic(made, clock);
  add_brave(made, clock);
  return made;
}

}  // namespace keyledger::app::pretend
