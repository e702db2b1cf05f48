// api/door/customer_call.h: a call of a customer key between its admission and its event.
#pragma once

#include "api/call.h"
#include "service/admission/admission.h"

namespace keyledger::api {

/// Lives in the guard's frame while the handler works.
struct CustomerCall {
  service::CallContext context{};
  service::Admitted admitted{};
  service::CallOutcome outcome{};  // the handler says which account and website it was about
  bool recorded = false;           // the handler's own mutation has recorded the event, or nothing happened at all
};

}  // namespace keyledger::api
