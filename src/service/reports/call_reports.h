// service/reports/call_reports.h: what is rented most, when most is going on, and what became of calls.
//
// All of them count on the clocks of the installation. Calls of a customer who lives by other clocks were counted by
// the hours of these; where the two are not whole hours apart, such an hour counts where it began.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "domain/ledger/outcome.h"
#include "service/core.h"
#include "service/reports/span.h"
#include "store/ledger/ledger.h"

namespace keyledger::service {

struct CallReportQuery {
  SpanAsked span{};
  std::optional<std::string> website{};  // by its name; one that is gone counts, too
  std::optional<CustomerId> customer_id{};
  std::optional<CustomerKeyId> key_id{};
};

struct RentalTotals {
  std::int64_t rentals = 0;
  std::string hours{};  // with one decimal
};
BOOST_DESCRIBE_STRUCT(RentalTotals, (), (rentals, hours))

struct PopularAccount {
  RentalAccountId account_id{};
  WebsiteId website_id{};
  std::string website{}, username{};
  std::int64_t rentals = 0, customers = 0;  // how many different ones
  std::string hours{};
  std::int64_t share = 0;  // of all rentals, in per mille
  bool removed = false;
};
BOOST_DESCRIBE_STRUCT(PopularAccount, (),
                      (account_id, website_id, website, username, rentals, customers, hours, share, removed))

struct PopularAccounts {
  Day from{}, to{};
  std::string timezone{};
  std::int64_t count = 0;       // accounts that were rented
  std::int64_t idle_count = 0;  // accounts that there are, and nobody rented
  RentalTotals total{};
  std::vector<PopularAccount> data{};
};
BOOST_DESCRIBE_STRUCT(PopularAccounts, (), (from, to, timezone, count, idle_count, total, data))

struct WebsiteTotals {
  std::int64_t rentals = 0, customers = 0, calls = 0, refused_no_account = 0;
};
BOOST_DESCRIBE_STRUCT(WebsiteTotals, (), (rentals, customers, calls, refused_no_account))

struct PopularWebsite {
  WebsiteId website_id{};
  std::string website{};
  std::int64_t rentals = 0, customers = 0, calls = 0;
  std::int64_t refused_no_account = 0;  // calls to rent that found none free
  std::int64_t account_count = 0;       // now
  std::int64_t share = 0;               // of all rentals, in per mille
  bool removed = false;
};
BOOST_DESCRIBE_STRUCT(PopularWebsite, (),
                      (website_id, website, rentals, customers, calls, refused_no_account, account_count, share,
                       removed))

struct PopularWebsites {
  Day from{}, to{};
  std::string timezone{};
  std::int64_t count = 0;
  WebsiteTotals total{};
  std::vector<PopularWebsite> data{};
};
BOOST_DESCRIBE_STRUCT(PopularWebsites, (), (from, to, timezone, count, total, data))

BOOST_DEFINE_ENUM_CLASS(PeakMetric, calls, rentals)

struct PeakCell {
  std::int64_t weekday = 1, hour = 0;  // Monday is 1
  std::int64_t calls = 0, occurrences = 0;
  std::optional<std::string> average{};  // with two decimals; nothing where there is no occurrence
};
BOOST_DESCRIBE_STRUCT(PeakCell, (), (weekday, hour, calls, occurrences, average))

struct Peak {
  std::int64_t weekday = 1, hour = 0;
  std::string average{};
};
BOOST_DESCRIBE_STRUCT(Peak, (), (weekday, hour, average))

struct PeakTimes {
  Day from{}, to{};
  std::string timezone{};
  PeakMetric metric{};
  std::int64_t total = 0;
  std::optional<Peak> peak{};
  std::vector<PeakCell> cells{};  // all 168, Monday 0 o'clock first
};
BOOST_DESCRIBE_STRUCT(PeakTimes, (), (from, to, timezone, metric, total, peak, cells))

struct OutcomeLine {
  ledger::Status status{};
  std::optional<std::string> action{};
  std::int64_t calls = 0;
  std::int64_t share = 0;  // of all calls, in per mille
};
BOOST_DESCRIBE_STRUCT(OutcomeLine, (), (status, action, calls, share))

struct OutcomeDay {
  Day day{};
  ledger::OutcomeCounts counts{};
};

struct OutcomeReport {
  Day from{}, to{};
  std::string timezone{};
  std::int64_t total = 0;
  std::optional<std::int64_t> success_share{};  // in per mille; 1,000 only where all succeeded
  std::vector<OutcomeLine> data{};              // the most frequent first
  std::vector<OutcomeDay> days{};
};

class CallReports {
 public:
  /// `zone` is the installation's.
  CallReports(Core core, store::Ledger* ledger, std::function<Zone()> zone)
      : core_(core), ledger_(ledger), zone_(std::move(zone)) {}

  // Errors of all: those of resolve_range; not_found, reasons unknown_website, unknown_customer, unknown_customer_key
  // (also of a key that is another customer's); those of the database.

  /// Accounts by rentals, then by hours, then by id; `limit` of them, all without.
  [[nodiscard]] runtime::Task<Result<PopularAccounts>> popular_accounts(CallReportQuery query,
                                                                        std::optional<std::int64_t> limit) const;
  /// Websites by rentals, then by calls, then by id: all that there are, and those that are gone and were used.
  /// `query.website` is not looked at.
  [[nodiscard]] runtime::Task<Result<PopularWebsites>> websites(CallReportQuery query,
                                                                std::optional<std::int64_t> limit) const;
  [[nodiscard]] runtime::Task<Result<PeakTimes>> peak_times(CallReportQuery query, PeakMetric metric) const;
  [[nodiscard]] runtime::Task<Result<OutcomeReport>> outcomes(CallReportQuery query, bool by_action) const;

 private:
  Core core_;
  store::Ledger* ledger_;
  std::function<Zone()> zone_;
};

}  // namespace keyledger::service
