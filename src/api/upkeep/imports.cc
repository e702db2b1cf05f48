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

/// Keeps a body on the disk, as it comes.
Task<Result<std::shared_ptr<service::Upload>>> receive(const Services* services,
                                                       std::shared_ptr<net::BodySource> body) {
  Result<std::shared_ptr<service::Upload>> upload = services->uploads->begin();
  if (!upload) co_return std::unexpected(upload.error());
  for (;;) {
    Result<std::optional<std::string>> piece = co_await body->next();
    if (!piece) co_return std::unexpected(piece.error());
    if (!*piece) break;
    const Result<void> kept = co_await (*upload)->append(std::move(**piece));
    if (!kept) co_return std::unexpected(kept.error());
  }
  const Result<void> whole = co_await (*upload)->finish();
  if (!whole) co_return std::unexpected(whole.error());
  co_return upload;
}

}  // namespace

Task<Result<Reply>> create_import(const Services* services, Call call) {
  Result<ImportCreate> body = json::read_body<ImportCreate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  const Result<void> fine = check_local_path(call, body->file, "file");
  if (!fine) co_return std::unexpected(fine.error());
  service::ImportRequest request{.file = std::move(body->file), .dry_run = body->dry_run.value_or(false), .upload = {}};
  Result<service::ImportState> state = co_await services->imports->start(call.who.actor, std::move(request));
  if (!state) co_return std::unexpected(state.error());
  co_return net::json_reply(202, json::to_json(*state));
}

Task<Result<Reply>> import_file(const Services* services, Call call) {
  const std::string_view dry_run = call.request.query_value("dry_run").value_or("false");
  if (dry_run != "true" && dry_run != "false") {
    co_return fail(Code::invalid_argument, "dry_run is true or false.", "unknown_value", "dry_run");
  }
  const Result<void> idle = services->imports->check_idle();  // before a large file comes in vain
  if (!idle) co_return std::unexpected(idle.error());
  service::ImportRequest request{.file = {}, .dry_run = dry_run == "true", .upload = {}};
  Result<std::shared_ptr<service::Upload>> upload = co_await receive(services, call.request.incoming);
  if (!upload) co_return std::unexpected(upload.error());
  request.upload = std::move(*upload);
  Result<service::ImportState> state = co_await services->imports->start(call.who.actor, std::move(request));
  if (!state) co_return std::unexpected(state.error());
  co_return net::json_reply(202, json::to_json(*state));
}

Task<Result<Reply>> get_import(const Services* services, Call) {
  co_return ok(services->imports->state());
}

}  // namespace keyledger::api
