#include "app/pretend/answers.h"

namespace keyledger::app::pretend {
namespace {

using json::Writer;

Reply refused(unsigned status, std::string_view message, std::string_view code) {
  Writer out;
  out.begin_object().name("error").begin_object().name("message").string(message);
  out.name("type").string("invalid_request_error").name("param").null().name("code");
  code.empty() ? out.null() : out.string(code);
  return net::json_reply(status, out.end_object().end_object().take());
}

/// The answer for a caller who may, else the refusal that OpenAI would give.
Reply guarded(const Request& request, bool admin_only, const std::function<std::string()>& body) {
  static const std::vector<DemoKey> kKeys = openai_keys();
  const DemoKey* key = caller(kKeys, request);
  if (key == nullptr) return refused(401, "Incorrect API key provided. It was made up or revoked.", "invalid_api_key");
  if (admin_only && !key->admin) {
    return refused(403, "You have insufficient permissions for this operation. Missing scopes: api.usage.read.", "");
  }
  if (!admin_only && key->admin) {
    return refused(403, "You have insufficient permissions for this operation. Missing scopes: api.model.read.", "");
  }
  return net::json_reply(200, body());
}

void begin_list(Writer& out) {
  out.begin_object().name("object").string("list").name("data").begin_array();
}
std::string end_list(Writer& out) {
  return out.end_array().name("has_more").boolean(false).end_object().take();
}

std::string models() {
  Writer out;
  begin_list(out);
  for (const char* model : {"gpt-6-astra", "gpt-6-luna", "gpt-6-sol", "text-embedding-3-small"}) {
    out.begin_object().name("id").string(model).name("object").string("model");
    out.name("created").integer(1780000000).name("owned_by").string("openai").end_object();
  }
  return end_list(out);
}

std::string keys_of(const std::function<bool(const DemoKey&)>& wanted, std::string_view object) {
  Writer out;
  begin_list(out);
  for (const DemoKey& key : openai_keys()) {
    if (!wanted(key) || key.revoked) continue;
    out.begin_object().name("object").string(object).name("id").string(key.remote_id).name("name").string(key.name);
    out.name("redacted_value").string(redacted(key)).name("created_at").integer(1780000000);
    out.name("last_used_at").null().end_object();
  }
  return end_list(out);
}

std::string projects() {
  Writer out;
  begin_list(out);
  for (const auto& [id, name] : {std::pair{"proj_demo_chat", "Chat"}, {"proj_demo_search", "Search"}}) {
    out.begin_object().name("object").string("organization.project").name("id").string(id).name("name").string(name);
    out.name("status").string("active").name("created_at").integer(1780000000).name("archived_at").null().end_object();
  }
  return end_list(out);
}

Page page_of(const Request& request, Instant now) {
  const bool hourly = request.query_value("bucket_width") == "1h";
  const std::int64_t start = number(request, "start_time", 0);
  const std::int64_t end = number(request, "end_time", to_millis(now) / 1000);
  return cut_page(Instant{std::chrono::seconds{start}}, Instant{std::chrono::seconds{end}},
                  hourly ? std::chrono::seconds{3600} : std::chrono::seconds{86'400},
                  number(request, "limit", hourly ? 24 : 7), request.query_value("page").value_or(""));
}

/// {"object":"page","data":[{bucket}, ...]} with the results that `write` puts into each.
std::string buckets(const Page& page, const std::function<void(Writer&, Instant)>& write) {
  Writer out;
  out.begin_object().name("object").string("page").name("data").begin_array();
  for (const Instant start : page.starts) {
    out.begin_object().name("object").string("bucket").name("start_time").integer(to_millis(start) / 1000);
    out.name("end_time").integer(to_millis(start + page.width) / 1000).name("results").begin_array();
    write(out, start);
    out.end_array().end_object();
  }
  out.end_array().name("has_more").boolean(!page.next.empty()).name("next_page");
  page.next.empty() ? out.null() : out.string(page.next);
  return out.end_object().take();
}

Figures figures_of(const Stream& stream, const Page& page, Instant start, Instant now) {
  return page.width == std::chrono::hours{1} ? figures_of_hour(stream, start, now)
                                             : figures_of_day(stream, day_of(start), now);
}

std::string usage(const Request& request, std::string_view kind, Instant now) {
  const Page page = page_of(request, now);
  return buckets(page, [&](Writer& out, Instant start) {
    for (const Stream& stream : openai_streams()) {
      const bool embedding = stream.model.starts_with("text-embedding");
      if (kind != (embedding ? "embeddings" : "completions")) continue;
      const Figures figures = figures_of(stream, page, start, now);
      if (figures.requests == 0) continue;
      out.begin_object().name("object").string("organization.usage." + std::string{kind} + ".result");
      out.name("input_tokens").integer(figures.input).name("num_model_requests").integer(figures.requests);
      if (!embedding) {
        out.name("output_tokens").integer(figures.output).name("input_cached_tokens").integer(figures.cached);
        out.name("input_uncached_tokens").integer(figures.input - figures.cached).name("batch").boolean(false);
        out.name("service_tier").string("default");
      }
      out.name("project_id").string(stream.project).name("user_id").null();
      out.name("api_key_id").string(stream.remote_key).name("model").string(stream.model).end_object();
    }
  });
}

std::string costs(const Request& request, Instant now) {
  const Page page = page_of(request, now);
  return buckets(page, [&](Writer& out, Instant start) {
    for (const Stream& stream : openai_streams()) {
      const Figures figures = figures_of_day(stream, day_of(start), now);
      for (const auto& [part, word] : {std::pair{Part::input, "input_tokens"},
                                       {Part::cached, "cached input_tokens"},
                                       {Part::output, "output_tokens"}}) {
        const std::int64_t picos = cost_picos(stream, figures, part);
        if (picos == 0) continue;
        out.begin_object().name("object").string("organization.costs.result").name("amount").begin_object();
        out.name("value").string(picos_text(picos)).name("currency").string("usd").end_object();
        out.name("line_item").string(stream.model + ", " + word).name("project_id").string(stream.project);
        out.name("api_key_id").string(stream.remote_key).end_object();
      }
    }
  });
}

}  // namespace

void add_openai(std::vector<net::Route>& routes, const Clock* clock) {
  const auto get = [&routes](std::string pattern, bool admin, std::function<std::string(const Request&)> body) {
    routes.push_back(route(net::Method::get, "/openai" + pattern, [admin, body](const Request& request) {
      return guarded(request, admin, [&] { return body(request); });
    }));
  };
  get("/models", false, [](const Request&) { return models(); });
  get("/organization/projects", true, [](const Request&) { return projects(); });
  get("/organization/admin_api_keys", true, [](const Request&) {
    return keys_of([](const DemoKey& key) { return key.admin; }, "organization.admin_api_key");
  });
  get("/organization/projects/{id}/api_keys", true, [](const Request& request) {
    const std::string project{request.parameter("id").value_or("")};
    return keys_of([&project](const DemoKey& key) { return !key.admin && key.project == project; },
                   "organization.project.api_key");
  });
  get("/organization/usage/{kind}", true,
      [clock](const Request& request) { return usage(request, request.parameter("kind").value_or(""), clock->now()); });
  get("/organization/costs", true, [clock](const Request& request) { return costs(request, clock->now()); });
  get("/organization/spend_limit", true, [](const Request&) {
    return std::string{R"({"object":"organization.spend_limit","threshold_amount":200000,"currency":"USD",)"
                       R"("interval":"month","enforcement":{"status":"inactive"}})"};
  });
}

}  // namespace keyledger::app::pretend
