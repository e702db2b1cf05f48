#include "api/dashboard/dashboard.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <string>

namespace keyledger::api {
namespace {

using net::Method;
using net::Reply;
using net::Router;
using net::Task;

constexpr std::array<DashboardFile, 4> kFiles = {{
    {"/index.html", "page", true},
    {"/theme.js", "theme", true},
    {"/assets/a-1234.js", "script", true},
    {"/assets/b-5678.woff2", "font", false},
}};

std::string header(const Reply& reply, std::string_view name) {
  return std::string{reply.headers.find(name).value_or("")};
}

TEST(DashboardReply, AnyAddressOfAPersonIsThePage) {
  for (const std::string_view path : {"/", "/login", "/my/keys/3", "/nowhere", "/apiary", "/index.html"}) {
    SCOPED_TRACE(path);
    const std::optional<Reply> reply = dashboard_reply(kFiles, path);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, "page");
    EXPECT_EQ(header(*reply, "Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(header(*reply, "Cache-Control"), "no-cache");
    EXPECT_EQ(header(*reply, "Content-Encoding"), "gzip");
  }
}

TEST(DashboardReply, AFileWithAHashNeverChanges) {
  const std::optional<Reply> script = dashboard_reply(kFiles, "/assets/a-1234.js");
  ASSERT_TRUE(script);
  EXPECT_EQ(header(*script, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(header(*script, "Content-Type"), "text/javascript; charset=utf-8");
  const std::optional<Reply> font = dashboard_reply(kFiles, "/assets/b-5678.woff2");
  ASSERT_TRUE(font);
  EXPECT_EQ(header(*font, "Content-Type"), "font/woff2");
  EXPECT_EQ(header(*font, "Content-Encoding"), "");
}

TEST(DashboardReply, AFileWithoutOneIsAskedForAgain) {
  const std::optional<Reply> theme = dashboard_reply(kFiles, "/theme.js");
  ASSERT_TRUE(theme);
  EXPECT_EQ(header(*theme, "Cache-Control"), "no-cache");
}

TEST(DashboardReply, WhatBelongsToProgramsIsNeverAPage) {
  for (const std::string_view path :
       {"/api", "/api/", "/api/nothing", "/docs", "/metrics", "/readyz", "/v1/models", "/assets/old-0000.js"}) {
    EXPECT_FALSE(dashboard_reply(kFiles, path)) << path;
  }
}

TEST(DashboardFiles, HaveAPageInEveryBuild) {
  EXPECT_TRUE(dashboard_reply(dashboard_files(), "/"));
}

Task<Reply> hello(net::Request) {
  co_return Reply{.body = "hello"};
}

Task<> ask(const Router* router, Method method, std::string path, Reply* reply) {
  net::Request request;
  request.method = method;
  request.path = std::move(path);
  Reply answer = co_await router->answer(std::move(request));
  *reply = std::move(answer);
}

TEST(WithDashboard, ThePathsOfTheApiAnswerAsWithoutIt) {
  const Router router(with_dashboard({{Method::get, "/api/hello", &hello}, {Method::post, "/api/told", &hello}}));
  const auto answer = [&router](Method method, std::string path) {
    boost::asio::io_context context;
    Reply reply;
    runtime::spawn(context.get_executor(), ask(&router, method, std::move(path), &reply), "ask");
    context.run();
    return reply;
  };
  EXPECT_EQ(answer(Method::get, "/api/hello").body, "hello");
  EXPECT_EQ(answer(Method::get, "/api/nothing").status, 404);
  EXPECT_EQ(answer(Method::post, "/api/nothing").status, 404);
  const Reply wrong = answer(Method::get, "/api/told");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(header(wrong, "Allow"), "POST, OPTIONS");
  EXPECT_EQ(answer(Method::post, "/my/keys").status, 404);
  EXPECT_EQ(answer(Method::options, "/api/hello").status, 204);
  EXPECT_EQ(answer(Method::get, "/my/keys").status, 200);
  EXPECT_EQ(answer(Method::head, "/my/keys").status, 200);
}

}  // namespace
}  // namespace keyledger::api
