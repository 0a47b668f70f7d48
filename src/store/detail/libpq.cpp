#include "store/detail/libpq.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <string>

namespace hearth::store::detail {

namespace {

template <typename Function>
void find(void* library, const char* name, Function& function, const char*& missing) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    if (function == nullptr) missing = name;
}

struct Loaded {
    Libpq functions;
    std::string failure;  // empty when it is usable
};

Loaded load() {
    Loaded made;
    // Never closed: it registers what runs at exit.
    void* library = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        const char* why = ::dlerror();
        made.failure = fmt::format(
            "PostgreSQL needs libpq, which cannot be loaded ({}); install it, on Debian and Ubuntu with: "
            "apt-get install libpq5",
            why != nullptr ? why : "unknown reason");
        return made;
    }
    Libpq& pq = made.functions;
    const char* missing = nullptr;
    find(library, "PQconninfoParse", pq.conninfo_parse, missing);
    find(library, "PQconninfoFree", pq.conninfo_free, missing);
    find(library, "PQfreemem", pq.free_memory, missing);
    find(library, "PQconnectdbParams", pq.connect, missing);
    find(library, "PQfinish", pq.finish, missing);
    find(library, "PQstatus", pq.status, missing);
    find(library, "PQsocket", pq.socket, missing);
    find(library, "PQerrorMessage", pq.error_message, missing);
    find(library, "PQsetNoticeProcessor", pq.set_notice_processor, missing);
    find(library, "PQsendQueryParams", pq.send_query, missing);
    find(library, "PQconsumeInput", pq.consume_input, missing);
    find(library, "PQisBusy", pq.is_busy, missing);
    find(library, "PQgetResult", pq.get_result, missing);
    find(library, "PQclear", pq.clear, missing);
    find(library, "PQresultStatus", pq.result_status, missing);
    find(library, "PQresultErrorField", pq.error_field, missing);
    find(library, "PQntuples", pq.rows, missing);
    find(library, "PQnfields", pq.columns, missing);
    find(library, "PQftype", pq.column_type, missing);
    find(library, "PQgetvalue", pq.value, missing);
    find(library, "PQgetlength", pq.length, missing);
    find(library, "PQgetisnull", pq.is_null, missing);
    find(library, "PQcmdTuples", pq.changed_rows, missing);
    if (missing != nullptr)
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
