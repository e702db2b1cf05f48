#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>

#include "app/commands.h"
#include "app/data_folder.h"
#include "app/demo/billing.h"
#include "app/demo/history.h"
#include "app/pretend/provider.h"
#include "app/serve.h"
#include "app/transport.h"
#include "base/log.h"

namespace keyledger::app {
namespace {

namespace fs = std::filesystem;
using pretend::DemoKey;

/// A folder that goes when the demo goes.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "keyledger-demo-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// What the demo needs of the settings that were given, and nothing that could touch real data.
Settings demo_settings(const Settings& given, const fs::path& folder, std::uint16_t provider_port) {
  Settings settings;
  settings.data_dir = folder;
  settings.listen = given.listen;
  settings.threads = given.threads;
  settings.sync_interval = given.sync_interval;
  settings.session_idle = given.session_idle;
  settings.session_absolute = given.session_absolute;
  settings.demo = true;
  for (const char* provider : {"openai", "anthropic", "brave"}) {
    settings.base_urls[provider] = fmt::format("http://127.0.0.1:{}/{}", provider_port, provider);
  }
  return settings;
}

Result<std::string> make_account(ApiClient& api, std::string_view email, std::string_view name,
                                 std::string_view organization) {
  Body body;
  body.text("email", email).text("name", name).text("organization_name", organization);
  const Result<Answer> made = api.post(Target{"/api/accounts"}, body.take());
  if (!made) return std::unexpected(made.error());
  return std::to_string(made->value["id"].integer().value_or(0));
}

Result<void> add_keys(ApiClient& api, const std::string& account, const std::string& provider,
                      const std::vector<DemoKey>& keys) {
  for (const DemoKey& key : keys) {
    Body body;
    body.text("name", key.name).text("full_key", key.text).text("provider", provider).number("account_id", account);
    body.text("notes", "Made up for the demo.");
    const Result<Answer> made = api.post(Target{"/api/keys"}, body.take());
    if (!made) return std::unexpected(made.error());
    const std::string id = std::to_string(made->value["id"].integer().value_or(0));
    const Result<Answer> tested = api.post(path("/api/keys/", id, "/test"), "");
    if (!tested) return std::unexpected(tested.error());
  }
  return {};
}

/// Accounts, keys and a budget.
Result<void> hold_keys(ApiClient& api) {
  const Result<std::string> works = make_account(api, "dana@example.com", "Dana", "Example Works");
  if (!works) return std::unexpected(works.error());
  const Result<std::string> lab = make_account(api, "lab@example.org", "Robin", "Example Lab");
  if (!lab) return std::unexpected(lab.error());
  Result<void> added = add_keys(api, *works, "openai", pretend::openai_keys());
  if (added) added = add_keys(api, *works, "anthropic", pretend::anthropic_keys());
  if (added) added = add_keys(api, *lab, "brave", pretend::brave_keys());
  if (!added) return added;
  Body budget;
  budget.raw("amount", Body{}.text("amount", "1500").text("currency", "USD").take());
  const Result<Answer> set = api.post(Target{"/api/budgets"}, budget.take());
  if (!set) return std::unexpected(set.error());
  return {};
}

/// Everything that is not history, through the same API as everything else.
Result<DemoCustomers> fill(const Settings& settings, Console& console) {
  const Result<std::unique_ptr<Transport>> transport =
      inside_transport(settings, [&console](const Secret& password) { tell_password(console, password); });
  if (!transport) return std::unexpected(transport.error());
  ApiClient api(transport->get());
  const Result<void> held = hold_keys(api);
  if (!held) return std::unexpected(held.error());
  Result<DemoCustomers> customers = make_demo_customers(api);
  if (!customers) return customers;
  const Result<void> subscribed = subscribe_demo_customers(api, *customers, SystemClock{}.now());
  if (!subscribed) return std::unexpected(subscribed.error());
  return customers;
}

/// After the calls have been written: the months that are over become invoices.
Result<void> bill(const Settings& settings) {
  const Result<std::unique_ptr<Transport>> transport = inside_transport(settings, [](const Secret&) {});
  if (!transport) return std::unexpected(transport.error());
  ApiClient api(transport->get());
  return bill_demo_customers(api);
}

Result<void> run_demo(Session& session, const fs::path& folder) {
  const SystemClock clock;
  const net::Router provider_routes(pretend::routes(&clock));
  net::ServerOptions options;
  options.port = 0;
  options.threads = 1;
  net::Server provider(std::move(options), &provider_routes);
  const Result<void> started = provider.start();
  if (!started) return started;
  const Settings settings = demo_settings(session.settings(), folder, provider.port());
  const Result<DemoCustomers> customers = fill(settings, session.console());
  if (!customers) return std::unexpected(customers.error());
  const Result<void> written = write_demo_history(database_file(settings), *customers, clock.now());
  if (!written) return written;
  const Result<void> billed = bill(settings);
  if (!billed) return billed;
  const Result<std::unique_ptr<Application>> application = Application::open(settings);
  if (!application) return std::unexpected(application.error());
  *session.console().out << "This is a demo: accounts, keys and figures are made up, and go when it stops.\n"
                         << std::flush;
  log::warn("demo: made-up data and a pretend provider; nothing here is real");
  return serve_until_stopped(**application, settings, session.console());
}

}  // namespace

ExitCode demo(Session& session) {
  const Result<void> fine = check_server(session.settings());
  if (!fine) {
    report(session.console(), fine.error());
    return ExitCode::usage;
  }
  hold_signals();
  const TemporaryFolder folder;
  if (folder.path().empty()) {
    return session.failed(Error{Code::unavailable, "No folder can be made for temporary files.", "io_error", {}, {}});
  }
  const Result<void> done = run_demo(session, folder.path());
  return done ? ExitCode::ok : session.failed(done.error());
}

}  // namespace keyledger::app
