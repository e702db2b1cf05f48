#include "json/read.h"

#include <gtest/gtest.h>

namespace keyledger::json {
namespace {

BOOST_DEFINE_ENUM_CLASS(Metric, requests, rentals)

struct LimitBody {
  Metric metric = Metric::requests;
  std::int64_t value = 0;
};
BOOST_DESCRIBE_STRUCT(LimitBody, (), (metric, value))

struct Named {
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(Named, (), (name))

struct Body : Named {
  bool active = false;
  std::int64_t count = 0;
  Secret full_key{};
  Metric metric = Metric::requests;
  Instant at{};
  Day day{};
  AccountId account_id{};
  LimitBody limit{};
  std::optional<std::string> notes{};
  Patch<std::string> title{};
  Patch<LimitBody> patch_limit{};
  std::vector<LimitBody> limits{};
  std::vector<std::string> tags{};
};
BOOST_DESCRIBE_STRUCT(Body, (Named),
                      (active, count, full_key, metric, at, day, account_id, limit, notes, title, patch_limit, limits,
                       tags))

/// A body with all that has to be there; `changes` replaces or adds members, an empty text takes one out.
std::string body(std::map<std::string, std::string> changes = {}) {
  std::map<std::string, std::string> members = {
      {"name", R"("x")"},
      {"active", "true"},
      {"count", "3"},
      {"full_key", R"("made-up-key")"},
      {"metric", R"("rentals")"},
      {"at", R"("2026-11-21T20:14:05Z")"},
      {"day", R"("2026-11-21")"},
      {"account_id", "17"},
      {"limit", R"({"metric":"requests","value":100})"},
  };
  for (const auto& [name, value] : changes) members[name] = value;
  std::string text;
  for (const auto& [name, value] : members) {
    if (!value.empty()) text += (text.empty() ? "" : ",") + ("\"" + name + "\":" + value);
  }
  return "{" + text + "}";
}

TEST(JsonRead, FillsAStruct) {
  const Result<Body> read = read_body<Body>(body());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->name, "x");
  EXPECT_TRUE(read->active);
  EXPECT_EQ(read->count, 3);
  EXPECT_EQ(read->full_key.reveal(), "made-up-key");
  EXPECT_EQ(read->metric, Metric::rentals);
  EXPECT_EQ(to_rfc3339(read->at), "2026-11-21T20:14:05Z");
  EXPECT_EQ(to_string(read->day), "2026-11-21");
  EXPECT_EQ(read->account_id, AccountId{17});
  EXPECT_EQ(read->limit.value, 100);
  EXPECT_EQ(read->notes, std::nullopt);
  EXPECT_FALSE(read->title.present);
  EXPECT_TRUE(read->limits.empty());
}

TEST(JsonRead, ReadsNestedStructsAndLists) {
  const Result<Body> read = read_body<Body>(body(
      {{"limits", R"([{"metric":"rentals","value":1},{"value":2,"metric":"requests"}])"}, {"tags", R"(["a","b"])"}}));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->limits.size(), 2U);
  EXPECT_EQ(read->limits[0].metric, Metric::rentals);
  EXPECT_EQ(read->limits[1].value, 2);
  EXPECT_EQ(read->tags, (std::vector<std::string>{"a", "b"}));
}

TEST(JsonRead, APatchTellsAbsentNullAndAValueApart) {
  EXPECT_FALSE(read_body<Body>(body())->title.present);
  const Result<Body> null = read_body<Body>(body({{"title", "null"}}));
  EXPECT_TRUE(null->title.present);
  EXPECT_EQ(null->title.value, std::nullopt);
  const Result<Body> value =
      read_body<Body>(body({{"title", R"("t")"}, {"patch_limit", R"({"metric":"rentals","value":5})"}}));
  EXPECT_TRUE(value->title.present);
  EXPECT_EQ(value->title.value, "t");
  EXPECT_EQ(value->patch_limit.value->value, 5);
}

TEST(JsonRead, AnOptionalMayBeAbsentOrNull) {
  EXPECT_EQ(read_body<Body>(body({{"notes", "null"}}))->notes, std::nullopt);
  EXPECT_EQ(read_body<Body>(body({{"notes", R"("")"}}))->notes, "");
}

TEST(JsonRead, EachErrorNamesTheFieldAndItsReason) {
  const struct {
    const char* member;
    std::string value;  // empty: left out
    const char* field;
    const char* reason;
  } cases[] = {
      {"name", "", "name", "missing_field"},
      {"count", "", "count", "missing_field"},
      {"limit", "", "limit", "missing_field"},
      {"full_key", "", "full_key", "missing_field"},
      {"name", "null", "name", "wrong_type"},
      {"name", "1", "name", "wrong_type"},
      {"active", "1", "active", "wrong_type"},
      {"active", "\"true\"", "active", "wrong_type"},
      {"count", "\"3\"", "count", "wrong_type"},
      {"count", "1.5", "count", "wrong_type"},
      {"count", "1e400", "count", "wrong_type"},
      {"count", "9223372036854775808", "count", "wrong_type"},
      {"count", "18446744073709551616", "count", "wrong_type"},
      {"full_key", "123", "full_key", "wrong_type"},
      {"metric", "1", "metric", "wrong_type"},
      {"metric", "\"tokens\"", "metric", "unknown_value"},
      {"metric", "\"Requests\"", "metric", "unknown_value"},
      {"metric", "\"requests\\u0000x\"", "metric", "unknown_value"},
      {"metric", "\"\"", "metric", "unknown_value"},
      {"at", "5", "at", "wrong_type"},
      {"at", "\"yesterday\"", "at", "malformed_time"},
      {"day", "5", "day", "wrong_type"},
      {"day", "\"2026-02-29\"", "day", "malformed_day"},
      {"account_id", "\"17\"", "account_id", "wrong_type"},
      {"limit", "5", "limit", "wrong_type"},
      {"limit", "null", "limit", "wrong_type"},
      {"limit", R"({"metric":"requests"})", "limit.value", "missing_field"},
      {"limit", R"({"metric":"requests","value":"1"})", "limit.value", "wrong_type"},
      {"limit", R"({"metric":"x","value":1})", "limit.metric", "unknown_value"},
      {"limit", R"({"metric":"requests","value":1,"extra":2})", "limit.extra", "unknown_field"},
      {"limits", "{}", "limits", "wrong_type"},
      {"limits", "null", "limits", "wrong_type"},
      {"limits", R"([{"metric":"requests","value":1},{"metric":"requests"}])", "limits[1].value", "missing_field"},
      {"limits", "[1]", "limits[0]", "wrong_type"},
      {"tags", R"(["a",null])", "tags[1]", "wrong_type"},
      {"notes", "5", "notes", "wrong_type"},
      {"title", "5", "title", "wrong_type"},
      {"unheard_of", "1", "unheard_of", "unknown_field"},
      {"Name", "1", "Name", "unknown_field"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.member) + ": " + c.value);
    const Result<Body> read = read_body<Body>(body({{c.member, c.value}}));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::invalid_argument);
    EXPECT_EQ(read.error().field, c.field);
    EXPECT_EQ(read.error().reason, c.reason);
    EXPECT_NE(read.error().message.find(c.field), std::string::npos) << read.error().message;
  }
}

TEST(JsonRead, AnUnknownValueIsToldWhatWouldBeRight) {
  EXPECT_EQ(read_body<Body>(body({{"metric", "\"tokens\""}})).error().message, "metric is one of requests, rentals.");
}

TEST(JsonRead, ALongNameIsCutInTheMessage) {
  const std::string name(1000, 'n');
  const Result<Body> read = read_body<Body>(body({{name, "1"}}));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().field, name.substr(0, 64));
  EXPECT_LT(read.error().message.size(), 200U);
}

TEST(JsonRead, TheBodyHasToBeAnObject) {
  for (const char* text : {"[]", "null", "1", "\"x\"", "true"}) {
    const Result<Body> read = read_body<Body>(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().reason, "wrong_type");
    EXPECT_EQ(read.error().field, "");
    EXPECT_TRUE(read.error().message.starts_with("The body has to be an object")) << read.error().message;
  }
  EXPECT_EQ(read_body<Body>("{").error().reason, "malformed_json");
  EXPECT_EQ(read_body<Body>(R"({"name":"a","name":"b"})").error().reason, "duplicate_field");
}

TEST(JsonRead, LongTextsAreMovedAndNotCopied) {
  const std::string long_key(1 << 20, 'k');
  Result<Value> value = parse(body({{"full_key", "\"" + long_key + "\""}, {"tags", "[\"" + long_key + "\"]"}}));
  ASSERT_TRUE(value);
  const char* const key_text = (*value)["full_key"].text()->data();
  const char* const tag_text = (*value)["tags"].items()[0].text()->data();
  const Result<Body> read = json::read<Body>(std::move(*value));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->full_key.reveal().data(), key_text);
  EXPECT_EQ(read->tags[0].data(), tag_text);
}

TEST(JsonRead, ASecretLeavesNothingBehindInTheValue) {
  Value value{std::string("short-secret")};  // lives inside the string object and is copied by a move
  const std::string* const text = value.string();
  Secret secret;
  ASSERT_TRUE(detail::read(value, secret, "full_key"));
  EXPECT_EQ(secret.reveal(), "short-secret");
  EXPECT_TRUE(text->empty());
  EXPECT_EQ(std::string(text->data(), 12), std::string(12, '\0'));
}

}  // namespace
}  // namespace keyledger::json
