#pragma once
#include <libpq-fe.h>

#include "core/result.h"

namespace hearth::store::detail {

// The functions of libpq that we use. It is loaded when it is first needed: linked, it and the 20 libraries it pulls in would be needed
// by everybody, and cost every start.
struct Libpq {
    decltype(&PQconninfoParse) conninfo_parse = nullptr;
    decltype(&PQconninfoFree) conninfo_free = nullptr;
    decltype(&PQfreemem) free_memory = nullptr;
    decltype(&PQconnectdbParams) connect = nullptr;
    decltype(&PQfinish) finish = nullptr;
    decltype(&PQstatus) status = nullptr;
    decltype(&PQsocket) socket = nullptr;
    decltype(&PQerrorMessage) error_message = nullptr;
    decltype(&PQsetNoticeProcessor) set_notice_processor = nullptr;
    decltype(&PQsendQueryParams) send_query = nullptr;
    decltype(&PQconsumeInput) consume_input = nullptr;
    decltype(&PQisBusy) is_busy = nullptr;
    decltype(&PQgetResult) get_result = nullptr;
    decltype(&PQclear) clear = nullptr;
    decltype(&PQresultStatus) result_status = nullptr;
    decltype(&PQresultErrorField) error_field = nullptr;
    decltype(&PQntuples) rows = nullptr;
    decltype(&PQnfields) columns = nullptr;
    decltype(&PQftype) column_type = nullptr;
    decltype(&PQgetvalue) value = nullptr;
    decltype(&PQgetlength) length = nullptr;
    decltype(&PQgetisnull) is_null = nullptr;
    decltype(&PQcmdTuples) changed_rows = nullptr;
};

// The loaded library; it stays loaded. Errors: kUnavailable, naming the package to install. Threads: any.
[[nodiscard]] Result<const Libpq*> libpq();

}  // namespace hearth::store::detail
