#include "api/handlers.h"
#include "api/replies.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

struct SettingsUpdate {
  std::optional<std::string> timezone{};
  std::optional<std::int64_t> retention_months{};
  std::optional<std::int64_t> backup_every_hours{}, backup_keep{};
  std::optional<std::int64_t> sync_interval_seconds{};
  std::optional<std::string> key_prefix{};
  std::optional<std::string> seller_name{}, seller_address{}, seller_tax_id{}, invoice_footer{};
  std::optional<std::int64_t> payment_days{}, arrears_days{};
};
BOOST_DESCRIBE_STRUCT(SettingsUpdate, (),
                      (timezone, retention_months, backup_every_hours, backup_keep, sync_interval_seconds, key_prefix,
                       seller_name, seller_address, seller_tax_id, invoice_footer, payment_days, arrears_days))

}  // namespace

Task<Result<Reply>> get_rekey(const Services* services, Call) {
  co_return ok(services->rekey->state());
}

Task<Result<Reply>> start_rekey(const Services* services, Call call) {
  Result<service::RekeyState> state = co_await services->rekey->start(call.who.actor);
  if (!state) co_return std::unexpected(state.error());
  co_return net::json_reply(202, json::to_json(*state));
}

Task<Result<Reply>> get_settings(const Services* services, Call) {
  co_return ok(services->settings->get());
}

Task<Result<Reply>> update_settings(const Services* services, Call call) {
  Result<SettingsUpdate> body = json::read_body<SettingsUpdate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::SettingsPatch patch{.timezone = std::move(body->timezone),
                               .retention_months = body->retention_months,
                               .backup_every_hours = body->backup_every_hours,
                               .backup_keep = body->backup_keep,
                               .sync_interval_seconds = body->sync_interval_seconds,
                               .key_prefix = std::move(body->key_prefix),
                               .seller_name = std::move(body->seller_name),
                               .seller_address = std::move(body->seller_address),
                               .seller_tax_id = std::move(body->seller_tax_id),
                               .invoice_footer = std::move(body->invoice_footer),
                               .payment_days = body->payment_days,
                               .arrears_days = body->arrears_days};
  Result<service::SettingsShown> settings = co_await services->settings->update(call.who.actor, std::move(patch));
  if (!settings) co_return std::unexpected(settings.error());
  co_return ok(*settings);
}

}  // namespace keyledger::api
