// service/backup/copies.h: the copies in the backups folder, for those who are not on this machine.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "service/backup/backups.h"

namespace keyledger::service {

struct BackupCopy {
  std::string name{};
  Instant created_at{};
  std::int64_t bytes = 0;
  std::optional<bool> verified{};  // whether it was whole when it was made; nothing: not known
  std::optional<BackupMaker> made_by{};
};
BOOST_DESCRIBE_STRUCT(BackupCopy, (), (name, created_at, bytes, verified, made_by))

/// An open copy, read from its beginning to its end in pieces. The file is closed with it, also when nobody reads on;
/// it is whole to the end even if it is removed meanwhile.
class BackupReader : public std::enable_shared_from_this<BackupReader> {
 public:
  static constexpr std::size_t kPieceBytes = 256 << 10;

  BackupReader(int file, std::int64_t bytes, runtime::Pool* workers, std::shared_ptr<std::atomic<int>> open);
  ~BackupReader();
  BackupReader(const BackupReader&) = delete;
  BackupReader& operator=(const BackupReader&) = delete;

  [[nodiscard]] std::int64_t bytes() const { return bytes_; }
  /// The next piece; nothing at the end. Errors: unavailable, reason io_error (also where the file has become shorter),
  /// overloaded.
  [[nodiscard]] runtime::Task<Result<std::optional<std::string>>> next();

 private:
  [[nodiscard]] Result<std::string> read();

  int file_;
  std::int64_t bytes_, at_ = 0;
  runtime::Pool* workers_;
  std::shared_ptr<std::atomic<int>> open_;
};

/// `backups` and `workers` outlive it and its readers.
class BackupCopies {
 public:
  static constexpr int kOpenMax = 8;  // downloads at once

  BackupCopies(Core core, const Backups* backups, runtime::Pool* workers)
      : core_(core), backups_(backups), workers_(workers) {}

  /// The newest first, without one that is being made.
  [[nodiscard]] runtime::Task<Result<std::vector<BackupCopy>>> list();
  /// Opens a copy for reading and writes a line to the audit log.
  /// Errors: not_found, reason unknown_backup; unavailable, reasons overloaded (kOpenMax are being read), io_error.
  [[nodiscard]] runtime::Task<Result<std::shared_ptr<BackupReader>>> open(Actor actor, std::string name);
  /// Errors: not_found, reason unknown_backup; conflict, reason backup_running (it is that which is being made);
  /// unavailable, reason io_error.
  [[nodiscard]] runtime::Task<Result<void>> remove(Actor actor, std::string name);

 private:
  [[nodiscard]] Result<std::vector<BackupCopy>> copies(store::Transaction& transaction) const;
  [[nodiscard]] bool being_made(const std::string& name) const;

  Core core_;
  const Backups* backups_;
  runtime::Pool* workers_;
  std::shared_ptr<std::atomic<int>> open_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace keyledger::service
