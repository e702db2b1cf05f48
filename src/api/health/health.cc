#include "api/handlers.h"
#include "api/replies.h"

namespace keyledger::api {
namespace {

struct Health {
  std::string status{}, version{};
  bool ready = false, demo = false;
};
BOOST_DESCRIBE_STRUCT(Health, (), (status, version, ready, demo))

struct Ready {
  bool ready = true;
};
BOOST_DESCRIBE_STRUCT(Ready, (), (ready))

}  // namespace

Task<Result<Reply>> get_health(const Services* services, Call) {
  const bool ready = services->ready.load();
  co_return ok(Health{ready ? "ok" : "stopping", services->version, ready, services->demo});
}

Task<Result<Reply>> get_ready(const Services* services, Call) {
  if (services->ready.load()) co_return ok(Ready{});
  co_return fail(Code::unavailable, "The server is starting or stopping.", "not_ready");
}

}  // namespace keyledger::api
