// net/router.h: which handler answers which method and path.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/message.h"
#include "net/prompt.h"

namespace keyledger::net {

using Handler = std::function<Task<Reply>(Request)>;

struct Route {
  Method method;
  std::string
      pattern;  // "/api/keys/{id}/full"; a last segment "{rest...}" takes all that follows, "{id}.csv" an ending
  Handler handler;
  std::size_t body_bytes_max = 1 << 20;  // 413 above it
  bool body_in_pieces = false;           // the handler runs before the body has come, and takes it from `incoming`
  MakePromptCall prompt{};               // of a GET without parameters: answers most requests in the handler's stead
};

/// Literal segments win over parameters with an ending, these over plain ones, and those over "{rest...}", among the
/// routes that have the method.
/// Immutable once the server runs.
class Router {
 public:
  explicit Router(std::vector<Route> routes);
  ~Router();
  Router(Router&& other) noexcept;
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  struct Match {
    const Route* route = nullptr;
    std::vector<std::pair<std::string, std::string>> parameters{};
    std::string allow{};  // with no route: the methods that the path has, for 405; empty means 404
  };
  [[nodiscard]] Match match(Method method, std::string_view path) const;

  /// The route that answers GET requests for this path promptly; null if none does.
  [[nodiscard]] const Route* prompt(std::string_view path) const;

  /// Finds the route, fills in the parameters and runs the handler: 404, 405 and OPTIONS (204 with Allow) are answered
  /// here. An exception that leaves a handler becomes a 500 and a line in the log.
  [[nodiscard]] Task<Reply> answer(Request request) const;

  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Node;
  /// The methods of a path, as Allow lists them; empty if there is no such path.
  [[nodiscard]] std::string allow(std::string_view path) const;

  std::vector<Route> routes_;
  std::vector<const Route*> prompt_{};  // a few, so that they are gone through
  std::unique_ptr<Node> root_;
};

}  // namespace keyledger::net
