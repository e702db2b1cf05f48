#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "app/settings.h"
#include "base/zone.h"
#include "domain/customers/key_text.h"
#include "net/client.h"

namespace keyledger::app {
namespace {

constexpr std::size_t kThreadsMax = 64;

using Values = std::vector<std::string>;
using Apply = std::function<Result<void>(Settings&, const Values&)>;

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::invalid_argument, std::move(message), "invalid_setting");
}

/// One value, put where `member` says after `parse` has read it.
template <typename T, typename Parse>
Apply put(T Settings::*member, Parse parse) {
  return [member, parse](Settings& settings, const Values& values) -> Result<void> {
    auto parsed = parse(values.back());
    if (!parsed) return std::unexpected(parsed.error());
    settings.*member = std::move(*parsed);
    return {};
  };
}

Result<std::string> any_text(const std::string& text) {
  return text;
}

Result<std::filesystem::path> any_path(const std::string& text) {
  if (text.empty()) return invalid("a file is named by its path");
  return std::filesystem::path{text};
}

Result<bool> parse_switch(const std::string& text) {
  if (text == "true" || text == "1" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "0" || text == "no" || text == "off") return false;
  return invalid(fmt::format("is true or false, not {}", text));
}

Result<std::size_t> parse_threads(const std::string& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 1 || number > kThreadsMax) {
    return invalid(fmt::format("is a whole number from 1 to {}", kThreadsMax));
  }
  return number;
}

Result<std::string> parse_prefix(const std::string& text) {
  Result<std::string> prefix = customers::check_prefix(text);
  if (!prefix) return invalid("is 1 to 16 of a-z and 0-9 and an underscore, such as urt_");
  return prefix;
}

/// An address that customers copy out of a message into a shell: nothing in it may mean something there.
Result<std::string> parse_public_url(const std::string& text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%:/[]";
  const Result<net::BaseUrl> url = net::parse_base_url(text);
  // Plain http to other machines is for --allow-insecure-http to judge, or for whatever encrypts in front.
  const bool fine = url || url.error().reason == "insecure_base_url";
  if (!fine || text.find_first_not_of(kPlain) != std::string::npos) {
    return invalid("is a whole address without a query, such as https://keys.example.com");
  }
  return text.substr(0, text.find_last_not_of('/') + 1);
}

Result<std::string> parse_timezone(const std::string& text) {
  if (!known_timezone(text))
    return invalid(fmt::format("there is no time zone {}; write it as in Europe/Berlin", text));
  return text;
}

auto within(std::chrono::seconds least, std::chrono::seconds most, std::string words) {
  return [=](const std::string& text) -> Result<std::chrono::seconds> {
    const Result<std::chrono::seconds> duration = parse_duration(text);
    if (!duration) return duration;
    if (*duration < least || *duration > most) return invalid(fmt::format("is {}", words));
    return duration;
  };
}

/// The names of a list, which may also stand in one text, separated by commas.
Result<void> put_host_names(Settings& settings, const Values& values) {
  for (const std::string& value : values) {
    std::size_t start = 0;
    while (start <= value.size()) {
      const std::size_t end = std::min(value.find(',', start), value.size());
      std::string name = value.substr(start, end - start);
      if (name.empty() || name.find_first_of(":/ @") != std::string::npos) {
        return invalid(fmt::format("has host names without port, such as keys.example.com, not \"{}\"", name));
      }
      settings.host_names.push_back(std::move(name));
      start = end + 1;
    }
  }
  return {};
}

/// The networks of a list, which may also stand in one text, separated by commas.
Result<void> put_trusted_proxies(Settings& settings, const Values& values) {
  for (const std::string& value : values) {
    for (std::size_t start = 0; start <= value.size();) {
      const std::size_t end = std::min(value.find(',', start), value.size());
      const Result<IpNetwork> network = IpNetwork::parse(std::string_view{value}.substr(start, end - start));
      if (!network) {
        std::string message = network.error().message;
        message.pop_back();  // its full stop: whoever names the setting ends the sentence
        return invalid(std::move(message));
      }
      settings.trusted_proxies.push_back(*network);
      start = end + 1;
    }
  }
  return {};
}

std::string upper(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) {
    return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return out;
}

Setting setting(std::string name, std::string value, std::string default_text, std::string help, Apply apply) {
  Setting made;
  made.variable = "KEYLEDGER_" + upper(name);
  made.key = name;
  std::ranges::replace(made.key, '-', '_');
  made.name = std::move(name);
  made.value = std::move(value);
  made.default_text = std::move(default_text);
  made.help = std::move(help);
  made.apply = std::move(apply);
  return made;
}

/// The address of one provider: --openai-base-url, KEYLEDGER_OPENAI_BASE_URL, [providers.openai] base_url.
Setting address(const std::string& id, const std::string& key, const std::string& default_text, const std::string& help,
                std::map<std::string, std::string> Settings::*member) {
  std::string name = id + "-" + key;
  std::ranges::replace(name, '_', '-');
  Setting made = setting(std::move(name), "URL", default_text, help,
                         [id, member](Settings& settings, const Values& values) -> Result<void> {
                           (settings.*member)[id] = values.back();
                           return {};
                         });
  made.section = "providers." + id;
  made.key = key;
  return made;
}

void add_server_settings(std::vector<Setting>& table) {
  table.push_back(setting("listen", "HOST:PORT", "127.0.0.1:5000", "where to listen; port 0 takes any free one",
                          put(&Settings::listen, parse_listen)));
  table.push_back(setting("host-names", "NAME", "none", "names by which the server may be called, beside its address",
                          put_host_names));
  table.back().many = true;
  table.push_back(setting("trusted-proxy", "CIDR", "none",
                          "proxies in front whose X-Forwarded-For says where a customer calls from; may be repeated",
                          put_trusted_proxies));
  table.back().many = true;
  table.back().variable = "KEYLEDGER_TRUSTED_PROXIES";
  table.back().key = "trusted_proxies";
  table.push_back(setting("public-url", "URL", "the listening address, or the first of the host names",
                          "where customers reach this server, for what they are sent",
                          put(&Settings::public_url, parse_public_url)));
  table.push_back(setting("key-prefix", "PREFIX", "urt_", "what the keys of customers begin with",
                          put(&Settings::key_prefix, parse_prefix)));
  table.push_back(setting("tls-certificate", "FILE", "none", "certificate chain in PEM",
                          put(&Settings::tls_certificate, any_path)));
  table.push_back(setting("tls-key", "FILE", "none", "its private key in PEM", put(&Settings::tls_key, any_path)));
  table.push_back(setting("allow-insecure-http", "", "off",
                          "allow plain http beyond this machine; passwords and keys then travel in the clear",
                          put(&Settings::allow_insecure_http, parse_switch)));
  table.push_back(setting("threads", "N", "one for each processor, at most 4", "threads that serve connections",
                          put(&Settings::threads, parse_threads)));
  table.push_back(setting("timezone", "ZONE", "UTC, or what Settings says",
                          "time zone of days in reports, such as Europe/Berlin",
                          put(&Settings::timezone, parse_timezone)));
  table.push_back(setting(
      "session-idle", "TIME", "12h", "a browser session ends after so long without a request",
      put(&Settings::session_idle, within(std::chrono::minutes{1}, std::chrono::days{365}, "from 1m to 365d"))));
  table.push_back(setting(
      "session-absolute", "TIME", "30d", "and after so long in any case",
      put(&Settings::session_absolute, within(std::chrono::minutes{1}, std::chrono::days{365}, "from 1m to 365d"))));
}

void add_key_and_provider_settings(std::vector<Setting>& table) {
  table.push_back(setting("master-key-file", "FILE", "master.key in the data folder",
                          "the key that seals every stored secret; readable by its owner alone",
                          put(&Settings::master_key_file, any_path)));
  table.push_back(setting("master-key-command", "COMMAND", "none", "a shell command that prints the master key instead",
                          put(&Settings::master_key_command, any_text)));
  table.push_back(setting("new-master-key-file", "FILE", "new-master.key in the data folder",
                          "the key that `keyledger rekey` seals everything under",
                          put(&Settings::new_master_key_file, any_path)));
  table.push_back(setting("ca-file", "FILE", "the system's", "further certificate authorities to trust, in PEM",
                          put(&Settings::ca_file, any_path)));
  table.push_back(setting("allow-private-addresses", "", "off",
                          "allow base URLs that lead to private addresses such as 10.0.0.0/8",
                          put(&Settings::allow_private_addresses, parse_switch)));
  table.push_back(setting("rotation-command", "COMMAND", "none",
                          "a program, with arguments but without a shell, that gets a rental account as JSON on its "
                          "standard input, changes its password and prints the new one",
                          put(&Settings::rotation_command, any_text)));
  table.push_back(
      setting("sync-interval", "TIME", "15m", "how often the providers are asked for usage and cost",
              put(&Settings::sync_interval, within(std::chrono::minutes{1}, std::chrono::days{7}, "from 1m to 7d"))));
}

}  // namespace

bool known_timezone(const std::string& name) {
  return Zone::find(name).has_value();
}

std::vector<Setting> setting_table(const std::vector<ProviderAddress>& providers) {
  std::vector<Setting> table;
  table.push_back(setting("data-dir", "FOLDER", "$XDG_DATA_HOME/keyledger, else ~/.local/share/keyledger",
                          "where everything is kept", put(&Settings::data_dir, any_path)));
  table.back().key.clear();  // the file lies in the folder
  table.back().general = true;
  add_server_settings(table);
  table.push_back(setting("log-format", "text|json", "text", "how the log is written",
                          put(&Settings::log_format, log::parse_format)));
  table.push_back(
      setting("log-level", "LEVEL", "info", "debug, info, warn or error", put(&Settings::log_level, log::parse_level)));
  add_key_and_provider_settings(table);
  for (const ProviderAddress& provider : providers) {
    table.push_back(address(provider.id, "base_url", provider.base_url.empty() ? "none" : provider.base_url,
                            "where " + provider.name + " is reached", &Settings::base_urls));
    if (provider.management_base_url.empty()) continue;
    table.push_back(address(provider.id, "management_base_url", provider.management_base_url,
                            "where its management is reached", &Settings::management_base_urls));
  }
  return table;
}

}  // namespace keyledger::app
