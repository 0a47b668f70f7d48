#include "store/detail/libpq.h"

#include <fmt/format.h>
#include <string>

#include "os/shared_library.h"

namespace hearth::store::detail {

namespace {

struct Loaded {
    Libpq functions;
    std::string failure;  // empty when it is usable
};

Loaded load() {
    Loaded made;
    auto library = os::SharedLibrary::open({"libpq.so.5"});
    if (!library) {
        made.failure = fmt::format(
            "PostgreSQL needs libpq, which cannot be loaded ({}); install it, on Debian and Ubuntu with: "
            "apt-get install libpq5",
            library.error().message());
        return made;
    }
    Libpq& pq = made.functions;
    library->find("PQconninfoParse", pq.conninfo_parse);
    library->find("PQconninfoFree", pq.conninfo_free);
    library->find("PQfreemem", pq.free_memory);
    library->find("PQconnectdbParams", pq.connect);
    library->find("PQfinish", pq.finish);
    library->find("PQstatus", pq.status);
    library->find("PQsocket", pq.socket);
    library->find("PQerrorMessage", pq.error_message);
    library->find("PQsetNoticeProcessor", pq.set_notice_processor);
    library->find("PQsendQueryParams", pq.send_query);
    library->find("PQconsumeInput", pq.consume_input);
    library->find("PQisBusy", pq.is_busy);
    library->find("PQgetResult", pq.get_result);
    library->find("PQclear", pq.clear);
    library->find("PQresultStatus", pq.result_status);
    library->find("PQresultErrorField", pq.error_field);
    library->find("PQntuples", pq.rows);
    library->find("PQnfields", pq.columns);
    library->find("PQftype", pq.column_type);
    library->find("PQgetvalue", pq.value);
    library->find("PQgetlength", pq.length);
    library->find("PQgetisnull", pq.is_null);
    library->find("PQcmdTuples", pq.changed_rows);
    if (const char* missing = library->missing(); missing != nullptr)
        made.failure = fmt::format("the installed libpq is too old: it lacks {}", missing);
    return made;
}

}  // namespace

Result<const Libpq*> libpq() {
    static const Loaded loaded = load();
    if (!loaded.failure.empty()) return Error(Code::kUnavailable, loaded.failure);
    return &loaded.functions;
}

}  // namespace hearth::store::detail
