// app/commands_webhooks.h: the commands about programs that are told what has happened.
#pragma once

#include "app/commands.h"

namespace keyledger::app {

ExitCode list_webhooks(Session& session);
ExitCode show_webhook(Session& session);
ExitCode create_webhook(Session& session);
ExitCode update_webhook(Session& session);
ExitCode delete_webhook(Session& session);
ExitCode renew_webhook_secret(Session& session);
ExitCode test_webhook(Session& session);
ExitCode list_webhook_deliveries(Session& session);
ExitCode resend_webhook(Session& session);

}  // namespace keyledger::app
