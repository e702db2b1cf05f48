#include "api/usage/queries.h"

#include "api/query.h"
#include "api/range.h"

namespace keyledger::api {
namespace {

using service::UsageKeyQuery;
using service::UsageKeySort;
using service::UsageQuery;

BOOST_DEFINE_ENUM_CLASS(Order, asc, desc)

/// The words of a list with commas between; one that is repeated counts once.
template <typename T>
Result<std::vector<T>> query_words(const net::Request& request, std::string_view name) {
  std::vector<T> words;
  const std::optional<std::string_view> text = request.query_value(name);
  if (!text) return words;
  for (std::size_t begin = 0; begin <= text->size();) {
    const std::size_t end = std::min(text->find(',', begin), text->size());
    net::Request single;  // so that a word of a list is read, and refused, as a word that stands alone
    single.query.emplace_back(name, text->substr(begin, end - begin));
    const Result<std::optional<T>> word = query_word<T>(single, name);
    if (!word) return std::unexpected(word.error());
    if (std::ranges::find(words, **word) == words.end()) words.push_back(**word);
    begin = end + 1;
  }
  return words;
}

/// Figures and times begin with the largest, words with the first.
bool descends(UsageKeySort sort) {
  return sort != UsageKeySort::name && sort != UsageKeySort::account && sort != UsageKeySort::status;
}

Result<UsageQuery> narrowed_query(const net::Request& request) {
  const Result<RangeAsked> range = query_range(request);
  if (!range) return std::unexpected(range.error());
  const Result<std::optional<AccountId>> account = query_id<AccountId>(request, "account_id");
  if (!account) return std::unexpected(account.error());
  const Result<std::optional<ProviderKeyId>> key = query_id<ProviderKeyId>(request, "key_id");
  if (!key) return std::unexpected(key.error());
  Result<std::optional<std::string>> provider = query_text(request, "provider");
  if (!provider) return std::unexpected(provider.error());
  UsageQuery query{.days = range->days, .from = range->from, .to = range->to};
  query.account_id = *account;
  query.key_id = *key;
  query.provider = std::move(*provider);
  return query;
}

}  // namespace

Result<UsageQuery> usage_query(const net::Request& request) {
  Result<UsageQuery> query = narrowed_query(request);
  if (!query) return query;
  Result<std::vector<service::GroupBy>> group_by = query_words<service::GroupBy>(request, "group_by");
  if (!group_by) return std::unexpected(group_by.error());
  Result<std::vector<service::UsagePart>> parts = query_words<service::UsagePart>(request, "parts");
  if (!parts) return std::unexpected(parts.error());
  query->group_by = std::move(*group_by);
  query->parts = std::move(*parts);
  return query;
}

Result<UsageKeyQuery> usage_key_query(const net::Request& request) {
  Result<UsageQuery> usage = narrowed_query(request);
  if (!usage) return std::unexpected(usage.error());
  Result<std::optional<std::string>> status = query_text(request, "status");
  if (!status) return std::unexpected(status.error());
  const Result<std::optional<service::OwnerKind>> kind = query_word<service::OwnerKind>(request, "kind");
  if (!kind) return std::unexpected(kind.error());
  Result<std::optional<std::string>> search = query_text(request, "q");
  if (!search) return std::unexpected(search.error());
  const Result<std::optional<UsageKeySort>> sort = query_word<UsageKeySort>(request, "sort");
  if (!sort) return std::unexpected(sort.error());
  const Result<std::optional<Order>> order = query_word<Order>(request, "order");
  if (!order) return std::unexpected(order.error());
  UsageKeyQuery query{.usage = std::move(*usage),
                      .status = std::move(*status),
                      .kind = *kind,
                      .search = std::move(*search).value_or(""),
                      .sort = sort->value_or(UsageKeySort::cost)};
  query.descending = *order ? **order == Order::desc : descends(query.sort);
  return query;
}

}  // namespace keyledger::api
