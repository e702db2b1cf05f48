#include "api/documents.h"

#include "api/handlers.h"
#include "api/replies.h"

namespace keyledger::api {
Task<Result<Reply>> get_description(const Services*, Call) {
  co_return text_reply(openapi_json(), "application/json");
}

Task<Result<Reply>> get_docs(const Services*, Call) {
  co_return text_reply(docs_html(), "text/html; charset=utf-8");
}

Task<Result<Reply>> get_docs_style(const Services*, Call) {
  co_return text_reply(docs_css(), "text/css; charset=utf-8");
}

}  // namespace keyledger::api
