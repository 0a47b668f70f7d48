#include "store/sqlite.h"

#include <chrono>
#include <fmt/format.h>
#include <map>
#include <sys/stat.h>
#include <thread>

#include <sqlite3.h>

#include "os/files.h"

namespace hearth::store {
namespace fs = std::filesystem;

namespace {

struct CloseDatabase {
    void operator()(sqlite3* database) const { ::sqlite3_close_v2(database); }
};

struct Finalize {
    void operator()(sqlite3_stmt* statement) const { ::sqlite3_finalize(statement); }
};

using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

Code code_of(int status) {
    switch (status & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_CONSTRAINT: return Code::kConflict;
        case SQLITE_FULL: return Code::kDiskFull;
        case SQLITE_NOMEM: return Code::kExhausted;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return Code::kCorrupt;
        case SQLITE_PERM:
        case SQLITE_READONLY:
        case SQLITE_AUTH: return Code::kPermission;
        case SQLITE_CANTOPEN: return Code::kNotFound;
        case SQLITE_IOERR: return Code::kUnavailable;
        case SQLITE_TOOBIG: return Code::kTooLarge;
        default: return Code::kInternal;
    }
}

Value column_value(sqlite3_stmt* statement, int column) {
    switch (::sqlite3_column_type(statement, column)) {
        case SQLITE_NULL: return std::monostate();
        case SQLITE_INTEGER: return std::int64_t{::sqlite3_column_int64(statement, column)};
        case SQLITE_FLOAT: return ::sqlite3_column_double(statement, column);
        default: {
            const auto* bytes = static_cast<const char*>(::sqlite3_column_blob(statement, column));
            const auto size = static_cast<std::size_t>(::sqlite3_column_bytes(statement, column));
            return bytes == nullptr ? std::string() : std::string(bytes, size);
        }
    }
}

int bind(sqlite3_stmt* statement, int index, const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        return ::sqlite3_bind_int64(statement, index, *integer);
    if (const auto* real = std::get_if<double>(&value)) return ::sqlite3_bind_double(statement, index, *real);
    // The text outlives the statement's run, and bindings are cleared after it.
    if (const auto* text = std::get_if<std::string>(&value))
        return ::sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC,
                                     SQLITE_UTF8);
    return ::sqlite3_bind_null(statement, index);
}

}  // namespace

struct Database::State {
    fs::path file;
    std::unique_ptr<sqlite3, CloseDatabase> handle;
    std::map<std::string, Statement, std::less<>> statements;  // before handle in destruction

    [[nodiscard]] Error failed(int status) const {
        const char* why = handle ? ::sqlite3_errmsg(handle.get()) : ::sqlite3_errstr(status);
        return {code_of(status), fmt::format("{}: {}", file.string(), why)};
    }

    Result<sqlite3_stmt*> prepared(std::string_view sql) {
        const auto found = statements.find(sql);
        if (found != statements.end()) return found->second.get();
        sqlite3_stmt* statement = nullptr;
        const int status = ::sqlite3_prepare_v3(handle.get(), sql.data(), static_cast<int>(sql.size()),
                                                SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
        if (status != SQLITE_OK) return failed(status);
        statements.emplace(std::string(sql), Statement(statement));
        return statement;
    }

    Result<std::vector<Row>> run(std::string_view sql, const std::vector<Value>& values) {
        sqlite3_stmt* statement = TRY(prepared(sql));
        HEARTH_ASSERT(::sqlite3_bind_parameter_count(statement) == static_cast<int>(values.size()));
        int status = SQLITE_OK;
        for (std::size_t i = 0; i < values.size() && status == SQLITE_OK; ++i)
            status = bind(statement, static_cast<int>(i) + 1, values[i]);
        std::vector<Row> rows;
        while (status == SQLITE_OK || status == SQLITE_ROW) {
            status = ::sqlite3_step(statement);
            if (status != SQLITE_ROW) break;
            std::vector<Value> row;
            for (int column = 0; column < ::sqlite3_column_count(statement); ++column)
                row.push_back(column_value(statement, column));
            rows.emplace_back(std::move(row));
        }
        std::optional<Error> error;
        if (status != SQLITE_DONE) error = failed(status);
        ::sqlite3_reset(statement);
        ::sqlite3_clear_bindings(statement);
        if (error) return *error;
        return rows;
    }

    Status script(const char* sql) {
        const int status = ::sqlite3_exec(handle.get(), sql, nullptr, nullptr, nullptr);
        if (status != SQLITE_OK) return failed(status);
        return {};
    }

    Status connect(const Options& options) {
        const int flags =
            SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
            (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
        sqlite3* opened = nullptr;
        const int status = ::sqlite3_open_v2(file.c_str(), &opened, flags, nullptr);
        handle.reset(opened);
        if (status != SQLITE_OK) return failed(status);
        ::sqlite3_busy_timeout(handle.get(), static_cast<int>(options.busy.count()));
        TRY(script("PRAGMA foreign_keys = ON"));
        if (options.read_only) return {};
        TRY(use_wal(options.busy));
        return script("PRAGMA synchronous = FULL");
    }

    // A fresh file is turned to WAL by making a read lock an exclusive one, where SQLite does not wait by itself: two that do so at once
    // would wait for each other for ever. Who is refused has given its lock back, and tries again.
    Status use_wal(std::chrono::milliseconds patience) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (true) {
            Status turned = script("PRAGMA journal_mode = WAL");
            const bool busy = !turned && turned.error().code() == Code::kConflict;
            if (!busy || std::chrono::steady_clock::now() >= until) return turned;
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }

    Result<std::int64_t> version() {
        const auto rows = TRY(run("PRAGMA user_version", {}));
        return rows.empty() ? 0 : rows.front().integer(0);
    }
};

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}

Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const fs::path& file, std::span<const std::string_view> migrations,
                                const Options& options) {
    auto state = std::make_unique<State>();
    state->file = file;
    std::error_code error;
    if (options.read_only && !fs::exists(file, error))
        return Error(Code::kNotFound, fmt::format("there is no database {}", file.string()));
    if (!options.read_only && file.has_parent_path()) TRY(os::make_directories(file.parent_path()));
    TRY(state->connect(options));
    if (!options.read_only) ::chmod(file.c_str(), 0600);
    Database database(std::move(state));
    const auto newest = static_cast<std::int64_t>(migrations.size());
    const auto check = [&](std::int64_t version) -> Status {
        if (version <= newest) return {};
        return Error(Code::kUnsupported,
                     fmt::format("{} was written by a newer hearth (format {}, known: {})", file.string(),
                                 version, newest));
    };
    const auto version = TRY(database.state_->version());
    TRY(check(version));
    if (options.read_only || version == newest) return database;
    TRY(database.transaction([&]() -> Status {
        // Read again: another process may have been faster.
        auto at = TRY(database.state_->version());
        TRY(check(at));
        for (; at < newest; ++at)
            TRY(database.state_->script(std::string(migrations[static_cast<std::size_t>(at)]).c_str()));
        return database.state_->script(fmt::format("PRAGMA user_version = {}", newest).c_str());
    }));
    return database;
}

Result<std::vector<Row>> Database::query(std::string_view sql, const std::vector<Value>& values) {
    return state_->run(sql, values);
}

Result<std::int64_t> Database::execute(std::string_view sql, const std::vector<Value>& values) {
    TRY(state_->run(sql, values));
    return std::int64_t{::sqlite3_changes(state_->handle.get())};
}

Status Database::transaction(const std::function<Status()>& work) {
    TRY(state_->script("BEGIN IMMEDIATE"));
    auto status = work();
    if (status) status = state_->script("COMMIT");
    if (!status) static_cast<void>(state_->script("ROLLBACK"));  // the first failure is the one to tell
    return status;
}

}  // namespace hearth::store
