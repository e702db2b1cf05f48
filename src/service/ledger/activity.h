// service/ledger/activity.h: what was called, by whom, and what it adds up to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/ledger/call.h"
#include "service/core.h"
#include "service/ledger/period_stats.h"
#include "service/reports/span.h"
#include "store/ledger/ledger.h"

namespace keyledger::service {

struct ActivityLine {
  UsageEventId id{};
  Instant at{};
  CustomerKeyId customer_key_id{};
  std::string key_name{}, key_hint{};
  CustomerId customer_id{};
  std::string customer_name{};
  std::string action{}, resource{};
  std::optional<RentalAccountId> account_id{};
  std::optional<std::string> account_username{}, website{};
  ledger::Status status = ledger::Status::success;
  std::int64_t http_status = 0;
  std::string ip_address{}, user_agent{};
  std::chrono::microseconds duration{};
  std::int64_t units = 1;
};
BOOST_DESCRIBE_STRUCT(ActivityLine, (),
                      (id, at, customer_key_id, key_name, key_hint, customer_id, customer_name, action, resource,
                       account_id, account_username, website, status, http_status, ip_address, user_agent, duration,
                       units))

/// Where a page ended. The next one has events with ids below `before`. Where it follows the chains of keys, `heads`
/// says where in each it goes on, so that no page begins by walking down from the newest event again; none are left of
/// a chain that is not there.
struct ActivityCursor {
  struct Head {
    CustomerKeyId key{};
    UsageEventId event{};
  };
  UsageEventId before{};
  std::vector<Head> heads{};
};

struct ActivityQuery {
  std::optional<ActivityCursor> cursor{};  // lines come newest first
  std::optional<CustomerKeyId> key_id{};
  std::optional<CustomerId> customer_id{};
  std::optional<std::string> action{}, website{};
  std::optional<ledger::Status> status{};
  bool admitted = false;  // only calls that were
  std::optional<RentalAccountId> account_id{};
  std::optional<std::int64_t> http_status{};
  std::optional<IpNetwork> network{};  // of the caller's address
  std::optional<Instant> from{}, to{};
  std::int64_t limit = 50;
  bool counted = true;       // whether the page is to say of how many it is
  bool of_key_only = false;  // the list is of `key_id` to begin with: all_count is, too
};

/// `next` is set where there may be more. A page that is filtered looks at kLookedAtMax events at most: then it may
/// hold less than the limit, even nothing, and go on all the same.
///
/// Of a customer with more than kKeysMax keys, the events of all customers are looked through, since a cursor that
/// remembers more chains would not fit into a URL.
struct ActivityPage {
  static constexpr std::int64_t kLookedAtMax = 20'000;
  static constexpr std::int64_t kKeysMax = 64;
  std::vector<ActivityLine> lines{};
  std::optional<ActivityCursor> next{};
  std::optional<std::int64_t> count{};  // calls under the filters; nothing where all would have to be looked at
  std::int64_t all_count = 0;           // calls without them
};

struct LedgerState {
  bool whole = true;
  std::int64_t events = 0, blocks = 0, open_events = 0;  // open: not yet under a hash
  std::optional<Instant> first_at{}, last_at{};
  std::string head{};                       // hash of the newest closed block, hex
  std::optional<std::int64_t> broken_at{};  // the first event or block that does not fit
  std::string what{};
  bool rollups_agree = true;  // rollups against a recount of the events that are still there
};
BOOST_DESCRIBE_STRUCT(LedgerState, (),
                      (whole, events, blocks, open_events, first_at, last_at, head, broken_at, what, rollups_agree))

struct LedgerStats {
  std::int64_t events = 0, blocks = 0, keys = 0;
  std::optional<Instant> first_at{}, last_at{}, kept_from{};
  std::int64_t events_today = 0, refused_today = 0;
};
BOOST_DESCRIBE_STRUCT(LedgerStats, (),
                      (events, blocks, keys, first_at, last_at, kept_from, events_today, refused_today))

class Activity {
 public:
  /// `zone_of_all` is the installation's zone.
  Activity(Core core, store::Ledger* ledger, std::function<Zone()> zone_of_all,
           std::function<Zone(CustomerKeyId)> zone_of)
      : core_(core), ledger_(ledger), zone_of_all_(std::move(zone_of_all)), zone_of_(std::move(zone_of)) {}

  /// Errors: not_found, reasons unknown_customer_key, unknown_customer, unknown_website; invalid_argument, reason
  ///         malformed_cursor (it was made with other filters).
  [[nodiscard]] runtime::Task<Result<ActivityPage>> list(ActivityQuery query) const;
  /// `days` 1 to 366; without a key: of all keys. Errors: not_found, reason unknown_customer_key.
  [[nodiscard]] runtime::Task<Result<CallStats>> stats(std::optional<CustomerKeyId> id, std::int64_t days) const;
  [[nodiscard]] runtime::Task<Result<DetailedStats>> detailed_stats(std::optional<CustomerKeyId> id,
                                                                    std::int64_t days) const;
  /// Of all keys, or of a customer's, on the installation's clocks, with the days before.
  /// Errors: those of make_span; not_found, reason unknown_customer.
  [[nodiscard]] runtime::Task<Result<PeriodStats>> period_stats(SpanAsked asked,
                                                                std::optional<CustomerId> customer) const;
  /// Recomputes the chain of block hashes over every event that is kept, and the rollups from them, in many short
  /// reads. Errors: unavailable, reason ledger_changing (events were dropped meanwhile, again and again).
  [[nodiscard]] runtime::Task<Result<LedgerState>> verify() const;
  [[nodiscard]] runtime::Task<Result<LedgerStats>> ledger_stats() const;
  /// Drops raw events of months that ended more than `months` ago, in small steps; rollups, totals and block hashes
  /// stay. Only whole blocks go. The audit log has a line about it. 0 months: nothing is dropped. Answers how many.
  [[nodiscard]] runtime::Task<Result<std::int64_t>> drop_old(std::int64_t months) const;

 private:
  Core core_;
  store::Ledger* ledger_;
  std::function<Zone()> zone_of_all_;
  std::function<Zone(CustomerKeyId)> zone_of_;
};

}  // namespace keyledger::service
