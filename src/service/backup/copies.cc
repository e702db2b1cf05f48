#include "service/backup/copies.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "base/log.h"
#include "service/audit.h"
#include "store/backup_store.h"

namespace keyledger::service {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> unknown_backup() {
  return fail(Code::not_found, "There is no copy of that name; the list has those that there are.", "unknown_backup",
              "name");
}

std::unexpected<Error> unreadable(const std::string& doing) {
  const int number = errno;
  Error error{Code::unavailable, "The copy could not be " + doing + ".", "io_error"};
  error.detail = std::generic_category().message(number);
  return std::unexpected(std::move(error));
}

}  // namespace

BackupReader::BackupReader(int file, std::int64_t bytes, runtime::Pool* workers, std::shared_ptr<std::atomic<int>> open)
    : file_(file), bytes_(bytes), workers_(workers), open_(std::move(open)) {}

BackupReader::~BackupReader() {
  ::close(file_);
  open_->fetch_sub(1);
}

Result<std::string> BackupReader::read() {
  std::string piece(static_cast<std::size_t>(std::min<std::int64_t>(bytes_ - at_, kPieceBytes)), '\0');
  std::size_t have = 0;
  while (have < piece.size()) {
    const ssize_t got =
        ::pread(file_, piece.data() + have, piece.size() - have, static_cast<off_t>(at_) + static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable("read");
    if (got == 0) return fail(Code::unavailable, "The copy has become shorter while it was read.", "io_error");
    have += static_cast<std::size_t>(got);
  }
  at_ += static_cast<std::int64_t>(have);
  return piece;
}

runtime::Task<Result<std::optional<std::string>>> BackupReader::next() {
  if (at_ == bytes_) co_return std::nullopt;
  auto work = [self = shared_from_this()] { return self->read(); };
  Result<std::string> piece = co_await workers_->run<std::string>(std::move(work));
  if (!piece) co_return std::unexpected(piece.error());
  co_return std::optional{std::move(*piece)};
}

bool BackupCopies::being_made(const std::string& name) const {
  const BackupState state = backups_->state();
  const bool busy = state.state == BackupPhase::copying || state.state == BackupPhase::verifying;
  return busy && fs::path(state.file) == backups_->folder() / name;
}

Result<std::vector<BackupCopy>> BackupCopies::copies(store::Transaction& transaction) const {
  const Result<std::vector<store::BackupRow>> rows = store::BackupStore::all(transaction);
  if (!rows) return std::unexpected(rows.error());
  std::map<std::string, const store::BackupRow*> known;
  for (const store::BackupRow& row : *rows) known[row.name] = &row;
  std::vector<BackupCopy> found;
  for (CopyFile& file : backup_files(backups_->folder())) {
    if (being_made(file.name)) continue;
    BackupCopy copy{.name = file.name, .created_at = file.made_at, .bytes = file.bytes};
    if (const auto row = known.find(file.name); row != known.end()) {
      copy.verified = row->second->whole;
      copy.made_by = row->second->made_by == "schedule" ? BackupMaker::schedule : BackupMaker::hand;
    }
    found.push_back(std::move(copy));
  }
  std::ranges::reverse(found);
  return found;
}

runtime::Task<Result<std::vector<BackupCopy>>> BackupCopies::list() {
  auto read = [this](store::Transaction& transaction) { return copies(transaction); };
  Result<std::vector<BackupCopy>> found = co_await core_.store->readers().run<std::vector<BackupCopy>>(std::move(read));
  co_return found;
}

runtime::Task<Result<std::shared_ptr<BackupReader>>> BackupCopies::open(Actor actor, std::string name) {
  if (!parse_backup_name(name) || being_made(name)) co_return unknown_backup();
  if (open_->fetch_add(1) >= kOpenMax) {
    open_->fetch_sub(1);
    co_return fail(Code::unavailable, "Other copies are being downloaded; try again when they are done.", "overloaded");
  }
  const int file = ::open((backups_->folder() / name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) {
    open_->fetch_sub(1);
    if (errno == ENOENT || errno == ELOOP) co_return unknown_backup();
    co_return unreadable("opened");
  }
  struct stat status {};
  const bool regular = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  auto reader = std::make_shared<BackupReader>(file, regular ? status.st_size : 0, workers_, open_);
  if (!regular) co_return unknown_backup();
  auto note = [actor = std::move(actor), now = core_.clock->now(), name](store::Transaction& transaction) {
    return record_audit(transaction, now, actor, "backups.download", name);
  };
  const Result<void> noted = co_await core_.store->writer().run<void>(std::move(note));
  if (!noted) co_return std::unexpected(noted.error());
  co_return reader;
}

runtime::Task<Result<void>> BackupCopies::remove(Actor actor, std::string name) {
  const fs::path file = backups_->folder() / name;
  std::error_code error;
  if (!parse_backup_name(name) || !fs::exists(file, error)) co_return unknown_backup();
  if (being_made(name)) {
    co_return fail(Code::conflict, "That copy is being made; remove it afterwards.", "backup_running");
  }
  // Noted first: a line about a file that could not be removed after all is better than one that is missing.
  auto note = [actor = std::move(actor), now = core_.clock->now(), name](store::Transaction& transaction) {
    const Result<void> removed = store::BackupStore::remove(transaction, name);
    return removed ? record_audit(transaction, now, actor, "backups.delete", name) : removed;
  };
  const Result<void> noted = co_await core_.store->writer().run<void>(std::move(note));
  if (!noted) co_return noted;
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) co_return unreadable("removed");
  co_return Result<void>{};
}

}  // namespace keyledger::service
