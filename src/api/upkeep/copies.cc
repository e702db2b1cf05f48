#include "service/backup/copies.h"

#include "api/handlers.h"
#include "api/replies.h"

namespace keyledger::api {
namespace {

/// A copy on its way to whoever downloads it. It is closed with the answer, however that ends.
class CopyBody final : public net::BodySource {
 public:
  explicit CopyBody(std::shared_ptr<service::BackupReader> reader) : reader_(std::move(reader)) {}

  Task<Result<std::optional<std::string>>> next() override { return reader_->next(); }
  [[nodiscard]] std::optional<std::uint64_t> length() const override {
    return static_cast<std::uint64_t>(reader_->bytes());
  }

 private:
  std::shared_ptr<service::BackupReader> reader_;
};

std::string name_of(const Call& call) {
  return std::string{call.request.parameter("name").value_or("")};
}

}  // namespace

Task<Result<Reply>> list_backups(const Services* services, Call) {
  Result<std::vector<service::BackupCopy>> copies = co_await services->backup_copies->list();
  if (!copies) co_return std::unexpected(copies.error());
  co_return list(*copies, static_cast<std::int64_t>(copies->size()),
                 [](const service::BackupCopy&) { return std::string{}; });  // all are on one page
}

Task<Result<Reply>> download_backup(const Services* services, Call call) {
  std::string name = name_of(call);
  Result<std::shared_ptr<service::BackupReader>> reader = co_await services->backup_copies->open(call.who.actor, name);
  if (!reader) co_return std::unexpected(reader.error());
  Reply reply;
  reply.headers.set("Content-Type", "application/vnd.sqlite3");
  reply.headers.set("Content-Disposition", "attachment; filename=\"" + name + "\"");  // it is a name of ours
  reply.stream = std::make_shared<CopyBody>(std::move(*reader));
  co_return reply;
}

Task<Result<Reply>> delete_backup(const Services* services, Call call) {
  std::string name = name_of(call);
  const Result<void> removed = co_await services->backup_copies->remove(call.who.actor, std::move(name));
  if (!removed) co_return std::unexpected(removed.error());
  co_return no_content();
}

}  // namespace keyledger::api
