// app/commands_billing.h: the commands about plans and subscriptions.
#pragma once

#include "app/commands.h"

namespace keyledger::app {

ExitCode list_plans(Session& session);
ExitCode show_plan(Session& session);
ExitCode create_plan(Session& session);
ExitCode update_plan(Session& session);
ExitCode archive_plan(Session& session);
ExitCode restore_plan(Session& session);
ExitCode list_subscriptions(Session& session);
ExitCode show_subscription(Session& session);
ExitCode start_subscription(Session& session);
ExitCode change_subscription(Session& session);
ExitCode cancel_subscription(Session& session);
ExitCode resume_subscription(Session& session);

}  // namespace keyledger::app
