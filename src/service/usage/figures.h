// service/usage/figures.h: sums as a report shows them.
#pragma once

#include <boost/describe.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/usage/records.h"

namespace keyledger::service {

/// An amount of one currency, in nine decimals.
struct Cost {
  std::string amount{};
  Currency currency{};
  bool estimated = false;  // some of it is tokens times list price
};
BOOST_DESCRIBE_STRUCT(Cost, (), (amount, currency, estimated))

struct Figures {
  std::vector<Cost> cost{};                // one per currency, the largest first; empty: nothing known
  std::vector<Cost> cost_per_thousand{};   // of the requests; empty: not all of them are known, or there were none
  std::optional<std::int64_t> requests{};  // nothing: not known
  bool requests_partial = false;           // some of the use tells no requests
  std::optional<std::int64_t> tokens{0};   // input and output together; nothing: not known
  std::int64_t input_tokens = 0;           // all input, cached included
  std::int64_t output_tokens = 0;
  std::int64_t cached_tokens = 0;       // read from a cache; part of input_tokens
  std::int64_t cache_write_tokens = 0;  // of both lifetimes; part of input_tokens
  std::int64_t images = 0;
  std::int64_t characters = 0;
  std::int64_t seconds = 0;
  std::int64_t searches = 0;
  std::int64_t credits = 0;
};
BOOST_DESCRIBE_STRUCT(Figures, (),
                      (cost, cost_per_thousand, requests, requests_partial, tokens, input_tokens, output_tokens,
                       cached_tokens, cache_write_tokens, images, characters, seconds, searches, credits))

/// Adds up what belongs into one line of a report. Currencies stay apart.
class Bill {
 public:
  void add(const usage::Tally& tally);
  void add(Currency currency, usage::Basis basis, const Amount& amount);
  void add(const Bill& other);
  /// Without anything counted, no requests are 0; where nobody counts, they are unknown.
  [[nodiscard]] Figures figures() const;
  /// What it would cost at list price, where that is for information only.
  [[nodiscard]] std::vector<Cost> list_price() const;
  /// `amount` * `factor` / `divisor` of each cost, rounded half up to nine decimals. divisor > 0.
  [[nodiscard]] std::vector<Cost> cost_share(std::int64_t factor, std::int64_t divisor) const;
  /// Of all that was counted; nothing: some use tells no requests, or nothing was counted.
  [[nodiscard]] std::optional<std::int64_t> all_requests() const;
  /// In that currency, billed and estimated.
  [[nodiscard]] Amount cost(Currency currency) const;
  /// The currency with the largest amount; nothing without any.
  [[nodiscard]] std::optional<Currency> main_currency() const;
  [[nodiscard]] bool has(Currency currency) const { return costs_.contains(currency); }
  [[nodiscard]] const usage::Tally& tally() const { return tally_; }
  [[nodiscard]] bool empty() const { return costs_.empty() && tally_ == usage::Tally{}; }

 private:
  struct Sum {
    Amount amount{};
    bool estimated = false;
  };
  usage::Tally tally_{};
  std::map<Currency, Sum> costs_{};
  std::map<Currency, Sum> list_{};
};

/// The part of the whole in thousandths, 0 to 1000; 0 without a whole.
[[nodiscard]] std::int64_t permille(const Amount& part, const Amount& whole);

}  // namespace keyledger::service
