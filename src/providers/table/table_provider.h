// providers/table/table_provider.h: makes a provider out of a row. Providers with logic of their own derive from it.
#pragma once

#include <optional>
#include <string>

#include "providers/call.h"
#include "providers/provider.h"
#include "providers/table/row.h"

namespace keyledger::providers::table {

class TableProvider : public Provider {
 public:
  /// `http` and `clock` outlive it.
  TableProvider(Row row, const Http* http, const Clock* clock);

  [[nodiscard]] const Description& description() const override { return row_.description; }
  [[nodiscard]] Task<KeyTest> test(Access access) const override;
  [[nodiscard]] Task<Readings> readings(Access access) const override;

 protected:
  /// A call with the row's headers, way to carry the key, and refusals.
  [[nodiscard]] Call call_for(const net::BaseUrl& base, const Secret& key, std::string target,
                              Patience patience = kSyncPatience) const;
  /// The same for an Ask.
  [[nodiscard]] Call call_for(const net::BaseUrl& base, const Secret& key, const Ask& ask, Patience patience) const;

  [[nodiscard]] const Row& row() const { return row_; }
  [[nodiscard]] const Caller& caller() const { return caller_; }
  [[nodiscard]] Instant now() const { return caller_.clock().now(); }

 private:
  Row row_;
  Caller caller_;
};

/// The result of a test out of an answer: its finding, or what `read` makes of it. Facts that repeat the key are left
/// out, whatever the provider put there.
[[nodiscard]] KeyTest judge(const Answer& answer, Reader read, const Secret& key, Instant now);

/// The same for readings.
[[nodiscard]] Provider::Readings take_readings(const Answer& answer, Reader read, Instant now);

}  // namespace keyledger::providers::table
