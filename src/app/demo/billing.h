// app/demo/billing.h: what the demo's customers have agreed to pay, and their bills, made through the API.
#pragma once

#include "app/demo/customers.h"

namespace keyledger::app {

/// The seller, a plan of their own beside the examples, and who has which since when. `now` says what day it is.
/// Errors: those of the API.
[[nodiscard]] Result<void> subscribe_demo_customers(ApiClient& api, const DemoCustomers& customers, Instant now);

/// Of the drafts that are there, all but the newest two become final; most of those are paid, one is partly taken back.
/// Errors: those of the API.
[[nodiscard]] Result<void> bill_demo_customers(ApiClient& api);

}  // namespace keyledger::app
