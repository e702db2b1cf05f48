#include "service/rentals/websites.h"

#include "api/handlers.h"
#include "api/listing.h"
#include "api/patch.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

using keyledger::rentals::AfterRental;
using keyledger::rentals::Rotation;
using keyledger::rentals::WebsiteSort;
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

constexpr std::string_view kList = "websites";

Result<service::WebsiteQuery> website_query(const net::Request& request) {
  Result<ListPage<WebsiteSort>> page = query_page<WebsiteSort>(request, kList, {WebsiteSort::name});
  if (!page) return std::unexpected(page.error());
  Result<std::optional<std::string>> search = query_text(request, "q");
  if (!search) return std::unexpected(search.error());
  return service::WebsiteQuery{std::move(*page), std::move(*search).value_or("")};
}

std::vector<std::string> cells_of(const WebsiteView& website) {
  return {std::to_string(website.id.value),
          website.name,
          website.url,
          std::to_string(website.validity_hours),
          std::to_string(website.account_count),
          std::to_string(website.free_count),
          std::to_string(website.accounts.rented),
          std::to_string(website.accounts.needs_rotation),
          std::to_string(website.accounts.exception),
          cell(website.after_rental),
          cell(website.rotation),
          website.description,
          to_rfc3339(website.created_at)};
}

}  // namespace

Task<Result<Reply>> list_websites(const Services* services, Call call) {
  Result<service::WebsiteQuery> query = website_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  Result<Listed<WebsiteView>> websites = co_await services->websites->list(std::move(*query));
  if (!websites) co_return std::unexpected(websites.error());
  co_return listed_reply(call.request, kList, *websites);
}

Task<Result<Reply>> list_websites_csv(const Services* services, Call call) {
  Result<service::WebsiteQuery> query = website_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  CsvListing<service::WebsiteQuery, WebsiteView> table{
      "websites.csv",
      {"id", "name", "url", "validity_hours", "accounts", "free", "rented", "needs_rotation", "put_aside",
       "after_rental", "rotation", "description", "created_at"},
      [](const Services* from, service::WebsiteQuery page) { return from->websites->list(std::move(page)); },
      &cells_of};
  Result<Reply> reply = co_await csv_list(services, std::move(table), std::move(*query));
  co_return reply;
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
