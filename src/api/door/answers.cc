#include "api/door/answers.h"

#include <fmt/format.h>

#include "json/write.h"

namespace keyledger::api {
namespace {

using json::Writer;

template <typename T>
void member(Writer& out, std::string_view name, const T& value) {
  out.name(name);
  json::write(out, value);
}

void begin_success(Writer& out) {
  out.begin_object();
  member(out, "success", true);
}

std::string end_at(Writer& out, Instant now) {
  member(out, "timestamp", now);
  out.end_object();
  return out.take();
}

void write_account(Writer& out, const service::AvailableAccount& account) {
  out.begin_object();
  member(out, "id", account.id);
  member(out, "website", account.website);
  member(out, "username", account.username);
  member(out, "email", account.email);
  member(out, "validity_hours", account.validity_hours);
  member(out, "last_reset", account.last_reset);
  out.end_object();
}

void write_line(Writer& out, const service::ActivityLine& line) {
  out.begin_object();
  member(out, "action", line.action);
  member(out, "account_id", line.account_id);
  member(out, "website", line.website);
  member(out, "status", line.status);
  member(out, "http_status", line.http_status);
  member(out, "timestamp", line.at);
  out.end_object();
}

}  // namespace

std::string begin_available(const service::AvailableAccounts& available) {
  Writer out;
  begin_success(out);
  member(out, "count", available.accounts.size());
  member(out, "available_count", available.available_count);
  out.name("accounts").begin_array();
  for (const service::AvailableAccount& account : available.accounts) write_account(out, account);
  out.end_array();
  return out.take();
}

void end_available(std::string& begun, Instant now) {
  begun += R"(,"timestamp":")";
  append_rfc3339(begun, now);
  begun += R"("})";
}

std::string write_rented(const service::RentedAccount& rented) {
  Writer out;
  begin_success(out);
  out.name("account").begin_object();
  member(out, "id", rented.id);
  member(out, "rental_id", rented.rental_id);
  member(out, "website", rented.website);
  member(out, "username", rented.username);
  member(out, "password", rented.password.reveal());
  member(out, "email", rented.email);
  member(out, "validity_hours", rented.validity_hours);
  member(out, "rented_at", rented.rented_at);
  member(out, "expires_at", rented.expires_at);
  out.end_object();
  member(out, "message", fmt::format("The account is yours until {}.", to_rfc3339(rented.expires_at)));
  return end_at(out, rented.rented_at);
}

std::string write_status(const service::RentalStatus& status, Instant now) {
  Writer out;
  begin_success(out);
  member(out, "account_id", status.id);
  out.name("account").begin_object();
  member(out, "id", status.id);
  member(out, "username", status.username);
  member(out, "website", status.website);
  member(out, "status", status.status);
  member(out, "rented_at", status.rented_at);
  member(out, "expires_at", status.expires_at);
  member(out, "remaining_minutes", status.remaining_minutes);
  out.end_object();
  member(out, "status", status.status);
  member(out, "expires_at", status.expires_at);
  member(out, "remaining_minutes", status.remaining_minutes);
  return end_at(out, now);
}

std::string write_returned(const service::RentalStatus& status, Instant now) {
  Writer out;
  begin_success(out);
  member(out, "message", "The account was returned.");
  member(out, "account_id", status.id);
  return end_at(out, now);
}

std::string write_stats(const OwnKey& key, const service::CallStats& stats,
                        const std::vector<service::ActivityLine>& recent, Instant now) {
  Writer out;
  begin_success(out);
  out.name("api_key").begin_object();
  member(out, "name", key.name);
  member(out, "total_requests", key.total_requests);
  member(out, "rate_limit", key.rate_limit);
  member(out, "remaining_today", key.remaining_today);
  member(out, "created_at", key.created_at);
  out.end_object();
  out.name("stats").begin_object();
  member(out, "total_requests", stats.total_requests);
  member(out, "rentals", stats.rentals);
  member(out, "returns", stats.returns);
  member(out, "unique_accounts", stats.unique_accounts);
  member(out, "websites_used", stats.websites_used);
  member(out, "success_rate", stats.success_rate);
  member(out, "period_days", stats.period_days);
  out.end_object();
  out.name("recent_activity").begin_array();
  for (const service::ActivityLine& line : recent) write_line(out, line);
  out.end_array();
  return end_at(out, now);
}

}  // namespace keyledger::api
