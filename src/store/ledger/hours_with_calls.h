// store/ledger/hours_with_calls.h: the hours in which anybody called, for statements that look one key up in each.
//
// ledger_hours is in the order of time. What a key did is found by asking for it in each hour in turn; nothing tells
// which quarters of an hour begin one of its customer's, but ledger_all_hours tells which begin anybody's. So a year
// costs 8,800 seeks for a key, twice as many where somebody lives half an hour apart, and not one for each of its
// 35,000 quarters.
#pragma once

/// Begins a statement: a table `hours` of their buckets from :from to below :to, and, at the end, a NULL.
#define KEYLEDGER_HOURS_WITH_CALLS                                                                          \
  "WITH RECURSIVE hours (bucket) AS ("                                                                      \
  " SELECT MIN(bucket) FROM ledger_all_hours WHERE bucket >= :from AND bucket < :to"                        \
  " UNION ALL"                                                                                              \
  " SELECT (SELECT MIN(a.bucket) FROM ledger_all_hours a WHERE a.bucket > hours.bucket AND a.bucket < :to)" \
  " FROM hours WHERE hours.bucket IS NOT NULL)"
