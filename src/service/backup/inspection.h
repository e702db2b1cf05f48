// service/backup/inspection.h: what a copy of the database holds, and whether it is whole.
#pragma once

#include <boost/describe.hpp>
#include <filesystem>
#include <string>

#include "service/keyring.h"
#include "store/copies.h"

namespace keyledger::service {

/// `whole`: both chains are. Where they are not, `what` says which, and where it breaks.
struct Inspection {
  bool whole = true;
  std::string what{};
  std::int64_t bytes = 0;
  std::string sha256{};
  std::int64_t schema_version = 0;
  std::int64_t audit_lines = 0, events = 0, blocks = 0;
};
BOOST_DESCRIBE_STRUCT(Inspection, (), (whole, what, bytes, sha256, schema_version, audit_lines, events, blocks))

/// Looks at a file that no server uses: its structure, every line of the audit log, every block of the ledger.
/// Errors: those of open_copy and check_copy; unavailable, reason io_error.
[[nodiscard]] Result<Inspection> inspect_database(const std::filesystem::path& file,
                                                  const store::Cancelled& cancelled = {});

/// Whether a key opens what is sealed in the file: the one value that every installation has is tried.
/// Errors: internal, reasons sealed_under_another_key, seal_broken; those of open_copy.
[[nodiscard]] Result<void> probe_seals(const std::filesystem::path& file, const Keyring& keyring);

}  // namespace keyledger::service
