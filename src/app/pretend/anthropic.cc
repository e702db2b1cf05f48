#include "app/pretend/answers.h"

namespace keyledger::app::pretend {
namespace {

using json::Writer;

constexpr std::int64_t kCentsPerUnit = 100;

Reply refused(unsigned status, std::string_view type, std::string_view message) {
  Writer out;
  out.begin_object().name("type").string("error").name("error").begin_object().name("type").string(type);
  out.name("message").string(message).end_object().name("request_id").string("req_demo").end_object();
  return net::json_reply(status, out.take());
}

Reply guarded(const Request& request, bool admin_only, const std::function<std::string()>& body) {
  static const std::vector<DemoKey> kKeys = anthropic_keys();
  const DemoKey* key = caller(kKeys, request);
  if (key == nullptr) return refused(401, "authentication_error", "invalid x-api-key");
  if (admin_only && !key->admin) {
    return refused(403, "permission_error", "This credential may not use the Admin API.");
  }
  if (!admin_only && key->admin) return refused(401, "authentication_error", "invalid x-api-key");
  return net::json_reply(200, body());
}

std::string end_list(Writer& out) {
  return out.end_array()
      .name("has_more")
      .boolean(false)
      .name("first_id")
      .null()
      .name("last_id")
      .null()
      .end_object()
      .take();
}

std::string models() {
  Writer out;
  out.begin_object().name("data").begin_array();
  for (const auto& [id, name] :
       {std::pair{"claude-opus-5-5", "Claude Opus 5.5"}, {"claude-sonnet-5", "Claude Sonnet 5"}}) {
    out.begin_object().name("type").string("model").name("id").string(id).name("display_name").string(name);
    out.name("created_at").string("2026-05-01T00:00:00Z").end_object();
  }
  return end_list(out);
}

std::string workspaces() {
  Writer out;
  out.begin_object().name("data").begin_array();
  out.begin_object().name("id").string(anthropic_keys()[1].project).name("type").string("workspace");
  out.name("name").string("Production").name("created_at").string("2026-01-05T08:00:00Z");
  out.name("archived_at").null().end_object();
  return end_list(out);
}

std::string api_keys() {
  Writer out;
  out.begin_object().name("data").begin_array();
  for (const DemoKey& key : anthropic_keys()) {
    if (key.admin) continue;
    const std::string hint = key.text.substr(0, 16) + "..." + key.text.substr(key.text.size() - 4);
    out.begin_object().name("id").string(key.remote_id).name("type").string("api_key").name("name").string(key.name);
    out.name("status").string("active").name("partial_key_hint").string(hint);
    out.name("created_at").string("2026-01-05T08:00:00Z").name("expires_at").null();
    out.name("workspace_id").string(key.project).end_object();
  }
  return end_list(out);
}

/// RFC 3339, or now.
Instant time_of(const Request& request, std::string_view name, Instant now) {
  return parse_rfc3339(request.query_value(name).value_or("")).value_or(now);
}

/// The buckets of a report, all of them: 31 days of what is made up here are far under the provider's 1,000 rows.
Page page_of(const Request& request, Instant now) {
  const bool hourly = request.query_value("time_bucket_width") == "1h";
  constexpr std::int64_t kBucketsMax = 31 * 24;
  return cut_page(time_of(request, "starting_at", now), time_of(request, "ending_at", now),
                  hourly ? std::chrono::seconds{3600} : std::chrono::seconds{86'400}, kBucketsMax, "");
}

Figures figures_of(const Stream& stream, const Page& page, Instant start, Instant now) {
  return page.width == std::chrono::hours{1} ? figures_of_hour(stream, start, now)
                                             : figures_of_day(stream, day_of(start), now);
}

/// Begins a row of a report, up to the end of its group but for the bracket.
void begin_row(Writer& out, const Page& page, Instant start, const Stream& stream) {
  out.begin_object().name("starting_at").string(to_rfc3339(start));
  out.name("ending_at").string(to_rfc3339(start + page.width)).name("group").begin_object();
  out.name("api_key_id").string(stream.remote_key).name("model").string(stream.model);
  out.name("workspace_id").string(stream.project);
}

std::string end_report(Writer& out, Instant now) {
  out.end_array().name("has_more").boolean(false).name("next_page").null();
  return out.name("data_refreshed_at").string(to_rfc3339(now)).end_object().take();
}

std::string usage(const Request& request, Instant now) {
  const Page page = page_of(request, now);
  Writer out;
  out.begin_object().name("data").begin_array();
  for (const Instant start : page.starts) {
    for (const Stream& stream : anthropic_streams()) {
      const Figures figures = figures_of(stream, page, start, now);
      if (figures.requests == 0) continue;
      begin_row(out, page, start, stream);
      out.name("service_tier").string("standard").end_object().name("usage").begin_object();
      out.name("uncached_input_tokens").integer(figures.input - figures.cached).name("cache_creation").begin_object();
      out.name("ephemeral_5m_input_tokens").integer(0).name("ephemeral_1h_input_tokens").integer(0).end_object();
      out.name("cache_read_input_tokens").integer(figures.cached).name("output_tokens").integer(figures.output);
      out.name("total_tokens").integer(figures.input + figures.output).name("requests").integer(figures.requests);
      out.name("server_tool_use").begin_object().name("web_search_requests").integer(0).end_object();
      out.end_object().end_object();
    }
  }
  return end_report(out, now);
}

std::string costs(const Request& request, Instant now) {
  const Page page = page_of(request, now);
  Writer out;
  out.begin_object().name("data").begin_array();
  for (const Instant start : page.starts) {
    for (const Stream& stream : anthropic_streams()) {
      const Figures figures = figures_of(stream, page, start, now);
      for (const auto& [part, type] : {std::pair{Part::input, "uncached_input_tokens"},
                                       {Part::cached, "cache_read_input_tokens"},
                                       {Part::output, "output_tokens"}}) {
        const std::int64_t picos = cost_picos(stream, figures, part);
        if (picos == 0) continue;
        begin_row(out, page, start, stream);
        out.name("cost_type").string("tokens").name("token_type").string(type).end_object().name("cost").begin_object();
        out.name("amount").string(picos_text(picos, kCentsPerUnit));
        out.name("list_amount").string(picos_text(picos, kCentsPerUnit));
        out.name("currency").string("USD").name("requests").null().end_object().end_object();
      }
    }
  }
  return end_report(out, now);
}

}  // namespace

void add_anthropic(std::vector<net::Route>& routes, const Clock* clock) {
  const auto get = [&routes](std::string pattern, bool admin, std::function<std::string(const Request&)> body) {
    routes.push_back(route(net::Method::get, "/anthropic/v1" + pattern, [admin, body](const Request& request) {
      return guarded(request, admin, [&] { return body(request); });
    }));
  };
  get("/models", false, [](const Request&) { return models(); });
  get("/organizations/me", true, [](const Request&) {
    return std::string{R"({"id":"00000000-0000-4000-8000-00000000de30","type":"organization","name":"Example Works"})"};
  });
  get("/organizations/workspaces", true, [](const Request&) { return workspaces(); });
  get("/organizations/api_keys", true, [](const Request&) { return api_keys(); });
  get("/organizations/analytics/usage", true, [clock](const Request& request) { return usage(request, clock->now()); });
  get("/organizations/analytics/cost", true, [clock](const Request& request) { return costs(request, clock->now()); });
  // The older reports serve what lies before the analytics begin; the made-up organization did nothing then.
  for (const char* path : {"spend_limits", "usage_report/messages", "cost_report"}) {
    get(std::string{"/organizations/"} + path, true,
        [](const Request&) { return std::string{R"({"data":[],"has_more":false,"next_page":null})"}; });
  }
}

}  // namespace keyledger::app::pretend
