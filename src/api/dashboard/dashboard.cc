#include "api/dashboard/dashboard.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

namespace keyledger::api {
namespace {

using net::Method;
using net::Reply;
using net::Request;
using net::Router;
using net::Task;

constexpr std::string_view kPage = "/index.html";
constexpr std::string_view kHashed = "/assets/";  // the name changes with the content
constexpr std::size_t kBody = 64 << 10;           // of a request that only leads to 404 or 405
constexpr std::array<std::string_view, 6> kOfPrograms = {"api", "docs", "metrics", "readyz", "v1", "assets"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".woff2", "font/woff2"},
}};

std::string_view type_of(std::string_view path) {
  const auto known = std::ranges::find_if(kTypes, [path](const auto& each) { return path.ends_with(each.first); });
  return known == kTypes.end() ? "application/octet-stream" : known->second;
}

std::string_view first_segment(std::string_view path) {
  path.remove_prefix(1);
  return path.substr(0, path.find('/'));
}

Reply file_reply(const DashboardFile& file) {
  Reply reply;
  reply.headers.set("Content-Type", std::string{type_of(file.path)});
  const bool immutable = file.path.starts_with(kHashed);
  reply.headers.set("Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (file.gzip) reply.headers.set("Content-Encoding", "gzip");
  reply.body = file.bytes;
  return reply;
}

/// `others` are the routes without the dashboard; a GET that they do not know is its.
Task<Reply> answer(std::shared_ptr<const Router> others, Request request) {
  const bool unknown = request.method == Method::get || request.method == Method::head
                           ? others->match(request.method, request.path).allow.empty()
                           : false;
  if (unknown) {
    std::optional<Reply> reply = dashboard_reply(dashboard_files(), request.path);
    if (reply) co_return std::move(*reply);
  }
  Reply reply = co_await others->answer(std::move(request));
  co_return reply;
}

}  // namespace

std::optional<Reply> dashboard_reply(std::span<const DashboardFile> files, std::string_view path) {
  const auto named = [files](std::string_view name) { return std::ranges::find(files, name, &DashboardFile::path); };
  if (const auto file = named(path); file != files.end()) return file_reply(*file);
  if (std::ranges::find(kOfPrograms, first_segment(path)) != kOfPrograms.end()) return std::nullopt;
  const auto page = named(kPage);
  if (page == files.end()) return std::nullopt;
  return file_reply(*page);
}

std::vector<net::Route> with_dashboard(std::vector<net::Route> routes) {
  const auto others = std::make_shared<const Router>(routes);
  using enum Method;
  for (const Method method : {get, post, put, patch, delete_, options}) {
    auto reply = [others](Request request) { return answer(others, std::move(request)); };
    routes.push_back({method, "/{page...}", std::move(reply), kBody});
  }
  return routes;
}

}  // namespace keyledger::api
