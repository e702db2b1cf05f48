#include "service/import/layout.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace keyledger::service {
namespace {

using store::ForeignTable;
using Tables = std::vector<ForeignTable>;

Tables whole(ImportSource source) {
  Tables tables;
  for (const KnownTable& known : tables_of(source)) {
    ForeignTable table{std::string{known.name}, known.columns};
    table.columns.insert(table.columns.begin(), "id");
    tables.push_back(std::move(table));
  }
  return tables;
}

std::string reason(const Tables& tables) {
  const Result<Layout> layout = recognise(tables);
  return layout ? "recognised" : layout.error().reason;
}

TEST(Layout, EachProgramIsRecognisedByItsTables) {
  for (const ImportSource source : {ImportSource::held_keys, ImportSource::handed_out_keys}) {
    const Result<Layout> layout = recognise(whole(source));
    ASSERT_TRUE(layout) << layout.error().message;
    EXPECT_EQ(layout->source, source);
    EXPECT_EQ(layout->tables.size(), tables_of(source).size());
    EXPECT_TRUE(layout->ignored.empty());
  }
}

TEST(Layout, TablesAndColumnsWithoutAPlaceAreTold) {
  Tables tables = whole(ImportSource::held_keys);
  tables[0].name = "Accounts";  // SQLite does not care
  tables[1].columns.push_back("colour");
  tables[1].columns.push_back("masked_key");
  tables.push_back({"Sessions", {"id"}});
  const Result<Layout> layout = recognise(tables);
  ASSERT_TRUE(layout) << layout.error().message;
  EXPECT_EQ(layout->ignored, (std::vector<std::string>{"api_keys.colour", "sessions"}));
  EXPECT_EQ(layout->tables[0].name, "Accounts");
}

TEST(Layout, EveryTableAndColumnIsNeeded) {
  for (const ImportSource source : {ImportSource::held_keys, ImportSource::handed_out_keys}) {
    const Tables all = whole(source);
    for (std::size_t table = 0; table < all.size(); ++table) {
      for (const std::string& column : all[table].columns) {
        SCOPED_TRACE(all[table].name + "." + column);
        Tables tables = all;
        std::erase(tables[table].columns, column);
        const Result<Layout> layout = recognise(tables);
        ASSERT_FALSE(layout);
        EXPECT_TRUE(layout.error().reason == "incomplete_layout" || layout.error().reason == "unknown_layout");
        EXPECT_NE(layout.error().message.find(column == "id" ? "." : column), std::string::npos);
      }
      Tables tables = all;
      tables.erase(tables.begin() + static_cast<std::ptrdiff_t>(table));
      EXPECT_EQ(reason(tables), "incomplete_layout") << all[table].name;
    }
  }
}

TEST(Layout, AFileOfBothOrOfNeitherIsRefused) {
  Tables both = whole(ImportSource::held_keys);
  both.push_back(whole(ImportSource::handed_out_keys)[0]);
  EXPECT_EQ(reason(both), "two_layouts");
  EXPECT_EQ(reason({}), "unknown_layout");
  EXPECT_EQ(reason({{"accounts", {"id", "email"}}, {"api_keys", {"id", "name"}}}), "unknown_layout");
}

TEST(Layout, OurOwnDatabaseIsSentToRestore) {
  const Result<Layout> layout = recognise({{"schema_migrations", {"version"}}, {"customer_keys", {"id"}}});
  ASSERT_FALSE(layout);
  EXPECT_NE(layout.error().message.find("restore"), std::string::npos);
}

}  // namespace
}  // namespace keyledger::service
