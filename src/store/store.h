// store/store.h: one writer and many readers of one database, ready to use.
#pragma once

#include "store/readers.h"
#include "store/sqlite.h"
#include "store/writer.h"

namespace keyledger::store {

class Store {
 public:
  /// Opens `file` (made if missing), migrates it, and starts the writer and the readers.
  [[nodiscard]] static Result<std::unique_ptr<Store>> open(const std::filesystem::path& file, std::size_t readers = 2);
  virtual ~Store() = default;
  [[nodiscard]] virtual Writer& writer() = 0;
  [[nodiscard]] virtual Readers& readers() = 0;
};

}  // namespace keyledger::store
