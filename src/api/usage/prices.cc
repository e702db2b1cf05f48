#include "service/usage/prices.h"

#include "api/handlers.h"
#include "api/query.h"
#include "api/replies.h"

namespace keyledger::api {

using service::CatalogueView;

Task<Result<Reply>> list_prices(const Services* services, Call call) {
  service::PriceQuery query;
  const Result<std::int64_t> limit = page_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const Result<std::optional<std::int64_t>> offset = read_cursor(call.request, "prices");
  if (!offset) co_return std::unexpected(offset.error());
  Result<std::optional<std::string>> provider = query_text(call.request, "provider");
  if (!provider) co_return std::unexpected(provider.error());
  Result<std::optional<std::string>> search = query_text(call.request, "q");
  if (!search) co_return std::unexpected(search.error());
  query.limit = *limit;
  query.offset = std::max<std::int64_t>(0, offset->value_or(0));
  query.provider = std::move(*provider);
  query.search = std::move(*search).value_or("");
  const std::vector<service::PriceLine> lines = services->prices->list(query);
  json::Writer out;
  out.begin_object();
  write_page(out, lines, query.limit,
             [&](const service::PriceLine&) { return make_cursor("prices", query.offset + query.limit); });
  out.name("catalogue");
  json::write(out, services->prices->view());
  out.end_object();
  co_return net::json_reply(200, out.take());
}

Task<Result<Reply>> replace_prices(const Services* services, Call call) {
  Result<CatalogueView> view =
      co_await services->prices->replace(call.who.actor, std::move(call.request.body), "PUT /api/prices");
  if (!view) co_return std::unexpected(view.error());
  co_return ok(*view);
}

Task<Result<Reply>> reset_prices(const Services* services, Call call) {
  Result<CatalogueView> view = co_await services->prices->reset(call.who.actor);
  if (!view) co_return std::unexpected(view.error());
  co_return ok(*view);
}

}  // namespace keyledger::api
