#include "service/import/imports.h"

#include "api/handlers.h"
#include "api/replies.h"
#include "api/upkeep/local.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

struct ImportCreate {
  std::string file{};
  std::optional<bool> dry_run{};
};
BOOST_DESCRIBE_STRUCT(ImportCreate, (), (file, dry_run))

}  // namespace

Task<Result<Reply>> create_import(const Services* services, Call call) {
  Result<ImportCreate> body = json::read_body<ImportCreate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  const Result<void> fine = check_local_path(call, body->file, "file");
  if (!fine) co_return std::unexpected(fine.error());
  service::ImportRequest request{std::move(body->file), body->dry_run.value_or(false)};
  Result<service::ImportState> state = co_await services->imports->start(call.who.actor, std::move(request));
  if (!state) co_return std::unexpected(state.error());
  co_return net::json_reply(202, json::to_json(*state));
}

Task<Result<Reply>> get_import(const Services* services, Call) {
  co_return ok(services->imports->state());
}

}  // namespace keyledger::api
