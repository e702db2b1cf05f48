// app/settings.h: everything that can be set, in one table: by flag, by environment, in keyledger.toml, or not at all.
// The first that is set wins.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ip_address.h"
#include "base/log.h"
#include "base/secret.h"

namespace keyledger::app {

struct ListenAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 5000;  // 0: any free one
  [[nodiscard]] bool loopback() const;
  [[nodiscard]] std::string text() const;  // "127.0.0.1:5000", "[::1]:5000"
};
/// Reads HOST:PORT, with brackets around an IPv6 address. Errors: invalid_argument.
[[nodiscard]] Result<ListenAddress> parse_listen(std::string_view text);

/// Reads a whole number with its unit: 90s, 15m, 12h, 30d. Errors: invalid_argument.
[[nodiscard]] Result<std::chrono::seconds> parse_duration(std::string_view text);

struct Settings {
  std::filesystem::path data_dir{};
  ListenAddress listen{};
  std::string timezone = "UTC";
  log::Format log_format = log::Format::text;
  log::Level log_level = log::Level::info;
  std::vector<std::string> host_names{};
  std::vector<IpNetwork> trusted_proxies{};  // whose X-Forwarded-For says where a customer calls from
  std::filesystem::path tls_certificate{}, tls_key{};
  bool allow_insecure_http = false;
  std::size_t threads = 0;
  std::filesystem::path master_key_file{};  // empty: master.key in the data folder
  std::string master_key_command{};
  Secret master_key{};                          // from KEYLEDGER_MASTER_KEY, and from nowhere else
  std::filesystem::path new_master_key_file{};  // empty: new-master.key in the data folder
  std::filesystem::path ca_file{};
  bool allow_private_addresses = false;
  std::string rotation_command{};  // of the operator, and of nobody else: it runs as we do
  std::chrono::seconds sync_interval{};
  std::chrono::seconds session_idle{}, session_absolute{};
  std::map<std::string, std::string> base_urls{};             // by provider id, where one is set
  std::map<std::string, std::string> management_base_urls{};  // the same for the second host that some have
  std::set<std::string> given{};    // names of the settings that are not left at their default
  std::string key_prefix = "urt_";  // of the keys that customers are handed
  std::string public_url{};         // where customers reach this installation; see public_url_of
  bool demo = false;                // made-up data; said by `keyledger demo` alone
};

/// One line of the table.
struct Setting {
  std::string name{};          // "log-format": the flag is --log-format
  std::string variable{};      // KEYLEDGER_LOG_FORMAT
  std::string section{};       // of keyledger.toml: "providers.openai"; empty: the top
  std::string key{};           // log_format; empty: it cannot stand in the file
  std::string value{};         // HOST:PORT; empty: a flag that is on or off
  std::string default_text{};  // as the help shows it
  std::string help{};
  bool many = false;     // may be given several times, or as a list separated by commas
  bool general = false;  // of every command, not only of those that run the server
  std::function<Result<void>(Settings&, const std::vector<std::string>&)> apply{};
};

/// A provider whose address can be set.
struct ProviderAddress {
  std::string id{}, name{}, base_url{}, management_base_url{};
};

[[nodiscard]] std::vector<Setting> setting_table(const std::vector<ProviderAddress>& providers);

/// Where settings come from. Tests hand in their own.
struct Sources {
  std::map<std::string, std::vector<std::string>> flags{};  // by name; a flag that is on has the value "true"
  std::function<std::optional<std::string>(const std::string&)> environment{};
  /// The text of a file, or nothing if there is none.
  std::function<Result<std::optional<std::string>>(const std::filesystem::path&)> read{};
};

/// Flag, else environment, else file, else default.
/// Errors: invalid_argument, whose message begins with where the value stands (`--listen`, KEYLEDGER_LISTEN or
///         keyledger.toml with the line), also for keys that the table does not have.
[[nodiscard]] Result<Settings> resolve(const std::vector<Setting>& table, const Sources& sources);

/// --public-url, else what the listening address amounts to, or the first of --host-names in its place.
[[nodiscard]] std::string public_url_of(const Settings& settings, std::uint16_t port);

/// What the settings of a server must fulfil together: both TLS files or none; beyond loopback only with TLS, or with
/// --allow-insecure-http. Errors: invalid_argument, reasons incomplete_tls, insecure_listen.
[[nodiscard]] Result<void> check_server(const Settings& settings);

/// Errors: unavailable, reason io_error; too_large over 1 MiB.
[[nodiscard]] Result<std::optional<std::string>> read_text_file(const std::filesystem::path& file);

/// Whether the system's time zone database has the zone.
[[nodiscard]] bool known_timezone(const std::string& name);

}  // namespace keyledger::app
