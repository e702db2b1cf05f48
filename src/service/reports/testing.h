// service/reports/testing.h: for tests only. A ledger's world with rentals, and the reports about it.
#pragma once

#include "service/ledger/testing.h"
#include "service/reports/call_reports.h"

namespace keyledger::service::testing {

struct Renting {
  std::int64_t account = 1, website = 1, key = 1, customer = 1;
  std::chrono::minutes held{60};
  bool open = false;
  Instant at = kStart;
};

struct ReportWorld : LedgerWorld {
  [[nodiscard]] CallReports reports() {
    return {core(), ledger.get(), [this] { return zone_of_all; }};
  }
  void rent(const Renting& rental, int times = 1) {
    for (int i = 0; i < times; ++i) {
      const Instant at = rental.at + std::chrono::milliseconds{++rentals_};
      const std::string ended = rental.open ? "NULL" : std::to_string(to_millis(at + rental.held));
      script(fmt::format(
          R"sql(INSERT INTO rentals (rental_account_id, website_id, customer_key_id, customer_id, fencing, customer_info,
                                     rented_at, expires_at, ended_at, ended_by)
                VALUES ({}, {}, {}, {}, 1, '', {}, {}, {}, ''))sql",
          rental.account, rental.website, rental.key, rental.customer, to_millis(at),
          to_millis(at + std::chrono::hours{24}), ended));
    }
  }
  PopularAccounts accounts(const CallReportQuery& query = {}, std::optional<std::int64_t> limit = {}) {
    return run(reports().popular_accounts(query, limit)).value();
  }
  PopularWebsites websites(const CallReportQuery& query = {}, std::optional<std::int64_t> limit = {}) {
    return run(reports().websites(query, limit)).value();
  }
  PeakTimes peaks(const CallReportQuery& query = {}, PeakMetric metric = PeakMetric::calls) {
    return run(reports().peak_times(query, metric)).value();
  }
  OutcomeReport outcomes(const CallReportQuery& query = {}, bool by_action = false) {
    return run(reports().outcomes(query, by_action)).value();
  }

 private:
  std::int64_t rentals_ = 0;
};

inline std::vector<Sample> times(std::int64_t count, const Sample& sample) {
  return std::vector<Sample>(static_cast<std::size_t>(count), sample);
}

}  // namespace keyledger::service::testing
