#include "store/contract/bulk_contract.h"
#include "store/contract/database_contract.h"
#include "store/contract/transaction_contract.h"

namespace keyledger::store {

INSTANTIATE_TEST_SUITE_P(Sqlite, DatabaseContract, testing::Values(&make_sqlite_engine));
INSTANTIATE_TEST_SUITE_P(Sqlite, BulkContract, testing::Values(&make_sqlite_engine));

}  // namespace keyledger::store
