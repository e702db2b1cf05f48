// store/admission_store.h: what the key table is made of when the server starts. Plain scans, in pages.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "domain/limits/limit.h"
#include "store/database.h"

namespace keyledger::store {

struct AdmissionCustomer {
  CustomerId id{};
  bool suspended = false;
  std::string timezone{};  // empty: the installation's
};
BOOST_DESCRIBE_STRUCT(AdmissionCustomer, (), (id, suspended, timezone))

struct AdmissionKey {
  CustomerKeyId id{};
  CustomerId customer_id{};
  std::string allowed_ips{}, allowed_actions{};  // separated by blanks
  std::optional<Instant> expires_at{};
  bool revoked = false;
};
BOOST_DESCRIBE_STRUCT(AdmissionKey, (), (id, customer_id, allowed_ips, allowed_actions, expires_at, revoked))

struct AdmissionDigest {
  CustomerKeyId key_id{};
  Bytes digest{};
  std::optional<Instant> valid_until{};
};

struct AdmissionLimit {
  CustomerKeyId key_id{};
  limits::Limit limit{};
};

/// The admitted calls of a key in a bucket of the rollups.
struct AdmissionHour {
  CustomerKeyId key_id{};
  std::int64_t bucket = 0, events = 0;
};
BOOST_DESCRIBE_STRUCT(AdmissionHour, (), (key_id, bucket, events))

/// An admitted call, or a rental.
struct AdmissionUse {
  CustomerKeyId key_id{};
  Instant at{};
};
BOOST_DESCRIBE_STRUCT(AdmissionUse, (), (key_id, at))

/// Every function runs inside the caller's transaction; sinks are called for each row, in the order that is said.
class AdmissionStore {
 public:
  template <typename Row>
  using Sink = std::function<void(const Row&)>;
  using KeySink = std::function<Result<void>(const AdmissionKey&, std::span<const AdmissionDigest>,
                                             std::span<const AdmissionLimit>)>;

  [[nodiscard]] static Result<void> each_customer(Transaction& transaction, const Sink<AdmissionCustomer>& sink);
  [[nodiscard]] static Result<std::int64_t> count_keys(Transaction& transaction);
  /// By id, each with its digests and limits. Ends with the first error of the sink.
  [[nodiscard]] static Result<void> each_key(Transaction& transaction, const KeySink& sink);

  /// The buckets from `from` on, by bucket.
  [[nodiscard]] static Result<void> each_hour(Transaction& transaction, std::int64_t from,
                                              const Sink<AdmissionHour>& sink);
  /// The admitted calls since `from`, from the newest back; some that are older too, since a call that takes long is
  /// written after younger ones.
  [[nodiscard]] static Result<void> each_recent_call(Transaction& transaction, Instant from,
                                                     const Sink<AdmissionUse>& sink);
  /// The rentals since `from`, oldest first.
  [[nodiscard]] static Result<void> each_rental(Transaction& transaction, Instant from, const Sink<AdmissionUse>& sink);
  /// How many rentals of a key are open, where there are any.

  /// A key's admitted calls in the buckets from `from` to before `to`, as far as they are rolled up.
  [[nodiscard]] static Result<std::int64_t> rolled_up_calls(Transaction& transaction, CustomerKeyId id,
                                                            std::int64_t from, std::int64_t to);
  /// A key's admitted calls since `from` that are rolled up, newest first; some that are older too.
  [[nodiscard]] static Result<void> each_rolled_up_call(Transaction& transaction, CustomerKeyId id, Instant from,
                                                        const Sink<AdmissionUse>& sink);
  /// A key's admitted calls that are not rolled up yet.
  [[nodiscard]] static Result<void> each_later_call(Transaction& transaction, CustomerKeyId id,
                                                    const Sink<AdmissionUse>& sink);
  /// How often a key rented from `from` to before `to`.
  [[nodiscard]] static Result<std::int64_t> rentals(Transaction& transaction, CustomerKeyId id, Instant from,
                                                    Instant to);
};

}  // namespace keyledger::store
