#include <algorithm>

#include "base/fields.h"
#include "crypto/hash.h"
#include "domain/customers/rules.h"
#include "domain/limits/limit.h"
#include "service/customers/key_records.h"
#include "service/import/handed_out_import.h"
#include "store/customer_key_store.h"
#include "store/customer_store.h"

// The customers' keys. Their texts are not in the file, and need not be: both programs know a key by its SHA-256.

namespace keyledger::service {
namespace {

using customers::CustomerKey;
using store::CustomerKeyStore;
using store::CustomerStore;
using store::ImportStore;
using store::Transaction;

enum Column : std::size_t { kHash, kName, kEmail, kStatus, kRateLimit, kTotal, kCreated, kLastUsed, kNotes };

constexpr std::int64_t kTotalMax = 1'000'000'000'000;
const std::string kHint = "(imported)";  // the text is not known, so nothing of it can be shown

std::optional<crypto::Digest> digest_of(ForeignFields& row) {
  const std::optional<crypto::Bytes> bytes = crypto::from_hex(row.text(kHash).value_or(""));
  crypto::Digest digest{};
  if (!bytes || bytes->size() != digest.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

/// Requests a day, 0 for unlimited. What cannot be read is the usual limit and never unlimited.
std::int64_t rate_limit_of(const ForeignFields& row, TableReport& report) {
  const std::optional<std::int64_t> given = row.integer(kRateLimit);
  if (given && *given >= 0 && *given <= limits::kAmountMax) return *given;
  if (!row.is_null(kRateLimit)) {
    report.adjust(row.id(), "out_of_range", "Its rate limit is no number from 0 on; it has 100 requests a day.");
  }
  return customers::kRateLimitDefault;
}

bool is_active(ForeignFields& row, TableReport& report) {
  const std::string word = tidy_word(row.text(kStatus).value_or(""), 32);
  if (word.empty() || word == "active" || word == "enabled" || word == "1") return true;
  if (word != "revoked" && word != "inactive" && word != "disabled" && word != "0") {
    report.adjust(row.id(), "revoked", "Its status " + word + " is not known here; it is taken as revoked.");
  }
  return false;
}

std::string email_of(ForeignFields& row, TableReport& report) {
  const Result<std::string> email = customers::check_optional_email(row.text(kEmail).value_or(""));
  if (email) return *email;
  report.adjust(row.id(), email.error().reason, "Its e-mail is left out: " + email.error().message);
  return {};
}

std::string notes_of(ForeignFields& row, TableReport& report) {
  const Result<std::string> notes = fields::check_notes(row.text(kNotes).value_or(""));
  if (notes) return *notes;
  report.adjust(row.id(), notes.error().reason, "Its notes are left out: " + notes.error().message);
  return {};
}

}  // namespace

Result<CustomerId> HandedOutImport::customer_of(Transaction& transaction, const std::string& name,
                                                const std::string& email) {
  const std::string folded = fields::fold_email(email);
  const Result<std::optional<CustomerId>> found = CustomerStore::find(transaction, name, folded);
  if (!found) return std::unexpected(found.error());
  if (*found) return **found;
  const Result<CustomerId> made = CustomerStore::insert(transaction, {name, email, folded, {}, {}, std::nullopt}, now_);
  if (!made) return made;
  const Result<customers::Customer> customer = CustomerStore::get(transaction, *made);
  if (!customer) return std::unexpected(customer.error());
  put_after_commit(transaction, parts_.keys, *customer);
  return *made;
}

/// Notes what the history of a key needs, and to whom rentals under its name and e-mail belong.
Result<void> HandedOutImport::know_key(Transaction& transaction, std::int64_t row, CustomerKeyId id, ImportedKey key) {
  Result<std::optional<store::ImportedHistory>> history = ImportStore::history(transaction, id);
  if (!history) return std::unexpected(history.error());
  const std::optional<Instant> last_used = key.history.last_used_at;
  if (*history) key.history = **history;
  key.history.customer_key_id = id;
  key.history.last_used_at = std::max(key.history.last_used_at, last_used);
  ids_.keys.emplace(row, std::move(key));
  return {};
}

Result<void> HandedOutImport::take_key(Transaction& transaction, ForeignFields& row) {
  TableReport& report = keys_->report;
  const std::optional<crypto::Digest> digest = digest_of(row);
  if (!digest) {
    report.skip(row.id(), "malformed_hash", "Its hash is no SHA-256 in 64 hexadecimal digits.");
    return {};
  }
  const Result<std::optional<ImportStore::KeyOf>> known = ImportStore::key_of(transaction, *digest);
  if (!known) return std::unexpected(known.error());
  std::string name = tidy_line(row.text(kName).value_or(""), fields::kNameMax);
  if (name.empty()) name = "Imported key " + std::to_string(row.id());
  ImportedKey imported;
  imported.total_requests = std::clamp<std::int64_t>(row.integer(kTotal).value_or(0), 0, kTotalMax);
  if (const std::optional<Instant> used = row.instant(kLastUsed)) imported.history.last_used_at = std::min(*used, now_);
  if (*known) {
    report.know();
    const std::string email = fields::fold_email(row.text(kEmail).value_or(""));
    if (!email.empty()) by_email_.emplace(email, Holder{(*known)->id, (*known)->customer_id});
    by_name_.emplace(name, Holder{(*known)->id, (*known)->customer_id});
    imported.customer_id = (*known)->customer_id;
    return know_key(transaction, row.id(), (*known)->id, std::move(imported));
  }
  const std::string email = email_of(row, report);
  const Result<CustomerId> customer = customer_of(transaction, name, email);
  if (!customer) return std::unexpected(customer.error());
  CustomerKey key;
  key.customer_id = imported.customer_id = *customer;
  key.name = name;
  key.hint = kHint;
  key.notes = notes_of(row, report);
  key.created_at = not_after(row.instant(kCreated), now_);
  key.updated_at = now_;
  if (!is_active(row, report)) key.revoked_at = std::max(key.created_at, imported.history.last_used_at.value_or(now_));
  const Result<CustomerKeyId> id = CustomerKeyStore::insert(transaction, key);
  if (!id) return std::unexpected(id.error());
  std::vector<limits::Limit> limits;
  const std::int64_t rate_limit = rate_limit_of(row, report);
  if (rate_limit > 0) limits.push_back({limits::Metric::requests, limits::Window::day, rate_limit});
  Result<void> done = CustomerKeyStore::replace_limits(transaction, *id, limits);
  if (done) done = CustomerKeyStore::add_digest(transaction, *id, *digest, now_);
  if (done) done = put_after_commit(transaction, parts_.keys, *id, now_);
  if (!done) return done;
  if (!email.empty()) by_email_.emplace(fields::fold_email(email), Holder{*id, *customer});
  by_name_.emplace(name, Holder{*id, *customer});
  report.take();
  return know_key(transaction, row.id(), *id, std::move(imported));
}

}  // namespace keyledger::service
