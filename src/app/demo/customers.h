// app/demo/customers.h: the demo's customers, their keys, and the shared accounts that they rent, made through the API.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "app/api_client.h"
#include "base/id.h"

namespace keyledger::app {

/// A made-up customer's key, and how busy it is.
struct DemoCustomerKey {
  CustomerKeyId id{};
  CustomerId customer_id{};
  int calls_a_day = 0;           // on a working day, today
  std::int64_t daily_limit = 0;  // 0: none
  std::chrono::days age{};
  bool revoked = false;
};

struct DemoWebsite {
  WebsiteId id{};
  std::chrono::hours validity{};
  int popularity = 1;                       // how often it is asked for, against the others
  std::vector<RentalAccountId> accounts{};  // that can be rented
};

struct DemoCustomers {
  std::vector<DemoCustomerKey> keys{};
  std::vector<DemoWebsite> websites{};
};

/// Errors: those of the API.
[[nodiscard]] Result<DemoCustomers> make_demo_customers(ApiClient& api);

}  // namespace keyledger::app
