#include "app/serve.h"

#include <csignal>
#include <ostream>

#include "app/background.h"
#include "app/commands.h"
#include "app/data_folder.h"
#include "base/log.h"

namespace keyledger::app {
namespace {

constexpr std::chrono::seconds kBackgroundStopTime{5};  // a call to a provider may run longer; it is asked again

sigset_t stop_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set, number);
  return set;
}

void tell_listening(const Settings& settings, std::uint16_t port) {
  const std::string address = ListenAddress{settings.listen.host, port}.text();
  log::info("listening", {{"address", address},
                          {"url", (settings.tls_certificate.empty() ? "http://" : "https://") + address},
                          {"data_dir", settings.data_dir.string()},
                          {"version", KEYLEDGER_VERSION}});
  if (!settings.listen.loopback() && settings.tls_certificate.empty()) {
    log::warn("plain http beyond this machine: passwords and keys travel in the clear", {{"address", address}});
  }
}

/// What came true while nobody ran, such as plans that begin: before the first request.
void catch_up(Application& application) {
  runtime::asio::io_context context{1};
  runtime::spawn(context.get_executor(), application.catch_up(), "catch up");
  context.run();
}

}  // namespace

net::ServerOptions server_options(const Settings& settings) {
  net::ServerOptions options;
  options.address = settings.listen.host;
  options.port = settings.listen.port;
  options.socket_path = socket_file(settings);
  options.certificate_file = settings.tls_certificate;
  options.key_file = settings.tls_key;
  options.host_names = settings.host_names;
  options.threads = settings.threads;
  return options;
}

void hold_signals() {
  const sigset_t set = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

void wait_for_stop() {
  const sigset_t set = stop_signals();
  int number = 0;
  ::sigwait(&set, &number);
  sigset_t impatient;
  ::sigemptyset(&impatient);
  ::sigaddset(&impatient, SIGINT);
  ::pthread_sigmask(SIG_UNBLOCK, &impatient, nullptr);
  log::info("stopping", {{"signal", number}});
}

void tell_password(Console& console, const Secret& password) {
  *console.out << "Owner password: " << password.reveal() << "\n"
               << "It is shown this once. Change it with `keyledger password`.\n"
               << std::flush;
}

Result<void> serve_until_stopped(Application& application, const Settings& settings, Console& console) {
  catch_up(application);
  net::Server server(server_options(settings), &application.router());
  application.count_connections([&server] { return static_cast<std::int64_t>(server.connections()); });
  Result<void> started = server.start();
  if (!started) return started;
  const std::optional<Secret> password = application.take_owner_password();
  if (password) tell_password(console, *password);
  Background background;
  application.begin_serving(background.executor());
  application.listening_on(server.port());
  tell_listening(settings, server.port());
  wait_for_stop();
  application.begin_stop();
  server.stop();
  if (!background.stop(kBackgroundStopTime))
    log::warn("work in the background was cut off, and goes on at the next start");
  application.finish();
  log::info("stopped");
  return {};
}

ExitCode serve(Session& session) {
  const Settings& settings = session.settings();
  const Result<void> fine = check_server(settings);
  if (!fine) {
    report(session.console(), fine.error());
    return ExitCode::usage;
  }
  hold_signals();
  const Result<std::unique_ptr<Application>> application = Application::open(settings);
  if (!application) return session.failed(application.error());
  const Result<void> served = serve_until_stopped(**application, settings, session.console());
  return served ? ExitCode::ok : session.failed(served.error());
}

}  // namespace keyledger::app
