// api/reports/grouping.h: what a line of the outcomes is.
#pragma once

#include <boost/describe.hpp>

namespace keyledger::api {

BOOST_DEFINE_ENUM_CLASS(OutcomeGrouping, status, action)
/// A file has one table: the days are another.
BOOST_DEFINE_ENUM_CLASS(OutcomeFileGrouping, status, action, day)

}  // namespace keyledger::api
