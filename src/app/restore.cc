#include "app/restore.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "app/data_folder.h"
#include "service/audit.h"
#include "store/copies.h"
#include "store/folder_lock.h"
#include "store/sqlite/files.h"

namespace keyledger::app {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::exists(fs::symlink_status(file, error));
}

fs::path with(fs::path file, std::string_view ending) {
  file += ending;
  return file;
}

Result<void> check_places(const fs::path& file, const fs::path& database, bool force) {
  if (!is_there(database)) return {};
  std::error_code error;
  if (fs::equivalent(file, database, error)) {
    return fail(Code::invalid_argument, "This is the database itself; name a backup of it.", "same_file");
  }
  if (force) return {};
  return fail(
      Code::conflict,
      fmt::format("There is a database in {}. With --force it is moved aside (not deleted) and the backup takes "
                  "its place.",
                  database.string()),
      "database_exists");
}

/// Whether the master key at hand is the one that the backup needs.
Result<void> check_key(const Settings& settings, const fs::path& file) {
  Result<crypto::MasterKey> master = load_present_master_key(settings);
  if (!master) return std::unexpected(master.error());
  service::Keyring keyring(std::move(*master));
  Result<std::optional<crypto::MasterKey>> next = load_new_master_key(settings);  // a re-sealing that was interrupted
  if (next && *next) keyring.begin_rotation(std::move(**next));
  const Result<void> opened = service::probe_seals(file, keyring);
  if (opened || opened.error().reason != "sealed_under_another_key") return opened;
  return fail(
      Code::conflict,
      fmt::format("The backup was sealed under another master key than that in {}; put the right one there. With "
                  "--force it is restored all the same, and the sealed keys and passwords stay unreadable.",
                  master_key_origin(settings)),
      "wrong_master_key");
}

/// What `force` makes a warning of.
Result<void> unless_forced(Result<void> checked, bool force, std::vector<std::string>& warnings) {
  if (checked || !force) return checked;
  warnings.push_back(checked.error().message);
  return {};
}

/// The act stands in the log of the database that comes back, as its newest line.
Result<void> note_restore(const fs::path& staged, const fs::path& file, const service::Inspection& inspection) {
  const Result<std::unique_ptr<store::Connection>> connection = store::open_sqlite({.file = staged});
  if (!connection) return std::unexpected(connection.error());
  Result<void> done = (*connection)->begin(store::Access::write);
  if (!done) return done;
  store::Transaction transaction(**connection);
  const service::Actor actor{service::ActorKind::local, "command line", {}};
  done = service::record_audit(transaction, SystemClock().now(), actor, "backups.restore", file.string(),
                               {{"sha256", inspection.sha256}});
  return done ? (*connection)->commit() : done;
}

/// Folds the log of a database that was not closed into it: a log that lies beside another database would be taken for
/// that one's. One that cannot be folded goes aside with its database.
void settle_log(const fs::path& database, const fs::path& aside) {
  { const Result<std::unique_ptr<store::Connection>> connection = store::open_sqlite({.file = database}); }
  std::error_code error;
  for (const std::string_view ending : {"-wal", "-journal"}) {
    if (is_there(with(database, ending))) fs::rename(with(database, ending), with(aside, ending), error);
  }
  fs::remove(with(database, "-shm"), error);
}

/// Two steps, after each of which there is a whole database in place: the old one gets a second name, then the new one
/// takes over the first.
Result<void> swap_in(const fs::path& staged, const fs::path& database, const std::optional<fs::path>& aside) {
  std::error_code error;
  if (aside) {
    settle_log(database, *aside);
    fs::create_hard_link(database, *aside, error);
    if (error) {
      return fail(Code::unavailable, fmt::format("{} cannot be made: {}.", aside->string(), error.message()),
                  "io_error");
    }
  }
  fs::rename(staged, database, error);
  if (!error) return store::sync_folder_of(database);
  std::error_code ignored;
  if (aside) fs::remove(*aside, ignored);
  return fail(Code::unavailable, fmt::format("{} cannot be replaced: {}.", database.string(), error.message()),
              "io_error");
}

void remove_staged(const fs::path& staged) {
  std::error_code ignored;
  for (const std::string_view ending : {"", "-wal", "-shm", "-journal"}) fs::remove(with(staged, ending), ignored);
}

Result<void> put_back(const fs::path& file, const Restored& restored) {
  const fs::path staged = with(restored.database, ".restoring");
  remove_staged(staged);  // of an attempt that was interrupted
  Result<void> done = store::copy_database(file, staged);
  if (done) done = note_restore(staged, file, restored.inspection);
  if (done) done = store::sync_file(staged);
  if (done) done = swap_in(staged, restored.database, restored.moved_aside);
  if (!done) remove_staged(staged);
  return done;
}

fs::path aside_name(const fs::path& database) {
  const auto second = std::chrono::floor<std::chrono::seconds>(SystemClock().now());
  const std::string name = fmt::format("{}.replaced-{:%Y%m%dT%H%M%S}Z", database.string(), second);
  fs::path aside = name;
  for (int number = 1; is_there(aside); ++number) aside = fmt::format("{}-{}", name, number);
  return aside;
}

}  // namespace

Result<Restored> restore_database(const Settings& settings, const fs::path& file, bool force) {
  Restored restored;
  restored.database = database_file(settings);
  const Result<std::unique_ptr<store::Connection>> readable = store::open_copy(file);
  if (!readable) return std::unexpected(readable.error());
  Result<void> done = prepare_folder(settings);
  if (!done) return std::unexpected(done.error());
  const Result<store::FolderLock> lock = store::FolderLock::acquire(settings.data_dir);
  if (!lock) return std::unexpected(lock.error());
  done = check_places(file, restored.database, force);
  if (!done) return std::unexpected(done.error());
  Result<service::Inspection> inspection = service::inspect_database(file);
  if (!inspection) return std::unexpected(inspection.error());
  restored.inspection = std::move(*inspection);
  Result<void> whole{};
  if (!restored.inspection.whole) {
    whole = fail(Code::conflict, restored.inspection.what + " --force restores it all the same.", "broken_chain");
  }
  done = unless_forced(std::move(whole), force, restored.warnings);
  if (done) done = unless_forced(check_key(settings, file), force, restored.warnings);
  if (!done) return std::unexpected(done.error());
  if (is_there(restored.database)) restored.moved_aside = aside_name(restored.database);
  done = put_back(file, restored);
  if (!done) return std::unexpected(done.error());
  return restored;
}

}  // namespace keyledger::app
