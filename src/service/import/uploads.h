// service/import/uploads.h: a file on its way to an import.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "runtime/pool.h"

namespace keyledger::service {

/// A file in the data folder, for its owner alone. It goes with this object, and so does what SQLite put beside it.
class Upload : public std::enable_shared_from_this<Upload> {
 public:
  static constexpr std::size_t kPieceBytes = 256 << 10;  // what is gathered before it is written

  Upload(std::filesystem::path file, int descriptor, runtime::Pool* workers, std::shared_ptr<std::atomic<bool>> busy);
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  /// Errors, of both: unavailable, reasons disk_full, io_error, overloaded.
  [[nodiscard]] runtime::Task<Result<void>> append(std::string piece);
  [[nodiscard]] runtime::Task<Result<void>> finish();  // writes what is left; another upload may begin then

 private:
  [[nodiscard]] Result<bool> write();

  std::filesystem::path file_;
  int descriptor_;
  runtime::Pool* workers_;
  std::shared_ptr<std::atomic<bool>> busy_;  // null once finished
  std::string gathered_{};
};

/// One upload at a time. `workers` outlives it and its uploads.
class Uploads {
 public:
  /// Removes what a crash has left in the folder.
  Uploads(std::filesystem::path folder, runtime::Pool* workers);

  /// Errors: conflict, reason upload_running; unavailable, reasons disk_full, io_error.
  [[nodiscard]] Result<std::shared_ptr<Upload>> begin();

 private:
  std::filesystem::path folder_;
  runtime::Pool* workers_;
  std::shared_ptr<std::atomic<bool>> busy_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace keyledger::service
