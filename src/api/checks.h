// api/checks.h: what every guard checks of a request, whoever sends it.
#pragma once

#include "api/call.h"

namespace keyledger::api {

/// A body is JSON and says so. Errors: invalid_argument, reason unsupported_media_type (415).
[[nodiscard]] Result<void> check_media_type(const net::Request& request);
/// The same for routes that take other bodies, in pieces.
[[nodiscard]] Result<void> check_body_type(const Entry& entry, const net::Request& request);
/// The query has parameters that the route knows, each once. Errors: invalid_argument, reason unknown_parameter.
[[nodiscard]] Result<void> check_query(const Entry& entry, const net::Request& request);

/// Tells who listens to /api/events what a success of this route has changed; the audit log, where it is an act.
void announce(const Services* services, const Entry& entry);

/// Whether the answers of this route may be compressed: those to be read again and again, and none with a secret.
[[nodiscard]] bool may_compress(const Entry& entry);

/// The answer of an error that a check or a handler has found.
[[nodiscard]] Reply refuse(const Error& error);

/// Frees an Idempotency-Key however the handler ends.
struct RunningOnce {
  service::Idempotency* idempotency;
  const service::OnceTicket* ticket;
  ~RunningOnce() { idempotency->end(*ticket); }
};

}  // namespace keyledger::api
