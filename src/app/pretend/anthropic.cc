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

Page page_of(const Request& request, Instant now) {
  const bool hourly = request.query_value("bucket_width") == "1h";
  return cut_page(time_of(request, "starting_at", now), time_of(request, "ending_at", now),
                  hourly ? std::chrono::seconds{3600} : std::chrono::seconds{86'400},
                  number(request, "limit", hourly ? 24 : 7), request.query_value("page").value_or(""));
}

std::string buckets(const Page& page, const std::function<void(Writer&, Instant)>& write) {
  Writer out;
  out.begin_object().name("data").begin_array();
  for (const Instant start : page.starts) {
    out.begin_object().name("starting_at").string(to_rfc3339(start));
    out.name("ending_at").string(to_rfc3339(start + page.width)).name("results").begin_array();
    write(out, start);
    out.end_array().end_object();
  }
  out.end_array().name("has_more").boolean(!page.next.empty()).name("next_page");
  page.next.empty() ? out.null() : out.string(page.next);
  return out.end_object().take();
}

std::string messages(const Request& request, Instant now) {
  const Page page = page_of(request, now);
  return buckets(page, [&](Writer& out, Instant start) {
    for (const Stream& stream : anthropic_streams()) {
      const Figures figures = page.width == std::chrono::hours{1} ? figures_of_hour(stream, start, now)
                                                                  : figures_of_day(stream, day_of(start), now);
      if (figures.requests == 0) continue;
      out.begin_object().name("uncached_input_tokens").integer(figures.input - figures.cached);
      out.name("cache_creation").begin_object().name("ephemeral_1h_input_tokens").integer(0);
      out.name("ephemeral_5m_input_tokens").integer(0).end_object();
      out.name("cache_read_input_tokens").integer(figures.cached).name("output_tokens").integer(figures.output);
      out.name("server_tool_use").begin_object().name("web_search_requests").integer(0).end_object();
      out.name("api_key_id").string(stream.remote_key).name("workspace_id").string(stream.project);
      out.name("model").string(stream.model).name("service_tier").string("standard");
      out.name("context_window").string("0-200k").end_object();
    }
  });
}

std::string costs(const Request& request, Instant now) {
  const Page page = page_of(request, now);
  return buckets(page, [&](Writer& out, Instant start) {
    for (const Stream& stream : anthropic_streams()) {
      const Figures figures = figures_of_day(stream, day_of(start), now);
      for (const auto& [part, type] : {std::pair{Part::input, "uncached_input_tokens"},
                                       {Part::cached, "cache_read_input_tokens"},
                                       {Part::output, "output_tokens"}}) {
        const std::int64_t picos = cost_picos(stream, figures, part);
        if (picos == 0) continue;
        out.begin_object().name("amount").string(picos_text(picos, kCentsPerUnit)).name("currency").string("USD");
        out.name("description").string(stream.model + " usage, " + type).name("cost_type").string("tokens");
        out.name("token_type").string(type).name("model").string(stream.model).name("service_tier").string("standard");
        out.name("workspace_id").string(stream.project).end_object();
      }
    }
  });
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
  get("/organizations/usage_report/messages", true,
      [clock](const Request& request) { return messages(request, clock->now()); });
  get("/organizations/cost_report", true, [clock](const Request& request) { return costs(request, clock->now()); });
  // The newer reports are not played: Keyledger falls back to the older ones, as it does where they are not enabled.
  for (const char* report : {"usage", "cost"}) {
    routes.push_back(route(net::Method::get, std::string{"/anthropic/v1/organizations/analytics/"} + report,
                           [](const Request&) { return refused(404, "not_found_error", "Not found."); }));
  }
  get("/organizations/spend_limits", true,
      [](const Request&) { return std::string{R"({"data":[],"has_more":false,"next_page":null})"}; });
}

}  // namespace keyledger::app::pretend
