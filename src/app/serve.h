// app/serve.h: a server from its start to its end.
#pragma once

#include "app/application.h"
#include "app/console.h"
#include "net/server.h"

namespace keyledger::app {

[[nodiscard]] net::ServerOptions server_options(const Settings& settings);

/// SIGTERM, SIGINT and SIGHUP wait until `wait_for_stop` asks for them. Before any thread is started, since threads
/// inherit it. A broken pipe is an error value, not a signal.
void hold_signals();
/// Waits for one of them. Afterwards a SIGINT ends the process at once, for whoever is in a hurry at a terminal; a
/// second SIGTERM does not, since some supervisors send two.
void wait_for_stop();

/// Says the password of an owner that was made just now.
void tell_password(Console& console, const Secret& password);

/// Opens the listeners, prints the owner's password if this start made it, serves until a signal comes, and stops in
/// order: not ready, answers in flight, background work, the store. Errors: those of net::Server::start.
[[nodiscard]] Result<void> serve_until_stopped(Application& application, const Settings& settings, Console& console);

}  // namespace keyledger::app
