#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "service/audit.h"
#include "service/rentals/rental_accounts.h"
#include "store/rental_account_store.h"
#include "store/website_store.h"

namespace keyledger::service {
namespace {

using rentals::BadLine;
using rentals::CsvAccount;
using rentals::Website;
using store::RentalAccountStore;
using store::Transaction;
using store::WebsiteStore;

constexpr std::size_t kLinesTold = 5;  // in a sentence; a dry run tells all

/// The refusal of a file with bad lines.
std::unexpected<Error> bad_lines(const ImportReport& report) {
  std::string told;
  for (std::size_t i = 0; i < std::min(report.errors.size(), kLinesTold); ++i) {
    const BadLine& bad = report.errors[i];
    told += fmt::format(" Line {}{}{}: {}", bad.line, bad.field.empty() ? "" : ", ", bad.field, bad.message);
  }
  return fail(Code::invalid_argument,
              fmt::format("{} line{} cannot be taken, so nothing was changed; a dry run lists them all.{}",
                          report.errors.size(), report.errors.size() == 1 ? "" : "s", told),
              "bad_csv_lines", "csv");
}

/// Websites by their folded names, each looked up once.
class WebsiteLookup {
 public:
  Result<std::optional<Website>> find(Transaction& transaction, const std::string& name) {
    const std::string folded = rentals::fold_name(name);
    const auto known = found_.find(folded);
    if (known != found_.end()) return known->second;
    Result<std::optional<Website>> website = WebsiteStore::find(transaction, folded);
    if (website) found_[folded] = *website;
    return website;
  }

 private:
  std::map<std::string, std::optional<Website>> found_{};
};

}  // namespace

struct RentalAccounts::Import {
  Actor actor{};
  rentals::AccountsCsv file{};
  ImportOptions options{};
  Once<ImportReport> once{};
  Instant now{};
};

Result<ImportReport> RentalAccounts::run_import(Transaction& transaction, const Import& import) const {
  ImportReport report{.dry_run = import.options.dry_run, .errors = import.file.bad};
  WebsiteLookup websites;
  for (const CsvAccount& line : import.file.accounts) {
    const Result<std::optional<Website>> website = websites.find(transaction, line.website);
    if (!website) return std::unexpected(website.error());
    if (!*website) {
      report.errors.push_back(
          {line.line, "website", WebsiteStore::unknown_name(transaction, line.website, {}).message});
      continue;
    }
    const Result<bool> known = RentalAccountStore::has_username(transaction, (*website)->id, line.fields.username);
    if (!known) return std::unexpected(known.error());
    (*known ? report.skipped : report.created) += 1;
    if (*known || import.options.dry_run) continue;
    const Result<RentalAccountId> added =
        add(transaction, **website, line.fields, line.password, import.actor.name, import.now);
    if (!added) return std::unexpected(added.error());
  }
  std::ranges::sort(report.errors, {}, &BadLine::line);
  if (import.options.dry_run) return report;
  if (!report.errors.empty() && !import.options.skip_bad_lines) return bad_lines(report);  // all is rolled back
  Result<void> done = record_audit(transaction, import.now, import.actor, "rental_accounts.import", "rental_accounts",
                                   {{"created", std::to_string(report.created)},
                                    {"skipped", std::to_string(report.skipped)},
                                    {"bad_lines", std::to_string(report.errors.size())}});
  if (done) done = Idempotency::remember(transaction, parts_.core, import.once, report);
  if (!done) return std::unexpected(done.error());
  return report;
}

runtime::Task<Result<ImportReport>> RentalAccounts::import_csv(Actor actor, Secret csv, ImportOptions options,
                                                               Once<ImportReport> once) {
  Result<rentals::AccountsCsv> file = rentals::read_accounts_csv(csv.reveal());
  if (!file) co_return std::unexpected(std::move(file.error()));
  csv = Secret{};
  Import import{std::move(actor), std::move(*file), options, std::move(once), parts_.core.clock->now()};
  auto work = [this, import = std::move(import)](Transaction& transaction) { return run_import(transaction, import); };
  if (options.dry_run) {
    Result<ImportReport> report = co_await parts_.core.store->readers().run<ImportReport>(std::move(work));
    co_return report;
  }
  Result<ImportReport> report = co_await parts_.core.store->writer().run<ImportReport>(std::move(work));
  co_return report;
}

}  // namespace keyledger::service
