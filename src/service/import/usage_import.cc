#include "service/import/usage_import.h"

#include "domain/rentals/rules.h"

namespace keyledger::service {
namespace {

enum Column : std::size_t { kKey, kAccount, kWebsite, kAction, kAddress, kAgent, kTime, kResponse };

constexpr std::size_t kWordMax = 64;
const std::string kNoAction = "call";

ledger::Status status_of(std::int64_t http_status) {
  if (http_status < 400) return ledger::Status::success;
  return http_status == 429 ? ledger::Status::rate_limited : ledger::Status::error;
}

}  // namespace

ImportedStatus imported_status(const std::optional<std::int64_t>& number, const std::string& word) {
  if (number && *number >= 100 && *number <= 599) {
    return {static_cast<std::uint16_t>(*number), status_of(*number)};
  }
  if (word.empty() || word == "success" || word == "ok" || word == "true" || word == "1") return {};
  if (word == "rate_limited") return {429, ledger::Status::rate_limited};
  return {500, ledger::Status::error};
}

std::optional<ledger::OwnedCall> UsageImport::read(ForeignFields& row) {
  const auto key = ids_->keys.find(row.integer(kKey).value_or(-1));
  if (key == ids_->keys.end()) {
    report_->skip(row.id(), "unknown_customer_key", "Its key is not in the file, or was not taken.");
    return std::nullopt;
  }
  store::ImportedHistory& history = key->second.history;
  if (row.id() <= history.last_usage_id) {
    report_->know();
    return std::nullopt;
  }
  const std::optional<Instant> at = row.instant(kTime);
  if (!at || *at > now_) {  // a time ahead of us would hold up every clock that must not run backwards
    report_->skip(row.id(), "malformed_time", "Its time cannot be read, or lies ahead.");
    return std::nullopt;
  }
  ledger::OwnedCall call;
  call.call.at = *at;
  call.call.customer_key_id = history.customer_key_id;
  const ImportedStatus status =
      imported_status(row.integer(kResponse), tidy_word(row.text(kResponse).value_or(""), kWordMax));
  call.call.status = status.status;
  call.call.http_status = status.http_status;
  const auto account = ids_->accounts.find(row.integer(kAccount).value_or(-1));
  if (account != ids_->accounts.end()) call.call.rental_account_id = account->second;
  const auto website = ids_->websites_by_name.find(rentals::fold_name(row.text(kWebsite).value_or("")));
  if (website != ids_->websites_by_name.end()) call.call.website_id = website->second;
  call.call.address = IpAddress::parse(row.text(kAddress).value_or("")).value_or(IpAddress{});
  call.action = tidy_word(row.text(kAction).value_or(""), ledger::kActionBytesMax);
  if (call.action.empty()) call.action = kNoAction;
  call.user_agent = tidy_line(row.text(kAgent).value_or(""), ledger::kUserAgentBytesMax);
  history.last_usage_id = row.id();
  if (ledger::admitted(status.status)) ++history.usage_taken;
  moved_.insert_or_assign(history.customer_key_id, history);
  report_->take();
  return call;
}

std::vector<store::ImportedHistory> UsageImport::take_moved() {
  std::vector<store::ImportedHistory> moved;
  for (auto& [id, history] : moved_) moved.push_back(std::move(history));
  moved_.clear();
  return moved;
}

}  // namespace keyledger::service
