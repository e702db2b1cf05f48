// store/contract/engine.h: an engine with an empty database of its own, for the tests that every engine has to pass.
//
// A contract is a TEST_P suite over EngineFactory in a header of this folder; each engine instantiates it in its own
// *_contract_test.cc, as testing::Values(&make_sqlite_engine).
#pragma once

#include <memory>
#include <string_view>

#include "store/writer.h"

namespace keyledger::store {

class Engine {
 public:
  virtual ~Engine() = default;
  /// Opens further connections, one for changes and others that only read.
  [[nodiscard]] virtual OpenConnection writing() = 0;
  [[nodiscard]] virtual OpenConnection reading() = 0;
  /// A schema in the words of the migrations: `$ID`, `$BYTES`.
  [[nodiscard]] virtual Result<void> create(std::string_view schema) = 0;
  /// The schema of this program.
  [[nodiscard]] virtual Result<void> migrate() = 0;
};

using EngineFactory = std::unique_ptr<Engine> (*)();

[[nodiscard]] std::unique_ptr<Engine> make_sqlite_engine();

}  // namespace keyledger::store
