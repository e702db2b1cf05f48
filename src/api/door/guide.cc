#include "api/door/guide.h"

#include <algorithm>

#include "api/handlers.h"
#include "api/replies.h"
#include "embedded/guide_page.h"
#include "embedded/guide_style.h"

namespace keyledger::api {
namespace {

constexpr std::string_view kFallback = "http://127.0.0.1:5000";

void append_escaped(std::string& out, std::string_view text) {
  for (const char letter : text) {
    switch (letter) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += letter;
    }
  }
}

bool is_plain_host(std::string_view host) {
  const auto plain = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           std::string_view{".-:[]"}.find(letter) != std::string_view::npos;
  };
  return !host.empty() && std::ranges::all_of(host, plain);
}

}  // namespace

std::string fill_guide(std::string_view template_text, const GuideFacts& facts) {
  const std::pair<std::string_view, std::string_view> places[] = {
      {"{{base_url}}", facts.base_url}, {"{{prefix}}", facts.prefix}, {"{{timezone}}", facts.timezone}};
  std::string out;
  out.reserve(template_text.size() + template_text.size() / 8);
  while (!template_text.empty()) {
    const std::size_t brace = template_text.find("{{");
    out += template_text.substr(0, brace);
    if (brace == std::string_view::npos) break;
    template_text.remove_prefix(brace);
    const auto place = std::ranges::find_if(
        places, [template_text](const auto& each) { return template_text.starts_with(each.first); });
    check_invariant(place != std::end(places), "the guide has no other places to fill in");
    append_escaped(out, place->second);
    template_text.remove_prefix(place->first.size());
  }
  return out;
}

std::string base_url_for(const net::Request& request, std::string_view public_url) {
  if (!public_url.empty()) return std::string{public_url.substr(0, public_url.find_last_not_of('/') + 1)};
  const std::string_view host = request.headers.find("Host").value_or("");
  if (!is_plain_host(host)) return std::string{kFallback};
  return (request.peer.tls ? "https://" : "http://") + std::string{host};
}

Task<Result<Reply>> get_guide(const Services* services, Call call) {
  const GuideFacts facts{base_url_for(call.request, services->public_url), services->settings->get().key_prefix,
                         services->settings->get().timezone};
  co_return text_reply(fill_guide(embedded::guide_page(), facts), "text/html; charset=utf-8");
}

Task<Result<Reply>> get_guide_style(const Services*, Call) {
  co_return text_reply(embedded::guide_style(), "text/css; charset=utf-8");
}

}  // namespace keyledger::api
