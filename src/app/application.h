// app/application.h: the whole program but its sockets and threads: store, master key, services and routes, wired.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "app/settings.h"
#include "base/error.h"
#include "base/secret.h"
#include "net/router.h"
#include "runtime/task.h"

namespace keyledger::app {

/// Life:  open, requests through router(), [begin_serving], begin_stop, (the executors stop), finish, (the executors
/// go),
///        destruction. Work that outlives its request (a re-sealing) goes on where the request ran, until begin_stop.
class Application {
 public:
  /// Makes the folder if missing (prepare_folder), takes its lock, loads the master key (load_master_key; with a new
  /// one that load_new_master_key finds, a re-sealing that was interrupted can go on), opens and migrates the database,
  /// makes the owner if there is none, and wires services and routes. `settings` outlives it. Blocks. Errors: conflict,
  /// reason folder_in_use, database_newer; those of data_folder.h; unavailable.
  [[nodiscard]] static Result<std::unique_ptr<Application>> open(const Settings& settings);
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  /// Every route of openapi.yaml. Takes requests from any executor; a Peer with local_socket is the local actor.
  [[nodiscard]] const net::Router& router() const;

  /// The owner's password, when this start made it: to be printed once. Empty afterwards.
  [[nodiscard]] std::optional<Secret> take_owner_password();

  /// How many connections are open: asked by /metrics, on any thread. Before the server starts.
  void count_connections(std::function<std::int64_t()> count);

  /// The port that was given out where any free one was asked for: messages to customers name it.
  void listening_on(std::uint16_t port);

  /// Readiness is true from now on, and timed work goes on `executor`: the sync at once and at its interval, forgetting
  /// what is old. A server asks for it, and the command line for a refresh when no server runs.
  void begin_serving(runtime::Executor executor);

  /// What a server does every minute for plans and invoices, once: for the command line when no server runs.
  [[nodiscard]] runtime::Task<> catch_up();

  /// Readiness is false from now on, event streams end, and every coroutine of the background ends soon: none sleeps
  /// through it. Does not block.
  void begin_stop();

  /// Ends the threads of store and pool after what is queued: from now on nothing resumes a coroutine. After the
  /// executors have stopped, and while they and the services are still there, since suspended coroutines refer to both.
  void finish();

 private:
  struct Impl;
  explicit Application(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace keyledger::app
