#include "app/settings.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <sstream>
#include <thread>

#include "app/settings_file.h"

namespace keyledger::app {
namespace {

constexpr std::size_t kFileMax = 1 << 20;
constexpr std::size_t kThreadsDefaultMax = 4;

Result<std::filesystem::path> default_folder(const Sources& sources) {
  const std::optional<std::string> data_home = sources.environment("XDG_DATA_HOME");
  // The specification has relative paths there ignored.
  if (data_home && data_home->starts_with('/')) return std::filesystem::path{*data_home} / "keyledger";
  const std::optional<std::string> home = sources.environment("HOME");
  if (home && home->starts_with('/')) return std::filesystem::path{*home} / ".local/share/keyledger";
  return fail(Code::invalid_argument, "There is no home folder here; name a data folder with --data-dir.",
              "no_data_folder", "data-dir");
}

void put_defaults(Settings& settings) {
  settings.threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kThreadsDefaultMax);
  settings.sync_interval = std::chrono::minutes{15};
  settings.session_idle = std::chrono::hours{12};
  settings.session_absolute = std::chrono::days{30};
}

Result<void> apply(Settings& settings, const Setting& setting, const std::vector<std::string>& values,
                   const std::string& origin) {
  const Result<void> done = setting.apply(settings, values);
  if (!done) {
    return fail(Code::invalid_argument, fmt::format("{}: {}.", origin, done.error().message), "invalid_setting",
                setting.name);
  }
  settings.given.insert(setting.name);
  return {};
}

/// The value that flag or environment give, and where it stands.
struct Outer {
  std::vector<std::string> values{};
  std::string origin{};
};

Outer outer_value(const Setting& setting, const Sources& sources) {
  const auto flag = sources.flags.find(setting.name);
  if (flag != sources.flags.end() && !flag->second.empty()) return {flag->second, "--" + setting.name};
  const std::optional<std::string> variable = sources.environment(setting.variable);
  if (variable && !variable->empty()) return {{*variable}, setting.variable};
  return {};
}

Result<void> apply_file(Settings& settings, const std::vector<Setting>& table, const std::vector<FileValue>& values,
                        const std::filesystem::path& file) {
  for (const FileValue& value : values) {
    const auto setting = std::ranges::find_if(table, [&value](const Setting& each) {
      return !each.key.empty() && each.key == value.key && each.section == value.section;
    });
    const std::string name = value.section.empty() ? value.key : fmt::format("[{}] {}", value.section, value.key);
    if (setting == table.end()) {
      return fail(Code::invalid_argument,
                  fmt::format("{}:{}: there is no setting {}; `keyledger serve --help` lists them.", file.string(),
                              value.line, name),
                  "unknown_setting", name);
    }
    if (value.values.empty() || settings.given.contains(setting->name)) continue;
    const Result<void> done =
        apply(settings, *setting, value.values, fmt::format("{}:{}: {}", file.string(), value.line, name));
    if (!done) return done;
  }
  return {};
}

}  // namespace

bool ListenAddress::loopback() const {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string ListenAddress::text() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

Result<ListenAddress> parse_listen(std::string_view text) {
  const auto refuse = [] {
    return fail(Code::invalid_argument,
                "is an address of this machine and a port, such as 127.0.0.1:5000 or [::1]:5000", "invalid_setting",
                "listen");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return refuse();
  std::string host{text.substr(0, colon)};
  const std::string_view port = text.substr(colon + 1);
  ListenAddress address;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc{} || end != port.data() + port.size()) return refuse();
  if (host == "localhost") host = "127.0.0.1";
  in6_addr parsed{};
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (::inet_pton(AF_INET6, host.c_str(), &parsed) != 1) return refuse();
  } else if (::inet_pton(AF_INET, host.c_str(), &parsed) != 1) {
    return refuse();
  }
  address.host = std::move(host);
  return address;
}

Result<std::chrono::seconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  std::int64_t seconds = 0;
  if (unit == "s") seconds = 1;
  if (unit == "m") seconds = 60;
  if (unit == "h") seconds = 3600;
  if (unit == "d") seconds = 86'400;
  constexpr std::int64_t kCountMax = 1'000'000'000;  // far over any limit, and times a day still within 63 bits
  if (error != std::errc{} || seconds == 0 || count < 0 || count > kCountMax) {
    return fail(Code::invalid_argument, "is a time such as 90s, 15m, 12h or 30d", "invalid_setting");
  }
  return std::chrono::seconds{count * seconds};
}

Result<std::optional<std::string>> read_text_file(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::nullopt;
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (stream.peek() != std::ifstream::traits_type::eof()) text << stream.rdbuf();
  if (stream.bad() || !stream.is_open()) {
    return fail(Code::unavailable, fmt::format("{} cannot be read.", file.string()), "io_error");
  }
  std::string read = std::move(text).str();
  if (read.size() > kFileMax) {
    return fail(Code::too_large, fmt::format("{} is over {} bytes.", file.string(), kFileMax));
  }
  return read;
}

Result<Settings> resolve(const std::vector<Setting>& table, const Sources& sources) {
  Settings settings;
  put_defaults(settings);
  for (const Setting& setting : table) {
    const Outer outer = outer_value(setting, sources);
    if (outer.values.empty()) continue;
    const Result<void> done = apply(settings, setting, outer.values, outer.origin);
    if (!done) return std::unexpected(done.error());
  }
  if (settings.data_dir.empty()) {
    Result<std::filesystem::path> folder = default_folder(sources);
    if (!folder) return std::unexpected(folder.error());
    settings.data_dir = std::move(*folder);
  }
  std::error_code error;
  settings.data_dir = std::filesystem::absolute(settings.data_dir, error).lexically_normal();
  const std::filesystem::path file = settings.data_dir / "keyledger.toml";
  const Result<std::optional<std::string>> text = sources.read(file);
  if (!text) return std::unexpected(text.error());
  if (!*text) return settings;
  const Result<std::vector<FileValue>> values = read_settings_file(**text);
  if (!values) {
    return fail(Code::invalid_argument, fmt::format("{}: {}", file.string(), values.error().message),
                "invalid_setting");
  }
  const Result<void> done = apply_file(settings, table, *values, file);
  if (!done) return std::unexpected(done.error());
  return settings;
}

std::string public_url_of(const Settings& settings, std::uint16_t port) {
  if (!settings.public_url.empty()) return settings.public_url;
  const bool tls = !settings.tls_certificate.empty();
  const std::string& host = settings.host_names.empty() ? settings.listen.host : settings.host_names.front();
  const bool v6 = host.find(':') != std::string::npos;
  const bool usual = port == (tls ? 443 : 80);
  return fmt::format("{}://{}{}", tls ? "https" : "http", v6 ? fmt::format("[{}]", host) : host,
                     usual ? "" : fmt::format(":{}", port));
}

Result<void> check_server(const Settings& settings) {
  const bool tls = !settings.tls_certificate.empty();
  if (tls != !settings.tls_key.empty()) {
    return fail(Code::invalid_argument, "TLS needs both --tls-certificate and --tls-key.", "incomplete_tls");
  }
  if (tls || settings.listen.loopback() || settings.allow_insecure_http) return {};
  return fail(Code::invalid_argument,
              fmt::format("Listening on {} over plain http would show passwords and keys to the network. Give "
                          "--tls-certificate and --tls-key, or say --allow-insecure-http if something in front "
                          "encrypts.",
                          settings.listen.text()),
              "insecure_listen", "listen");
}

}  // namespace keyledger::app
