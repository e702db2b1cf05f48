#include "app/doctor/facts.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

#include "app/data_folder.h"
#include "app/transport.h"
#include "net/client.h"
#include "store/folder_lock.h"
#include "store/sqlite.h"

namespace keyledger::app {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kReachTime{10};
constexpr std::size_t kReachBytesMax = 1 << 20;  // the answer is thrown away; an error page fits

struct Version {
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Version, (), (version))

struct KeyAddress {
  std::string provider{}, base_url{};
};
BOOST_DESCRIBE_STRUCT(KeyAddress, (), (provider, base_url))

const store::Query<store::Single<std::string>> kQuickCheck{"SELECT quick_check FROM pragma_quick_check(1)"};
const store::Query<Version> kVersion{"SELECT COALESCE(MAX(version), 0) FROM schema_migrations"};
const store::Query<KeyAddress> kAddresses{"SELECT DISTINCT provider, base_url FROM provider_keys ORDER BY provider"};

bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::exists(file, error);
}

Result<std::unique_ptr<store::Connection>> open_database(const Settings& settings) {
  return store::open_sqlite({.file = database_file(settings), .read_only = true});
}

/// How a base URL that fits none of our rules is told apart from one that leads nowhere: by its error.
net::Task<Result<net::ClientReply>> ask(const net::Client* client, std::string url) {
  Result<net::BaseUrl> base = net::parse_base_url(url);
  if (!base) co_return std::unexpected(base.error());
  net::ClientRequest request;
  request.base = std::move(*base);
  request.target = "/";
  net::ClientLimits limits;
  limits.connect_time = kReachTime;
  limits.total_time = kReachTime;
  limits.body_bytes_max = kReachBytesMax;
  Result<net::ClientReply> reply = co_await client->send(std::move(request), limits);
  co_return reply;
}

}  // namespace

FolderFacts look_at_folder(const Settings& settings) {
  FolderFacts facts{.path = settings.data_dir};
  struct stat status {};
  if (::stat(settings.data_dir.c_str(), &status) != 0) return facts;
  facts.exists = true;
  facts.directory = S_ISDIR(status.st_mode);
  facts.owned = status.st_uid == ::geteuid();
  facts.mode = status.st_mode & 0777;
  std::error_code error;
  const fs::space_info space = fs::space(settings.data_dir, error);
  if (!error) facts.free_bytes = space.available;
  return facts;
}

KeyFacts look_at_key(const Settings& settings) {
  KeyFacts facts;
  const bool from_file = settings.master_key.empty() && settings.master_key_command.empty();
  const fs::path file = master_key_path(settings);
  facts.where = !settings.master_key.empty()           ? "KEYLEDGER_MASTER_KEY"
                : !settings.master_key_command.empty() ? "The master key command"
                                                       : file.string();
  facts.fresh = from_file && !is_there(file) && !is_there(database_file(settings));
  if (facts.fresh) return facts;
  const Result<crypto::MasterKey> key = load_master_key(settings);
  if (!key) facts.outcome = std::unexpected(key.error());
  return facts;
}

DatabaseFacts look_at_database(const Settings& settings) {
  DatabaseFacts facts{.path = database_file(settings)};
  facts.program_version = store::schema_version();
  facts.exists = is_there(facts.path);
  if (!facts.exists) return facts;
  const auto tell = [&facts](const Error& error) {
    facts.opened = std::unexpected(error);
    return facts;
  };
  const Result<std::unique_ptr<store::Connection>> connection = open_database(settings);
  if (!connection) return tell(connection.error());
  store::Transaction transaction(**connection);
  const auto checked = transaction.one(kQuickCheck);
  if (!checked) return tell(checked.error());
  facts.quick_check = *checked ? (**checked).value : "no answer";
  const auto version = transaction.one(kVersion);
  if (!version) return tell(version.error());
  facts.version = *version ? (**version).version : 0;
  return facts;
}

ClockFacts look_at_clock(const Settings& settings, Instant now) {
  ClockFacts facts{.now = now, .newest_file = {}};
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(settings.data_dir, error)) {
    struct stat status {};
    if (::stat(entry.path().c_str(), &status) != 0) continue;
    const Instant written = from_millis(status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1'000'000);
    facts.newest_file = std::max(facts.newest_file.value_or(written), written);
  }
  return facts;
}

ServerFacts look_at_server(const Settings& settings) {
  ServerFacts facts{.answers = server_runs(settings), .locked = false, .listen = settings.listen.text()};
  if (facts.answers || !is_there(settings.data_dir / "keyledger.lock")) return facts;
  const Result<store::FolderLock> lock = store::FolderLock::acquire(settings.data_dir);
  facts.locked = !lock && lock.error().reason == "folder_in_use";
  return facts;
}

std::vector<UsedAddress> used_addresses(const Settings& settings, const std::vector<ProviderAddress>& providers) {
  if (!is_there(database_file(settings))) return {};
  const Result<std::unique_ptr<store::Connection>> connection = open_database(settings);
  if (!connection) return {};
  store::Transaction transaction(**connection);
  const Result<std::vector<KeyAddress>> rows = transaction.all(kAddresses);
  if (!rows) return {};
  std::vector<UsedAddress> used;
  for (const KeyAddress& row : *rows) {
    std::string url = row.base_url;
    const auto set = settings.base_urls.find(row.provider);
    if (url.empty() && set != settings.base_urls.end()) url = set->second;
    const auto known = std::ranges::find(providers, row.provider, &ProviderAddress::id);
    if (url.empty() && known != providers.end()) url = known->base_url;
    if (!url.empty()) used.push_back({row.provider, std::move(url)});
  }
  return used;
}

std::vector<ReachFacts> reach(const Settings& settings, const std::vector<UsedAddress>& addresses) {
  net::ClientOptions options;
  options.ca_file = settings.ca_file;
  options.allow_private_addresses = settings.allow_private_addresses;
  const net::Client client(std::move(options));
  std::vector<ReachFacts> facts;
  for (const UsedAddress& address : addresses) {
    facts.push_back({address.provider, address.url, fail(Code::internal, "The question did not come to an end.")});
  }
  boost::asio::io_context context(1);
  for (ReachFacts& fact : facts) {
    boost::asio::co_spawn(context.get_executor(), ask(&client, fact.url),
                          [&fact](const std::exception_ptr& failure, Result<net::ClientReply> reply) {
                            if (failure) return;
                            if (reply) {
                              fact.status = reply->status;
                            } else if (reply.error().reason == "response_too_large") {
                              fact.status = 200U;  // it answers, and at length
                            } else {
                              fact.status = std::unexpected(reply.error());
                            }
                          });
  }
  context.run();
  return facts;
}

}  // namespace keyledger::app
