#include "faults/fault_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <vector>

#include "faults/undo_log.h"

namespace keyledger::faults {
namespace {

/// What SQLite allocates for an open file; the file of the real layer follows in the same block.
struct FaultFile {
  sqlite3_file base;
  std::shared_ptr<UndoLog>* log;  // null for files that are not watched
  bool watched;
};

sqlite3_vfs* real_vfs = nullptr;
FaultSettings settings;
std::mutex logs_mutex;
std::map<std::string, std::weak_ptr<UndoLog>> logs;

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(FaultFile));
}
FaultFile* fault(sqlite3_file* file) {
  return reinterpret_cast<FaultFile*>(file);
}

std::shared_ptr<UndoLog> log_for(const std::string& path) {
  const std::lock_guard lock(logs_mutex);
  std::shared_ptr<UndoLog> log = logs[path].lock();
  if (!log) logs[path] = log = std::make_shared<UndoLog>(settings.undo_folder, path);
  return log;
}

bool triggered(std::string_view mode) {
  if (settings.trigger.empty()) return false;
  std::ifstream stream(settings.trigger);
  std::string word;
  return stream >> word && word == mode;
}

bool count_down(std::atomic<int>& counter) {
  int left = counter.load();
  while (left > 0 && !counter.compare_exchange_weak(left, left - 1)) {
  }
  return left > 0;
}

/// The file's present bytes from `offset`, at most `length` of them.
std::vector<char> present_bytes(sqlite3_file* file, sqlite3_int64 offset, sqlite3_int64 length, sqlite3_int64 size) {
  std::vector<char> bytes(static_cast<std::size_t>(std::max<sqlite3_int64>(0, std::min(length, size - offset))));
  if (bytes.empty()) return bytes;
  const int code = file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), offset);
  if (code != SQLITE_OK) std::abort();  // a log with wrong bytes would prove nothing
  return bytes;
}

int close_file(sqlite3_file* file) {
  delete fault(file)->log;
  fault(file)->log = nullptr;
  return real(file)->pMethods->xClose(real(file));
}

int read_file(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), into, amount, offset);
}

/// Runs `change`, which alters the file from `offset` on for `length` bytes, with the old bytes remembered.
template <typename Change>
int remembering(sqlite3_file* file, sqlite3_int64 offset, sqlite3_int64 length, Change change) {
  if (fault(file)->log == nullptr) return change();
  UndoLog& log = **fault(file)->log;
  const std::lock_guard lock(log.mutex());
  sqlite3_int64 size = 0;
  const int code = real(file)->pMethods->xFileSize(real(file), &size);
  if (code != SQLITE_OK) return code;
  log.remember(offset, present_bytes(real(file), offset, length < 0 ? size - offset : length, size), size);
  return change();
}

int write_file(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  if (fault(file)->watched) {
    if (fault_control().disk_full || triggered("enospc")) return SQLITE_FULL;
    if (count_down(fault_control().failing_writes)) return SQLITE_IOERR_WRITE;
  }
  return remembering(file, offset, amount,
                     [&] { return real(file)->pMethods->xWrite(real(file), from, amount, offset); });
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return remembering(file, size, -1, [&] { return real(file)->pMethods->xTruncate(real(file), size); });
}

int sync_real(sqlite3_file* file, int flags) {
  const int code = real(file)->pMethods->xSync(real(file), flags);
  if (code == SQLITE_OK && fault(file)->watched) ++fault_control().syncs;
  return code;
}

int sync_file(sqlite3_file* file, int flags) {
  if (fault(file)->watched && (count_down(fault_control().failing_syncs) || triggered("eio"))) {
    return SQLITE_IOERR_FSYNC;
  }
  if (fault(file)->log == nullptr) return sync_real(file, flags);
  UndoLog& log = **fault(file)->log;
  const std::lock_guard lock(log.mutex());
  const int code = sync_real(file, flags);
  if (code == SQLITE_OK) log.forget();
  return code;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_reserved_lock(sqlite3_file* file, int* held) {
  return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
int file_control(sqlite3_file* file, int what, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), what, argument);
}
int sector_size(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}
int device_characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, memory);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
  real(file)->pMethods->xShmBarrier(real(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

/// Version 2: with shared memory for the log's index, without memory-mapped reading and writing of the file.
sqlite3_io_methods file_methods() {
  sqlite3_io_methods methods{};
  methods.iVersion = 2;
  methods.xClose = close_file;
  methods.xRead = read_file;
  methods.xWrite = write_file;
  methods.xTruncate = truncate_file;
  methods.xSync = sync_file;
  methods.xFileSize = file_size;
  methods.xLock = lock_file;
  methods.xUnlock = unlock_file;
  methods.xCheckReservedLock = check_reserved_lock;
  methods.xFileControl = file_control;
  methods.xSectorSize = sector_size;
  methods.xDeviceCharacteristics = device_characteristics;
  methods.xShmMap = shm_map;
  methods.xShmLock = shm_lock;
  methods.xShmBarrier = shm_barrier;
  methods.xShmUnmap = shm_unmap;
  return methods;
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  static const sqlite3_io_methods kMethods = file_methods();
  FaultFile* const opened = fault(file);
  opened->base.pMethods = nullptr;
  opened->log = nullptr;
  opened->watched = name != nullptr && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0;
  const int code = real_vfs->xOpen(real_vfs, name, real(file), flags, out_flags);
  if (real(file)->pMethods == nullptr) return code;
  opened->base.pMethods = &kMethods;
  if (code == SQLITE_OK && opened->watched && !settings.undo_folder.empty()) {
    opened->log = new std::shared_ptr<UndoLog>(log_for(name));
  }
  return code;
}

/// A file that is gone has nothing to take back. (That its name may come back after a power cut is not simulated.)
int delete_file(sqlite3_vfs*, const char* name, int sync_folder) {
  const int code = real_vfs->xDelete(real_vfs, name, sync_folder);
  if (code != SQLITE_OK) return code;
  const std::lock_guard lock(logs_mutex);
  const auto log = logs.find(name);
  if (log == logs.end()) return code;
  if (const std::shared_ptr<UndoLog> held = log->second.lock()) {
    const std::lock_guard held_lock(held->mutex());
    held->forget();
  }
  std::error_code error;
  std::filesystem::remove(settings.undo_folder / (std::filesystem::path(name).filename().string() + ".undo"), error);
  logs.erase(log);
  return code;
}

}  // namespace

FaultControl& fault_control() {
  static FaultControl control;
  return control;
}

bool register_fault_vfs(const FaultSettings& chosen, bool make_default) {
  static sqlite3_vfs layer;
  real_vfs = sqlite3_vfs_find(nullptr);
  if (real_vfs == nullptr) return false;
  settings = chosen;
  layer = *real_vfs;  // what is not about opening and deleting files is the real layer's own
  layer.pNext = nullptr;
  layer.zName = kVfsName;
  layer.szOsFile = static_cast<int>(sizeof(FaultFile)) + real_vfs->szOsFile;
  layer.xOpen = open_file;
  layer.xDelete = delete_file;
  return sqlite3_vfs_register(&layer, make_default ? 1 : 0) == SQLITE_OK;
}

}  // namespace keyledger::faults
