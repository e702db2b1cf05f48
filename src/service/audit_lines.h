// service/audit_lines.h: a stored line of the audit log as it is read.
#pragma once

#include "service/audit.h"

namespace keyledger::service {

[[nodiscard]] AuditLine audit_line(store::AuditRow row);

}  // namespace keyledger::service
