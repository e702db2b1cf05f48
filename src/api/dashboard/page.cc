// The first page: signing in, and a plain list of what the keys cost.
#include "api/handlers.h"
#include "api/replies.h"
#include "embedded/page_html.h"
#include "embedded/page_icon.h"
#include "embedded/page_script.h"
#include "embedded/page_style.h"

namespace keyledger::api {
Task<Result<Reply>> get_page(const Services*, Call) {
  co_return text_reply(embedded::page_html(), "text/html; charset=utf-8");
}

Task<Result<Reply>> get_page_script(const Services*, Call) {
  co_return text_reply(embedded::page_script(), "text/javascript; charset=utf-8");
}

Task<Result<Reply>> get_page_style(const Services*, Call) {
  co_return text_reply(embedded::page_style(), "text/css; charset=utf-8");
}

Task<Result<Reply>> get_page_icon(const Services*, Call) {
  co_return text_reply(embedded::page_icon(), "image/svg+xml");
}

}  // namespace keyledger::api
