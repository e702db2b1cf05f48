#include "store/contract/ledger_contract.h"
#include "store/contract/ledger_failure_contract.h"
#include "store/contract/ledger_slices_contract.h"

namespace keyledger::store {

INSTANTIATE_TEST_SUITE_P(Sqlite, LedgerContract, testing::Values(&make_sqlite_engine));
INSTANTIATE_TEST_SUITE_P(Sqlite, LedgerSlicesContract, testing::Values(&make_sqlite_engine));

}  // namespace keyledger::store
