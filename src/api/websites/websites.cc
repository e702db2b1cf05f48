#include "service/rentals/websites.h"

#include "api/handlers.h"
#include "api/patch.h"
#include "api/query.h"
#include "api/replies.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

using keyledger::rentals::AfterRental;
using keyledger::rentals::Rotation;
using service::SavedWebsite;
using service::WebsiteView;

struct WebsiteCreate {
  std::string name{};
  std::optional<std::string> url{};
  std::optional<std::int64_t> validity_hours{};
  std::optional<std::string> description{};
  std::optional<AfterRental> after_rental{};
  std::optional<Rotation> rotation{};
  std::optional<std::string> rotation_url{};
};
BOOST_DESCRIBE_STRUCT(WebsiteCreate, (), (name, url, validity_hours, description, after_rental, rotation, rotation_url))

struct WebsiteUpdate {
  std::optional<std::string> name{};
  json::Patch<std::string> url{};
  std::optional<std::int64_t> validity_hours{};
  json::Patch<std::string> description{};
  std::optional<AfterRental> after_rental{};
  std::optional<Rotation> rotation{};
  json::Patch<std::string> rotation_url{};
};
BOOST_DESCRIBE_STRUCT(WebsiteUpdate, (), (name, url, validity_hours, description, after_rental, rotation, rotation_url))

/// The website, and the webhook's secret where this answer is the one that shows it.
std::string saved_json(const SavedWebsite& saved) {
  json::Writer out;
  out.begin_object();
  json::write_members(out, saved.website);
  out.name("rotation_secret");
  if (saved.rotation_secret.empty()) {
    out.null();
  } else {
    out.string(saved.rotation_secret.reveal());
  }
  out.end_object();
  return out.take();
}

service::Once<SavedWebsite> once_of(Call& call, std::int64_t status) {
  return {std::move(call.once), [status](const SavedWebsite& saved) {
            return service::StoredAnswer{status, saved_json(saved)};
          }};
}

}  // namespace

Task<Result<Reply>> list_websites(const Services* services, Call call) {
  const Result<std::int64_t> limit = page_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const Result<std::optional<std::int64_t>> after = read_cursor(call.request, "websites");
  if (!after) co_return std::unexpected(after.error());
  Result<std::optional<std::string>> search = query_text(call.request, "q");
  if (!search) co_return std::unexpected(search.error());
  Result<std::vector<WebsiteView>> page =
      co_await services->websites->list(WebsiteId{after->value_or(0)}, *limit, search->value_or(""));
  if (!page) co_return std::unexpected(page.error());
  co_return list(*page, *limit, [](const WebsiteView& website) { return make_cursor("websites", website.id.value); });
}

Task<Result<Reply>> create_website(const Services* services, Call call) {
  Result<WebsiteCreate> body = json::read_body<WebsiteCreate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::NewWebsite website{.name = std::move(body->name),
                              .url = std::move(body->url).value_or(""),
                              .validity_hours = body->validity_hours.value_or(24),
                              .description = std::move(body->description).value_or(""),
                              .after_rental = body->after_rental.value_or(AfterRental::pool),
                              .rotation = body->rotation.value_or(Rotation::by_hand),
                              .rotation_url = std::move(body->rotation_url).value_or("")};
  Result<SavedWebsite> made =
      co_await services->websites->create(call.who.actor, std::move(website), once_of(call, 201));
  if (!made) co_return std::unexpected(made.error());
  co_return created(saved_json(*made), "/api/websites/" + std::to_string(made->website.id.value));
}

Task<Result<Reply>> get_website(const Services* services, Call call) {
  const Result<WebsiteId> id = path_id<WebsiteId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<WebsiteView> website = co_await services->websites->get(*id);
  if (!website) co_return std::unexpected(website.error());
  co_return ok(*website);
}

Task<Result<Reply>> update_website(const Services* services, Call call) {
  const Result<WebsiteId> id = path_id<WebsiteId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<WebsiteUpdate> body = json::read_body<WebsiteUpdate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::WebsitePatch patch{.name = std::move(body->name),
                              .url = text_of(std::move(body->url)),
                              .description = text_of(std::move(body->description)),
                              .rotation_url = text_of(std::move(body->rotation_url)),
                              .validity_hours = body->validity_hours,
                              .after_rental = body->after_rental,
                              .rotation = body->rotation};
  Result<SavedWebsite> saved = co_await services->websites->update(call.who.actor, *id, std::move(patch));
  if (!saved) co_return std::unexpected(saved.error());
  co_return net::json_reply(200, saved_json(*saved));
}

Task<Result<Reply>> delete_website(const Services* services, Call call) {
  const Result<WebsiteId> id = path_id<WebsiteId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<void> removed = co_await services->websites->remove(call.who.actor, *id);
  if (!removed) co_return std::unexpected(removed.error());
  co_return no_content();
}

Task<Result<Reply>> renew_rotation_secret(const Services* services, Call call) {
  const Result<WebsiteId> id = path_id<WebsiteId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<SavedWebsite> saved = co_await services->websites->renew_secret(call.who.actor, *id, once_of(call, 200));
  if (!saved) co_return std::unexpected(saved.error());
  co_return net::json_reply(200, saved_json(*saved));
}

}  // namespace keyledger::api
