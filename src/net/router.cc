#include "net/router.h"

#include <algorithm>
#include <exception>
#include <map>
#include <memory>

#include "base/log.h"
#include "net/refusal.h"

namespace keyledger::net {
namespace {

std::string_view first_segment(std::string_view path) {
  return path.substr(0, path.find('/'));
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool is_rest(std::string_view segment) {
  return is_parameter(segment) && segment.ends_with("...}");
}

/// "{id}.csv": a parameter and what its segment ends with.
bool is_suffixed(std::string_view segment) {
  return segment.starts_with('{') && segment.find('}') < segment.size() - 1;
}
std::string_view suffix_of(std::string_view segment) {
  return segment.substr(segment.find('}') + 1);
}

// The names between the braces, in order.
std::vector<std::string_view> parameter_names(std::string_view pattern) {
  std::vector<std::string_view> names;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);  // the slash
    const std::string_view segment = first_segment(pattern);
    if (is_rest(segment)) {
      names.push_back(segment.substr(1, segment.size() - 5));
    } else if (is_parameter(segment) || is_suffixed(segment)) {
      names.push_back(segment.substr(1, segment.find('}') - 1));
    }
    pattern.remove_prefix(segment.size());
  }
  return names;
}

}  // namespace

// One segment of the patterns. `rest` are the routes that take all that follows.
struct Router::Node {
  std::map<std::string, Node, std::less<>> literals{};
  std::map<std::string, Node, std::less<>> suffixed{};  // parameters by what follows them in their segment
  std::unique_ptr<Node> parameter{};
  std::vector<const Route*> here{};
  std::vector<const Route*> rest{};

  void add(std::string_view path, const Route* route);
  // `path` begins with a slash, or is empty at the end. Fills `values` with what the parameters stand for.
  const Route* find(std::string_view path, Method method, std::vector<std::string_view>& values) const;
  void collect_methods(std::string_view path, std::vector<Method>& methods) const;
};

void Router::Node::add(std::string_view path, const Route* route) {
  if (path.empty()) {
    here.push_back(route);
    return;
  }
  path.remove_prefix(1);
  const std::string_view segment = first_segment(path);
  const std::string_view following = path.substr(segment.size());
  if (is_rest(segment)) {
    check_invariant(following.empty(), "a {rest...} segment is the last of its pattern");
    rest.push_back(route);
  } else if (is_parameter(segment)) {
    if (!parameter) parameter = std::make_unique<Node>();
    parameter->add(following, route);
  } else if (is_suffixed(segment)) {
    suffixed[std::string{suffix_of(segment)}].add(following, route);
  } else {
    literals[std::string{segment}].add(following, route);
  }
}

namespace {

const Route* of_method(const std::vector<const Route*>& routes, Method method) {
  const auto found = std::ranges::find(routes, method, &Route::method);
  return found == routes.end() ? nullptr : *found;
}

}  // namespace

const Route* Router::Node::find(std::string_view path, Method method, std::vector<std::string_view>& values) const {
  if (path.empty()) return of_method(here, method);
  path.remove_prefix(1);
  const std::string_view segment = first_segment(path);
  const std::string_view following = path.substr(segment.size());
  if (const auto literal = literals.find(segment); literal != literals.end()) {
    const Route* found = literal->second.find(following, method, values);
    if (found != nullptr) return found;
  }
  for (const auto& [suffix, node] : suffixed) {
    if (segment.size() <= suffix.size() || !segment.ends_with(suffix)) continue;
    values.push_back(segment.substr(0, segment.size() - suffix.size()));
    const Route* found = node.find(following, method, values);
    if (found != nullptr) return found;
    values.pop_back();
  }
  if (parameter && !segment.empty()) {
    values.push_back(segment);
    const Route* found = parameter->find(following, method, values);
    if (found != nullptr) return found;
    values.pop_back();
  }
  const Route* found = of_method(rest, method);
  if (found != nullptr) values.push_back(path);
  return found;
}

void Router::Node::collect_methods(std::string_view path, std::vector<Method>& methods) const {
  const auto collect = [&methods](const std::vector<const Route*>& routes) {
    for (const Route* route : routes) methods.push_back(route->method);
  };
  if (path.empty()) {
    collect(here);
    return;
  }
  path.remove_prefix(1);
  const std::string_view segment = first_segment(path);
  const std::string_view following = path.substr(segment.size());
  if (const auto literal = literals.find(segment); literal != literals.end()) {
    literal->second.collect_methods(following, methods);
  }
  for (const auto& [suffix, node] : suffixed) {
    if (segment.size() > suffix.size() && segment.ends_with(suffix)) node.collect_methods(following, methods);
  }
  if (parameter && !segment.empty()) parameter->collect_methods(following, methods);
  collect(rest);
}

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)), root_(std::make_unique<Node>()) {
  for (const Route& route : routes_) {
    check_invariant(route.pattern.starts_with('/'), "a route's pattern begins with a slash");
    for (const Route& other : routes_) {
      const bool same = &route != &other && route.method == other.method && route.pattern == other.pattern;
      check_invariant(!same, "no two routes have the same method and pattern");
    }
    root_->add(route.pattern, &route);
    if (!route.prompt) continue;
    check_invariant(route.method == Method::get && route.pattern.find('{') == std::string::npos,
                    "a prompt route is a GET without parameters");
    prompt_.push_back(&route);
  }
}

Router::~Router() = default;
Router::Router(Router&&) noexcept = default;

Router::Match Router::match(Method method, std::string_view path) const {
  Match match;
  std::vector<std::string_view> values;
  match.route = root_->find(path, method, values);
  if (match.route == nullptr && method == Method::head) match.route = root_->find(path, Method::get, values);
  if (match.route == nullptr) {
    match.allow = allow(path);
    return match;
  }
  if (values.empty()) return match;
  const std::vector<std::string_view> names = parameter_names(match.route->pattern);
  for (std::size_t i = 0; i < values.size(); ++i) match.parameters.emplace_back(names[i], values[i]);
  return match;
}

const Route* Router::prompt(std::string_view path) const {
  const auto found = std::ranges::find(prompt_, path, &Route::pattern);
  return found == prompt_.end() ? nullptr : *found;
}

std::string Router::allow(std::string_view path) const {
  std::vector<Method> methods;
  root_->collect_methods(path, methods);
  if (methods.empty()) return {};
  if (std::ranges::find(methods, Method::get) != methods.end()) methods.push_back(Method::head);
  methods.push_back(Method::options);
  std::ranges::sort(methods);
  const auto duplicates = std::ranges::unique(methods);
  methods.erase(duplicates.begin(), duplicates.end());
  std::string text;
  for (const Method method : methods) {
    if (!text.empty()) text += ", ";
    text += to_string(method);
  }
  return text;
}

namespace {

/// A body that is there already, for handlers that take it in pieces: none at all, or that of a call without a network.
class HeldBody final : public BodySource {
 public:
  explicit HeldBody(std::string body) : body_(std::move(body)) {}
  Task<Result<std::optional<std::string>>> next() override {
    if (body_.empty()) co_return std::nullopt;
    co_return std::exchange(body_, {});
  }

 private:
  std::string body_;
};

Reply without_route(Method method, std::string allow) {
  Reply reply;
  if (allow.empty()) return to_reply({404, "not_found", "Nothing lives at this address."});
  if (method == Method::options) {
    reply.status = 204;
  } else {
    reply = to_reply({405, "method_not_allowed", "This address does not have this method; Allow names those it has."});
  }
  reply.headers.add("Allow", std::move(allow));
  return reply;
}

Reply failed(std::string_view pattern, std::string_view what) {
  log::error("a request handler failed", {{"route", pattern}, {"what", what}});
  return to_reply({500, "internal", "The server failed; its log says more."});
}

}  // namespace

Task<Reply> Router::answer(Request request) const {
  Match found = match(request.method, request.path);
  if (found.route == nullptr) co_return without_route(request.method, std::move(found.allow));
  request.parameters = std::move(found.parameters);
  const Route* route = found.route;
  if (route->body_in_pieces && request.incoming == nullptr) {
    request.incoming = std::make_shared<HeldBody>(std::exchange(request.body, {}));
  }
  try {
    Reply reply = co_await route->handler(std::move(request));
    co_return reply;
  } catch (const std::exception& exception) {
    co_return failed(route->pattern, exception.what());
  } catch (...) {
    co_return failed(route->pattern, "not a standard exception");
  }
}

}  // namespace keyledger::net
