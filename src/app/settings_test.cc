#include "app/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyledger::app {
namespace {

const std::vector<ProviderAddress> kProviders{{"openai", "OpenAI", "https://api.openai.com/v1", ""},
                                              {"xai", "xAI", "https://api.x.ai/v1", "https://management-api.x.ai"}};

struct Given {
  std::map<std::string, std::vector<std::string>> flags{};
  std::map<std::string, std::string> environment{};
  std::optional<std::string> file{};
};

Result<Settings> settle(const Given& given) {
  Sources sources;
  sources.flags = given.flags;
  sources.environment = [given](const std::string& name) -> std::optional<std::string> {
    if (name == "HOME") return "/home/dana";
    const auto found = given.environment.find(name);
    return found == given.environment.end() ? std::nullopt : std::optional{found->second};
  };
  sources.read = [given](const std::filesystem::path&) -> Result<std::optional<std::string>> { return given.file; };
  return resolve(setting_table(kProviders), sources);
}

std::string refusal(const Given& given) {
  const Result<Settings> settings = settle(given);
  return settings ? "accepted" : settings.error().message;
}

TEST(Settings, TheFirstThatIsSetWins) {
  const std::string file = "listen = '127.0.0.1:3'\n";
  const struct {
    const char* name;
    Given given;
    std::uint16_t want;
  } cases[] = {
      {"nothing", {}, 5000},
      {"the file over the default", {{}, {}, file}, 3},
      {"the environment over the file", {{}, {{"KEYLEDGER_LISTEN", "127.0.0.1:2"}}, file}, 2},
      {"an empty variable counts as none", {{}, {{"KEYLEDGER_LISTEN", ""}}, file}, 3},
      {"the flag over all", {{{"listen", {"127.0.0.1:1"}}}, {{"KEYLEDGER_LISTEN", "127.0.0.1:2"}}, file}, 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Result<Settings> settings = settle(c.given);
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->listen.port, c.want);
    EXPECT_EQ(settings->given.contains("listen"), c.want != 5000);
  }
}

TEST(Settings, TheDataFolderFollowsTheHomeFolder) {
  EXPECT_EQ(settle({})->data_dir, "/home/dana/.local/share/keyledger");
  EXPECT_EQ(settle({{}, {{"XDG_DATA_HOME", "/data"}}, {}})->data_dir, "/data/keyledger");
  EXPECT_EQ(settle({{}, {{"XDG_DATA_HOME", "relative"}}, {}})->data_dir, "/home/dana/.local/share/keyledger");
  EXPECT_EQ(settle({{{"data-dir", {"/x/../y"}}}, {{"KEYLEDGER_DATA_DIR", "/z"}}, {}})->data_dir, "/y");
  Sources homeless{{},
                   [](const std::string&) { return std::optional<std::string>{}; },
                   [](const std::filesystem::path&) -> Result<std::optional<std::string>> { return std::nullopt; }};
  EXPECT_EQ(resolve(setting_table({}), homeless).error().reason, "no_data_folder");
}

TEST(Settings, AnUnknownKeyInTheFileIsNamedWithItsLine) {
  EXPECT_EQ(refusal({{}, {}, "log_level = 'warn'\n\nlisn = 'x'\n"}),
            "/home/dana/.local/share/keyledger/keyledger.toml:3: there is no setting lisn; `keyledger serve --help` "
            "lists them.");
  EXPECT_NE(refusal({{}, {}, "[providers.opnai]\nbase_url = 'x'\n"}).find(":2: there is no setting [providers.opnai]"),
            std::string::npos);
  EXPECT_NE(refusal({{}, {}, "data_dir = '/x'\n"}).find("there is no setting data_dir"), std::string::npos);
  EXPECT_NE(refusal({{}, {}, "master_key = 'x'\n"}).find("there is no setting master_key"), std::string::npos);
}

TEST(Settings, AWrongValueIsNamedWithItsOrigin) {
  const struct {
    const char* name;
    Given given;
    const char* want;
  } cases[] = {
      {"flag", {{{"threads", {"0"}}}, {}, {}}, "--threads: is a whole number from 1 to 64."},
      {"flag above the maximum", {{{"threads", {"65"}}}, {}, {}}, "--threads: is a whole number from 1 to 64."},
      {"variable", {{}, {{"KEYLEDGER_SYNC_INTERVAL", "15"}}, {}}, "KEYLEDGER_SYNC_INTERVAL: is a time such as"},
      {"too often", {{}, {{"KEYLEDGER_SYNC_INTERVAL", "59s"}}, {}}, "KEYLEDGER_SYNC_INTERVAL: is from 1m to 7d."},
      {"zone", {{{"timezone", {"Mars/Base"}}}, {}, {}}, "--timezone: there is no time zone Mars/Base"},
      {"file", {{}, {}, "\nthreads = 'many'\n"}, "keyledger.toml:2: threads: is a whole number"},
      {"type", {{}, {}, "threads = 1.5\n"}, "line 1: threads has to be a text"},
      {"no TOML", {{}, {}, "threads = \n"}, "keyledger.toml: line 1:"},
      {"listen", {{{"listen", {"5000"}}}, {}, {}}, "--listen: is an address of this machine and a port"},
      {"host name with port", {{{"host-names", {"a:1"}}}, {}, {}}, "--host-names: has host names without port"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_NE(refusal(c.given).find(c.want), std::string::npos) << refusal(c.given);
  }
}

TEST(Settings, ProvidersHaveTheirAddressesEverywhere) {
  EXPECT_EQ(settle({{{"openai-base-url", {"https://a"}}}, {}, {}})->base_urls.at("openai"), "https://a");
  EXPECT_EQ(settle({{}, {{"KEYLEDGER_OPENAI_BASE_URL", "https://b"}}, {}})->base_urls.at("openai"), "https://b");
  EXPECT_EQ(settle({{}, {}, "[providers.openai]\nbase_url = 'https://c'\n"})->base_urls.at("openai"), "https://c");
  EXPECT_EQ(settle({{}, {{"KEYLEDGER_XAI_MANAGEMENT_BASE_URL", "https://d"}}, {}})->management_base_urls.at("xai"),
            "https://d");
  EXPECT_TRUE(settle({})->base_urls.empty());
}

TEST(Settings, ListsComeOneByOneOrWithCommas) {
  const std::vector<std::string> want{"a.example", "b.example"};
  EXPECT_EQ(settle({{{"host-names", {"a.example", "b.example"}}}, {}, {}})->host_names, want);
  EXPECT_EQ(settle({{}, {{"KEYLEDGER_HOST_NAMES", "a.example,b.example"}}, {}})->host_names, want);
  EXPECT_EQ(settle({{}, {}, "host_names = ['a.example', 'b.example']"})->host_names, want);
}

TEST(Settings, PlainHttpStaysOnThisMachine) {
  const struct {
    const char* name;
    std::map<std::string, std::vector<std::string>> flags;
    const char* want;
  } cases[] = {
      {"loopback", {}, ""},
      {"another address of loopback", {{"listen", {"127.9.9.9:1"}}}, ""},
      {"IPv6 loopback", {{"listen", {"[::1]:1"}}}, ""},
      {"all addresses", {{"listen", {"0.0.0.0:1"}}}, "insecure_listen"},
      {"all IPv6 addresses", {{"listen", {"[::]:1"}}}, "insecure_listen"},
      {"all addresses, allowed", {{"listen", {"0.0.0.0:1"}}, {"allow-insecure-http", {"true"}}}, ""},
      {"all addresses with TLS", {{"listen", {"0.0.0.0:1"}}, {"tls-certificate", {"c"}}, {"tls-key", {"k"}}}, ""},
      {"half of TLS", {{"tls-certificate", {"c"}}}, "incomplete_tls"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Result<Settings> settings = settle({c.flags, {}, {}});
    ASSERT_TRUE(settings);
    const Result<void> fine = check_server(*settings);
    EXPECT_EQ(fine ? "" : fine.error().reason, c.want);
  }
}

TEST(Settings, DurationsHaveAUnit) {
  EXPECT_EQ(*parse_duration("90s"), std::chrono::seconds{90});
  EXPECT_EQ(*parse_duration("2d"), std::chrono::hours{48});
  for (const char* wrong : {"", "15", "m", "-1m", "1.5h", "1w", "99999999999999999999s", "1000000001s"}) {
    EXPECT_FALSE(parse_duration(wrong)) << wrong;
  }
}

TEST(Settings, TrustedProxiesAreNetworksAndComeOneByOneOrAsAList) {
  const IpNetwork loopback = *IpNetwork::parse("127.0.0.1");
  const IpNetwork office = *IpNetwork::parse("10.0.0.0/8");
  const std::vector<IpNetwork> both{loopback, office};
  EXPECT_EQ(settle({{{"trusted-proxy", {"127.0.0.1", "10.0.0.0/8"}}}, {}, {}})->trusted_proxies, both);
  EXPECT_EQ(settle({{}, {{"KEYLEDGER_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8"}}, {}})->trusted_proxies, both);
  EXPECT_EQ(settle({{}, {}, "trusted_proxies = ['127.0.0.1', '10.0.0.0/8']\n"})->trusted_proxies, both);
  EXPECT_TRUE(settle({})->trusted_proxies.empty());
  for (const char* bad : {"proxy.example.com", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/8,,127.0.0.1", " "}) {
    SCOPED_TRACE(bad);
    EXPECT_THAT(refusal({{{"trusted-proxy", {bad}}}, {}, {}}), testing::StartsWith("--trusted-proxy: "));
  }
}

TEST(Settings, TheAddressForCustomersIsSaidOrFollowsWhereTheServerListens) {
  const struct {
    const char* name;
    Given given;
    const char* want;
  } cases[] = {
      {"as it listens", {}, "http://127.0.0.1:5001"},
      {"IPv6", {{{"listen", {"[::1]:0"}}}, {}, {}}, "http://[::1]:5001"},
      {"by name", {{{"host-names", {"keys.example.com", "b.example.com"}}}, {}, {}}, "http://keys.example.com:5001"},
      {"over TLS", {{{"tls-certificate", {"a"}}}, {}, {}}, "https://127.0.0.1:5001"},
      {"said", {{{"public-url", {"https://keys.example.com/ledger/"}}}, {}, {}}, "https://keys.example.com/ledger"},
      {"said in the file", {{}, {}, "public_url = 'http://intranet:8080'\n"}, "http://intranet:8080"},
  };
  for (const auto& c : cases) {
    const Result<Settings> settings = settle(c.given);
    ASSERT_TRUE(settings) << c.name << settings.error().message;
    EXPECT_EQ(public_url_of(*settings, 5001), c.want) << c.name;
  }
  EXPECT_EQ(public_url_of(*settle({}), 80), "http://127.0.0.1");
  for (const char* bad :
       {"keys.example.com", "ftp://x", "https://x?y", "https://u:p@x", "https://x/$(id)", "https://x/'"}) {
    EXPECT_NE(refusal({{{"public-url", {bad}}}, {}, {}}).find("--public-url"), std::string::npos) << bad;
  }
}

TEST(Settings, ThePrefixOfKeysIsAWordAndAnUnderscore) {
  EXPECT_EQ(settle({})->key_prefix, "urt_");
  EXPECT_EQ(settle({{}, {{"KEYLEDGER_KEY_PREFIX", "acme_"}}, {}})->key_prefix, "acme_");
  EXPECT_NE(refusal({{{"key-prefix", {"Acme"}}}, {}, {}}).find("--key-prefix"), std::string::npos);
}

}  // namespace
}  // namespace keyledger::app
