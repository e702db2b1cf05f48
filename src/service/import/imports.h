// service/import/imports.h: takes over the files of the two programs before us.
#pragma once

#include <filesystem>
#include <mutex>

#include "service/errand.h"
#include "service/import/handed_out_import.h"
#include "service/import/uploads.h"
#include "store/foreign_file.h"

namespace keyledger::service {

struct ImportRequest {
  std::filesystem::path file{};  // on this machine
  bool dry_run = false;
  std::shared_ptr<Upload> upload{};  // in place of `file`: it is kept until the import has ended

  /// What it is called in the state and in the audit log.
  [[nodiscard]] std::string name() const { return upload ? "upload" : file.filename().string(); }
};

/// Everything but the history is one mutation: it is taken as a whole or not at all, and a dry run is the very same
/// mutation, rolled back. The history follows in pieces of kHistoryPiece rows; each notes how far it came, so that an
/// import that was interrupted goes on where it ended when it is run again. For the same reason, importing a file twice
/// takes nothing twice, and a file that has grown gives what is new.
class Imports {
 public:
  static constexpr std::int64_t kRowsMax = 200'000;    // in memory: of all tables but the history
  static constexpr std::size_t kBytesMax = 256 << 20;  // of them
  static constexpr std::size_t kHistoryPiece = 2'000;

  explicit Imports(ImportParts parts) : parts_(parts) {}

  /// Opens the file, looks whether it is one of the two, and goes on in the background.
  /// Errors: those of ForeignFile::open and recognise; conflict, reason import_running.
  [[nodiscard]] runtime::Task<Result<ImportState>> start(Actor actor, ImportRequest request);
  [[nodiscard]] ImportState state() const;
  /// Errors: conflict, reason import_running.
  [[nodiscard]] Result<void> check_idle() const;

  void request_stop() { errand_.request_stop(); }
  void stop() { errand_.stop(); }
  void wait() { errand_.wait(); }  // for tests

 private:
  struct Run;
  [[nodiscard]] Result<void> claim(const ImportRequest& request);
  void run(Run& run, const std::stop_token& stop);
  [[nodiscard]] Result<void> take(Run& run);
  [[nodiscard]] Result<void> take_history(Run& run);
  [[nodiscard]] Result<void> write_piece(Run& run, std::vector<ledger::OwnedCall> calls,
                                         std::vector<store::ImportedHistory> moved);
  [[nodiscard]] Result<void> finish_history(Run& run);
  void show(const Run& run, ImportPhase phase);
  void fail_with(const Error& error);
  void tell(std::vector<std::string> changed) const;
  void tell_finished(const Run& run) const;

  ImportParts parts_;
  mutable std::mutex mutex_{};
  ImportState state_{};
  Errand errand_{};
};

}  // namespace keyledger::service
