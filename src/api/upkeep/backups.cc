#include "service/backup/backups.h"

#include "api/handlers.h"
#include "api/replies.h"
#include "api/upkeep/local.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

struct BackupCreate {
  std::optional<std::string> place{};
  std::optional<std::int64_t> keep{};
};
BOOST_DESCRIBE_STRUCT(BackupCreate, (), (place, keep))

}  // namespace

Task<Result<Reply>> create_backup(const Services* services, Call call) {
  service::BackupRequest request;
  if (!call.request.body.empty()) {
    Result<BackupCreate> body = json::read_body<BackupCreate>(call.request.body);
    if (!body) co_return std::unexpected(body.error());
    request.keep = body->keep;
    if (body->place) {
      const Result<void> fine = check_local_path(call, *body->place, "place");
      if (!fine) co_return std::unexpected(fine.error());
      request.place = std::move(*body->place);
    }
  }
  Result<service::BackupState> state = co_await services->backups->start(call.who.actor, std::move(request));
  if (!state) co_return std::unexpected(state.error());
  co_return net::json_reply(202, json::to_json(*state));
}

Task<Result<Reply>> get_backup(const Services* services, Call) {
  co_return ok(services->backups->state());
}

}  // namespace keyledger::api
