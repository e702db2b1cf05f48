#include "net/router.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <stdexcept>

namespace keyledger::net {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Task<Reply> say_path(Request request) {
  Reply reply;
  reply.body = request.path;
  for (const auto& [name, value] : request.parameters) reply.body += ' ' + name + '=' + value;
  co_return reply;
}

Task<Reply> fail_badly(Request) {
  throw std::runtime_error("secret details");
  co_return Reply{};
}

Router make_router() {
  std::vector<Route> routes;
  const auto add = [&routes](Method method, const char* pattern) {
    routes.push_back({.method = method, .pattern = pattern, .handler = &say_path});
  };
  add(Method::get, "/");
  add(Method::get, "/api/keys");
  add(Method::post, "/api/keys");
  add(Method::post, "/api/keys/test");
  add(Method::get, "/api/keys/{id}");
  add(Method::put, "/api/keys/{id}");
  add(Method::get, "/api/keys/{id}/full");
  add(Method::get, "/api/keys/{id}.csv");
  add(Method::get, "/api/keys/{id}.csv/lines");
  add(Method::get, "/api/{kind}/{id}/{part}");
  add(Method::get, "/assets/{rest...}");
  add(Method::get, "/a/b/{x}/d");
  add(Method::get, "/a/{y}/c/e");
  routes.push_back({.method = Method::get, .pattern = "/bad", .handler = &fail_badly});
  return Router(std::move(routes));
}

TEST(Router, FindsTheMostExactRoute) {
  const Router router = make_router();
  const struct {
    Method method;
    const char* path;
    const char* pattern;  // null: none
    Pairs parameters;
    const char* allow;
  } cases[] = {
      {Method::get, "/", "/", {}, ""},
      {Method::get, "/api/keys", "/api/keys", {}, ""},
      {Method::get, "/api/keys/7", "/api/keys/{id}", {{"id", "7"}}, ""},
      {Method::put, "/api/keys/7", "/api/keys/{id}", {{"id", "7"}}, ""},
      {Method::post, "/api/keys/test", "/api/keys/test", {}, ""},
      {Method::get, "/api/keys/test", "/api/keys/{id}", {{"id", "test"}}, ""},
      {Method::get, "/api/keys/7/full", "/api/keys/{id}/full", {{"id", "7"}}, ""},
      {Method::get, "/api/keys/7.csv", "/api/keys/{id}.csv", {{"id", "7"}}, ""},
      {Method::put, "/api/keys/7.csv", "/api/keys/{id}", {{"id", "7.csv"}}, ""},
      {Method::get, "/api/keys/.csv", "/api/keys/{id}", {{"id", ".csv"}}, ""},
      {Method::get, "/api/keys/7.csv/lines", "/api/keys/{id}.csv/lines", {{"id", "7"}}, ""},
      {Method::get, "/api/keys/7.csv/full", "/api/keys/{id}/full", {{"id", "7.csv"}}, ""},
      {Method::get,
       "/api/keys/7/part",
       "/api/{kind}/{id}/{part}",
       {{"kind", "keys"}, {"id", "7"}, {"part", "part"}},
       ""},
      {Method::get, "/assets/a/b.js", "/assets/{rest...}", {{"rest", "a/b.js"}}, ""},
      {Method::get, "/assets/", "/assets/{rest...}", {{"rest", ""}}, ""},
      {Method::get, "/a/b/c/e", "/a/{y}/c/e", {{"y", "b"}}, ""},  // back from the literal b
      {Method::head, "/api/keys", "/api/keys", {}, ""},
      {Method::get, "/assets", nullptr, {}, ""},
      {Method::get, "/api", nullptr, {}, ""},
      {Method::get, "/api/keys/", nullptr, {}, ""},
      {Method::get, "/API/keys", nullptr, {}, ""},
      {Method::delete_, "/api/keys", nullptr, {}, "GET, HEAD, POST, OPTIONS"},
      {Method::delete_, "/api/keys/test", nullptr, {}, "GET, HEAD, POST, PUT, OPTIONS"},
      {Method::head, "/api/nothing", nullptr, {}, ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string{to_string(c.method)} + ' ' + c.path);
    const Router::Match match = router.match(c.method, c.path);
    ASSERT_EQ(match.route != nullptr, c.pattern != nullptr);
    if (match.route != nullptr) {
      EXPECT_EQ(match.route->pattern, c.pattern);
    }
    EXPECT_EQ(match.parameters, c.parameters);
    EXPECT_EQ(match.allow, c.allow);
  }
}

Task<> ask(const Router* router, Method method, std::string path, Reply* reply) {
  Request request;
  request.method = method;
  request.path = std::move(path);
  Reply answer = co_await router->answer(std::move(request));
  *reply = std::move(answer);
}

Reply answer_of(const Router& router, Method method, std::string path) {
  boost::asio::io_context context;
  Reply reply;
  runtime::spawn(context.get_executor(), ask(&router, method, std::move(path), &reply), "ask");
  context.run();
  return reply;
}

TEST(Router, AnswersWithTheHandler) {
  const Router router = make_router();
  EXPECT_EQ(answer_of(router, Method::get, "/api/keys/7/full").body, "/api/keys/7/full id=7");
}

TEST(Router, AnswersWhatHasNoHandler) {
  const Router router = make_router();
  const Reply missing = answer_of(router, Method::get, "/nothing");
  EXPECT_EQ(missing.status, 404U);
  EXPECT_NE(missing.body.find("\"code\":\"not_found\""), std::string::npos);
  const Reply wrong = answer_of(router, Method::delete_, "/api/keys");
  EXPECT_EQ(wrong.status, 405U);
  EXPECT_EQ(wrong.headers.find("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_NE(wrong.body.find("\"code\":\"method_not_allowed\""), std::string::npos);
  const Reply options = answer_of(router, Method::options, "/api/keys");
  EXPECT_EQ(options.status, 204U);
  EXPECT_EQ(options.headers.find("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(answer_of(router, Method::options, "/nothing").status, 404U);
}

TEST(Router, TurnsAnExceptionIntoA500WithoutItsText) {
  const Router router = make_router();
  const Reply reply = answer_of(router, Method::get, "/bad");
  EXPECT_EQ(reply.status, 500U);
  EXPECT_EQ(reply.body.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace keyledger::net
