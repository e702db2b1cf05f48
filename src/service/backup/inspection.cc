#include "service/backup/inspection.h"

#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <limits>

#include "crypto/hash.h"
#include "service/audit.h"
#include "service/ledger/verification.h"
#include "store/identity_store.h"

namespace keyledger::service {
namespace {

namespace fs = std::filesystem;
using store::LedgerChainStore;

constexpr std::size_t kPieceBytes = 1 << 18;
constexpr std::int64_t kBlocksAtOnce = 64;
constexpr std::int64_t kLedgerVersion = 4;  // older databases have no ledger yet
// Every installation seals one under this name on its first start (provider_keys.cc).
const std::string kFingerprintKey = "fingerprint_key";

Result<void> add_digest(const fs::path& file, const store::Cancelled& cancelled, Inspection& inspection) {
  std::ifstream stream(file, std::ios::binary);
  crypto::Sha256 digest;
  std::vector<char> piece(kPieceBytes);
  while (stream) {
    if (cancelled && cancelled()) return fail(Code::unavailable, "The work was ended.", "cancelled");
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto got = static_cast<std::size_t>(stream.gcount());
    digest.add({reinterpret_cast<const std::uint8_t*>(piece.data()), got});
    inspection.bytes += static_cast<std::int64_t>(got);
  }
  if (!stream.eof()) return fail(Code::unavailable, file.string() + " cannot be read.", "io_error");
  inspection.sha256 = crypto::to_hex(digest.finish());
  return {};
}

void note(Inspection& inspection, std::string what) {
  inspection.whole = false;
  inspection.what += (inspection.what.empty() ? "" : " ") + std::move(what);
}

Result<void> add_audit(store::Transaction& transaction, Inspection& inspection) {
  const Result<AuditState> audit = verify_audit(transaction);
  if (!audit) return std::unexpected(audit.error());
  inspection.audit_lines = audit->lines;
  if (!audit->whole) {
    note(inspection, fmt::format("The audit log breaks at line {}: {}.", audit->broken_at.value_or(0), audit->what));
  }
  return {};
}

/// Chain and hashes from the first event that is kept to the very last, also of those that the sums do not count yet.
Result<void> check_to_the_end(store::Transaction& transaction, UsageEventId kept_from, Inspection& inspection) {
  constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
  ChainCheck chain(kept_from);
  std::optional<Misfit> misfit;
  const auto note_first = [&misfit](std::optional<Misfit> found) {
    if (found && !misfit) misfit = std::move(found);
    return !misfit.has_value();
  };
  const auto take = [&](const store::StoredEvent& event) { return note_first(chain.event(event)); };
  for (bool more = true; more && !misfit;) {
    const Result<std::vector<store::StoredBlock>> blocks =
        LedgerChainStore::blocks(transaction, chain.last_block(), kBlocksAtOnce);
    if (!blocks) return std::unexpected(blocks.error());
    more = std::ssize(*blocks) == kBlocksAtOnce;
    for (const store::StoredBlock& block : *blocks) {
      const bool dropped = block.last_event_id < kept_from;
      if (!note_first(dropped ? chain.dropped_block(block) : chain.begin_block(block))) break;
      if (dropped) continue;
      const Result<void> read = LedgerChainStore::events(transaction, chain.next(), block.last_event_id, take);
      if (!read) return read;
      if (misfit || !note_first(chain.end_block(block))) break;
    }
  }
  if (!misfit) {
    const Result<void> read = LedgerChainStore::events(transaction, chain.next(), UsageEventId{kAll}, take);
    if (!read) return read;
  }
  inspection.events = chain.events();
  inspection.blocks = chain.blocks();
  if (misfit) note(inspection, fmt::format("The ledger breaks at event {}: {}.", misfit->at, misfit->what));
  return {};
}

/// Calls that were made while the copy began are in it, but in no sum.
Result<void> add_later_events(store::Transaction& transaction, Inspection& inspection) {
  const Result<LedgerChainStore::State> state = LedgerChainStore::state(transaction);
  if (!state) return std::unexpected(state.error());
  constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
  bool later = false;
  const UsageEventId next{state->counted_up_to().value + 1};
  const Result<void> read =
      LedgerChainStore::events(transaction, next, UsageEventId{kAll}, [&](const store::StoredEvent&) {
        later = true;
        return false;
      });
  if (!read || !later) return read;
  return check_to_the_end(transaction, state->kept_from, inspection);
}

Result<void> add_ledger(store::Transaction& transaction, Inspection& inspection) {
  const crypto::Bytes random = crypto::random_bytes(sizeof(std::uint64_t));
  std::uint64_t seed = 0;
  std::memcpy(&seed, random.data(), sizeof(seed));
  Verification verification(seed, SystemClock().now());
  for (bool more = true; more;) {
    const Result<bool> stepped = verification.step(transaction);
    if (!stepped) return std::unexpected(stepped.error());
    more = *stepped;
  }
  const LedgerState ledger = verification.result();
  inspection.events = ledger.events;
  inspection.blocks = ledger.blocks;
  if (!ledger.whole) {
    note(inspection, fmt::format("The ledger breaks at event {}: {}.", ledger.broken_at.value_or(0), ledger.what));
  } else if (!ledger.rollups_agree) {
    note(inspection, "The ledger's hourly sums are not what its events add up to.");
  }
  return ledger.whole ? add_later_events(transaction, inspection) : Result<void>{};
}

}  // namespace

Result<Inspection> inspect_database(const fs::path& file, const store::Cancelled& cancelled) {
  Inspection inspection;
  {
    Result<std::unique_ptr<store::Connection>> connection = store::open_copy(file, cancelled);
    if (!connection) return std::unexpected(connection.error());
    const Result<std::int64_t> version = store::check_copy(**connection);
    if (!version) return std::unexpected(version.error());
    inspection.schema_version = *version;
    Result<void> done = (*connection)->begin(store::Access::read);
    if (!done) return std::unexpected(done.error());
    store::Transaction transaction(**connection);
    done = add_audit(transaction, inspection);
    if (done && *version >= kLedgerVersion) done = add_ledger(transaction, inspection);
    if (!done) return std::unexpected(done.error());
  }
  const Result<void> read =
      add_digest(file, cancelled, inspection);  // after the connection: it holds locks on the file
  if (!read) return std::unexpected(read.error());
  return inspection;
}

Result<void> probe_seals(const fs::path& file, const Keyring& keyring) {
  Result<std::unique_ptr<store::Connection>> connection = store::open_copy(file);
  if (!connection) return std::unexpected(connection.error());
  Result<void> done = (*connection)->begin(store::Access::read);
  if (!done) return done;
  store::Transaction transaction(**connection);
  const Result<std::optional<store::Bytes>> sealed = store::SealedSettingStore::get(transaction, kFingerprintKey);
  if (!sealed) return std::unexpected(sealed.error());
  if (!*sealed) return {};
  const Result<Secret> opened = keyring.open(**sealed, "sealed_settings/" + kFingerprintKey);
  return opened ? Result<void>{} : std::unexpected(opened.error());
}

}  // namespace keyledger::service
