// api/dashboard/files.h: the built dashboard as the program carries it, made from web/dist when it is built.
#pragma once

#include <span>
#include <string_view>

namespace keyledger::api {

struct DashboardFile {
  std::string_view path;  // "/index.html", "/assets/keyledger-BZqyrjrk.js"
  std::string_view bytes;
  bool gzip;  // text is carried in gzip form only
};

/// Every file. Without a build of web/ only /index.html, which says how to get the dashboard.
[[nodiscard]] std::span<const DashboardFile> dashboard_files();

}  // namespace keyledger::api
