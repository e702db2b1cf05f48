#include "service/import/uploads.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace keyledger::service {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFront = "upload-";
constexpr std::string_view kEnd = ".db";
constexpr const char* kPattern = "upload-XXXXXX.db";
constexpr const char* kBeside[] = {"", "-journal", "-wal", "-shm"};  // what SQLite calls its own files

std::unexpected<Error> not_written() {
  const int number = errno;
  const bool full = number == ENOSPC || number == EDQUOT;
  Error error{Code::unavailable, full ? "The disk is full; make room and upload again." : "The file could not be kept.",
              full ? "disk_full" : "io_error"};
  error.detail = std::generic_category().message(number);
  return std::unexpected(std::move(error));
}

}  // namespace

Upload::Upload(fs::path file, int descriptor, runtime::Pool* workers, std::shared_ptr<std::atomic<bool>> busy)
    : file_(std::move(file)), descriptor_(descriptor), workers_(workers), busy_(std::move(busy)) {}

Upload::~Upload() {
  ::close(descriptor_);
  std::error_code ignored;
  for (const char* beside : kBeside) fs::remove(file_.string() + beside, ignored);
  if (busy_ != nullptr) *busy_ = false;
}

Result<bool> Upload::write() {
  std::size_t written = 0;
  while (written < gathered_.size()) {
    const ssize_t bytes = ::write(descriptor_, gathered_.data() + written, gathered_.size() - written);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return not_written();
    written += static_cast<std::size_t>(bytes);
  }
  gathered_.clear();
  return true;
}

runtime::Task<Result<void>> Upload::append(std::string piece) {
  gathered_ += piece;
  if (gathered_.size() < kPieceBytes) co_return Result<void>{};
  auto work = [self = shared_from_this()] { return self->write(); };
  const Result<bool> written = co_await workers_->run<bool>(std::move(work));
  if (!written) co_return std::unexpected(written.error());
  co_return Result<void>{};
}

runtime::Task<Result<void>> Upload::finish() {
  auto work = [self = shared_from_this()] { return self->write(); };
  const Result<bool> written = co_await workers_->run<bool>(std::move(work));
  if (!written) co_return std::unexpected(written.error());
  *busy_ = false;
  busy_.reset();
  co_return Result<void>{};
}

Uploads::Uploads(fs::path folder, runtime::Pool* workers) : folder_(std::move(folder)), workers_(workers) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    const bool ours = name.starts_with(kFront) && name.find(kEnd) == kFront.size() + 6;
    if (ours && entry.is_regular_file(error)) fs::remove(entry.path(), error);
  }
}

Result<std::shared_ptr<Upload>> Uploads::begin() {
  if (busy_->exchange(true)) {
    return fail(Code::conflict, "Another file is being uploaded; wait until it is there.", "upload_running");
  }
  std::string file = (folder_ / kPattern).string();
  const int descriptor = ::mkostemps(file.data(), static_cast<int>(kEnd.size()), O_CLOEXEC);  // with mode 0600
  if (descriptor < 0) {
    *busy_ = false;
    return not_written();
  }
  return std::make_shared<Upload>(std::move(file), descriptor, workers_, busy_);
}

}  // namespace keyledger::service
