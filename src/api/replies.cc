#include "api/replies.h"

#include "base/log.h"

namespace keyledger::api {
namespace {

unsigned status_of(const Error& error) {
  if (error.reason == "idempotency_key_reused") return 422;
  if (error.reason == "disk_full") return 507;
  if (error.reason == "request_timeout") return 408;
  switch (error.code) {
    case Code::invalid_argument: return 400;
    case Code::unauthenticated: return 401;
    case Code::forbidden: return 403;
    case Code::not_found: return 404;
    case Code::conflict: return 409;
    case Code::too_large: return 413;
    case Code::limit_exceeded: return 429;
    case Code::unavailable: return 503;
    case Code::internal: return 500;
  }
  std::unreachable();
}

}  // namespace

net::Reply problem(const Error& error) {
  const unsigned status = status_of(error);
  if (status == 500) {
    log::error("internal error", {{"reason", error.reason}, {"message", error.message}, {"detail", error.detail}});
  }
  net::Problem told;
  told.status = status;
  told.code = error.reason.empty() ? std::string{to_string(error.code)} : error.reason;
  told.detail = error.message;
  told.field = error.field;
  net::Reply reply = net::problem_reply(told);
  if (status == 401) reply.headers.set("WWW-Authenticate", "Bearer realm=\"keyledger\"");
  // A limit's detail is the seconds to wait; whoever meets a full queue tries again at once.
  if (status == 429) reply.headers.set("Retry-After", error.detail.empty() ? "1" : error.detail);
  if (status == 503) reply.headers.set("Retry-After", "1");
  if (status == 507) reply.headers.set("Retry-After", "30");  // somebody has to make room first
  return reply;
}

net::Reply text_reply(std::string_view text, std::string_view type) {
  net::Reply reply;
  reply.headers.set("Content-Type", std::string{type});
  reply.headers.set("Cache-Control", "no-cache");
  reply.body = text;
  return reply;
}

net::Reply no_content() {
  return net::Reply{.status = 204};
}

net::Reply created(std::string json, std::string location) {
  net::Reply reply = net::json_reply(201, std::move(json));
  reply.headers.set("Location", std::move(location));
  return reply;
}

}  // namespace keyledger::api
