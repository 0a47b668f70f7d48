#include "store/postgres.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <poll.h>
#include <utility>

#include "core/text.h"
#include "store/detail/libpq.h"

namespace hearth::store {
namespace {

using Clock = std::chrono::steady_clock;
using detail::Libpq;
using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{250};
constexpr milliseconds kLongestPause{10'000};

// Any number that all hearths agree on: they wait for each other while one of them migrates.
constexpr std::int64_t kMigrationLock = 0x6865'6172'7468;

// Source: PostgreSQL's src/include/catalog/pg_type.dat.
enum Type : unsigned { kInt8 = 20, kInt2 = 21, kInt4 = 23, kFloat4 = 700, kFloat8 = 701, kNumeric = 1700 };

// Source: PostgreSQL, appendix A, classes of SQLSTATE.
Code code_of(std::string_view state) {
    const std::string_view kind = state.substr(0, 2);
    if (kind == "08" || kind == "57" || state == "53300")
        return Code::kUnavailable;  // too many connections too
    if (kind == "28" || state == "42501") return Code::kPermission;
    if (kind == "23" || kind == "40" || kind == "55") return Code::kConflict;
    if (kind == "53" || kind == "54") return Code::kExhausted;
    if (state == "3D000") return Code::kNotFound;  // no such database
    if (kind == "25") return Code::kPermission;    // a standby, which only reads
    return Code::kInternal;
}

std::string one_line(const char* text) {
    std::string line = replace_all(trim(text == nullptr ? "" : text), "\n", "; ");
    return printable(line);
}

struct Finish {
    const Libpq* pq;

    void operator()(PGconn* connection) const { pq->finish(connection); }
};

struct Clear {
    const Libpq* pq;

    void operator()(PGresult* result) const { pq->clear(result); }
};

using Connection = std::unique_ptr<PGconn, Finish>;
using Answer = std::unique_ptr<PGresult, Clear>;

// A statement's values in the text form, which the server reads by the type that it needs.
struct Parameters {
    explicit Parameters(const std::vector<Value>& values) {
        for (const Value& value : values) {
            if (const auto* integer = std::get_if<std::int64_t>(&value))
                texts.emplace_back(std::to_string(*integer));
            else if (const auto* real = std::get_if<double>(&value))
                texts.emplace_back(fmt::format("{}", *real));
            else if (const auto* text = std::get_if<std::string>(&value))
                texts.emplace_back(*text);
            else
                texts.emplace_back(std::nullopt);
        }
        for (const auto& text : texts)
            pointers.push_back(text ? text->c_str() : nullptr);
    }

    std::vector<std::optional<std::string>> texts;
    std::vector<const char*> pointers;
};

Value value_of(const Libpq& pq, PGresult* answer, int row, int column) {
    if (pq.is_null(answer, row, column) != 0) return std::monostate();
    const std::string text(pq.value(answer, row, column),
                           static_cast<std::size_t>(pq.length(answer, row, column)));
    switch (pq.column_type(answer, column)) {
        case kInt8:
        case kInt2:
        case kInt4: return std::int64_t{std::strtoll(text.c_str(), nullptr, 10)};
        case kFloat4:
        case kFloat8:
        case kNumeric: return std::strtod(text.c_str(), nullptr);
        default: return text;
    }
}

struct Rows {
    std::vector<Row> rows;
    std::int64_t changed = 0;
};

Rows rows_of(const Libpq& pq, PGresult* answer) {
    Rows found;
    for (int row = 0; row < pq.rows(answer); ++row) {
        std::vector<Value> values;
        for (int column = 0; column < pq.columns(answer); ++column)
            values.push_back(value_of(pq, answer, row, column));
        found.rows.emplace_back(std::move(values));
    }
    found.changed = parse_number(pq.changed_rows(answer)).value_or(0);
    return found;
}

// Where a URL leads, without what is secret: "hearth@desk/usage". Errors: kInvalidInput, also for a password.
Result<std::string> place_of(const Libpq& pq, const std::string& url) {
    char* why = nullptr;
    PQconninfoOption* options = pq.conninfo_parse(url.c_str(), &why);
    if (options == nullptr) {
        // libpq's words hold the part that it did not understand, which may be a password.
        if (why != nullptr) pq.free_memory(why);
        return Error(
            Code::kInvalidInput,
            "that is no address of a PostgreSQL database; it has the form postgresql://USER@HOST/DATABASE");
    }
    std::string user;
    std::string host;
    std::string name;
    bool secret = false;
    for (const PQconninfoOption* each = options; each->keyword != nullptr; ++each) {
        if (each->val == nullptr || *each->val == '\0') continue;
        const std::string_view keyword = each->keyword;
        if (keyword == "password" || keyword == "sslpassword") secret = true;
        if (keyword == "user") user = each->val;
        if (keyword == "host") host = each->val;
        if (keyword == "dbname") name = each->val;
    }
    pq.conninfo_free(options);
    if (secret)
        return Error(
            Code::kInvalidInput,
            "the address of the database holds a password, which others on this machine could read in the "
            "list of processes: leave it out, and put a line HOST:PORT:DATABASE:USER:PASSWORD into ~/.pgpass "
            "(mode 0600; or the file that PGPASSFILE names)");
    return printable(fmt::format("{}{}{}/{}", user, user.empty() ? "" : "@", host, name));
}

}  // namespace

bool is_postgres_url(std::string_view text) {
    return text.starts_with("postgresql://") || text.starts_with("postgres://");
}

struct Postgres::State {
    State(const Libpq& library, std::string address, std::string shown, const Options& wanted)
        : pq(&library),
          url(std::move(address)),
          place(std::move(shown)),
          options(wanted),
          connection(nullptr, Finish{&library}) {}

    [[nodiscard]] Error failed(Code code, std::string_view why) const {
        return {code, fmt::format("PostgreSQL at {}: {}", place, why)};
    }

    Status connect() {
        if (connection) return {};
        if (Clock::now() < not_before) return Error(Code::kUnavailable, last_failure);
        const Status made = connect_now();
        if (made) {
            pause = milliseconds(0);
            return {};
        }
        connection.reset();
        pause = std::clamp(pause * 2, kFirstPause, kLongestPause);
        not_before = Clock::now() + pause;
        last_failure = made.error().message();
        return made;
    }

    Status connect_now() {
        const std::string seconds = std::to_string(options.connect.count());
        // The URL goes last but for what it may not change.
        const char* names[] = {"connect_timeout", "application_name", "tcp_user_timeout",
                               "dbname",          "client_encoding",  nullptr};
        const std::string silence = std::to_string(options.patience.count());
        const char* values[] = {seconds.c_str(), "hearth", silence.c_str(), url.c_str(), "UTF8", nullptr};
        connection.reset(pq->connect(names, values, 1));
        if (!connection) return failed(Code::kExhausted, "no memory for a connection");
        if (pq->status(connection.get()) != CONNECTION_OK) {
            const std::string why = one_line(pq->error_message(connection.get()));
            // There is no SQLSTATE of a connection that was refused.
            const bool refused = why.find("authentication failed") != std::string::npos ||
                                 why.find("no password supplied") != std::string::npos ||
                                 why.find("pg_hba.conf") != std::string::npos;
            return failed(refused ? Code::kPermission : Code::kUnavailable, why);
        }
        pq->set_notice_processor(connection.get(), [](void*, const char*) {}, nullptr);
        TRY(
            statement("SELECT set_config('synchronous_commit', 'on', false) "
                      "WHERE current_setting('synchronous_commit') = 'off'",
                      {}));
        return {};
    }

    void disconnect() { connection.reset(); }

    // Until the server has answered. A server that was stopped, or a machine that is gone, says nothing.
    Status wait_for_answer() {
        const Clock::time_point until = Clock::now() + options.patience;
        while (true) {
            if (pq->consume_input(connection.get()) == 0)
                return failed(Code::kUnavailable, one_line(pq->error_message(connection.get())));
            if (pq->is_busy(connection.get()) == 0) return {};
            const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
            if (left.count() <= 0)
                return failed(Code::kUnavailable,
                              fmt::format("no answer within {} ms", options.patience.count()));
            pollfd ready{.fd = pq->socket(connection.get()), .events = POLLIN, .revents = 0};
            static_cast<void>(::poll(&ready, 1, static_cast<int>(left.count()) + 1));
        }
    }

    Result<Rows> statement(const std::string& sql, const std::vector<Value>& values) {
        const Parameters parameters(values);
        const int sent = pq->send_query(
            connection.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
            parameters.pointers.empty() ? nullptr : parameters.pointers.data(), nullptr, nullptr, 0);
        if (sent == 0) return failed(Code::kUnavailable, one_line(pq->error_message(connection.get())));
        Result<Rows> found = Rows{};
        while (true) {
            TRY(wait_for_answer());
            const Answer answer(pq->get_result(connection.get()), Clear{pq});
            if (!answer) return found;
            const ExecStatusType status = pq->result_status(answer.get());
            if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
                found = rows_of(*pq, answer.get());
            else
                found = refused(answer.get());
        }
    }

    Error refused(PGresult* answer) {
        const char* state = pq->error_field(answer, PG_DIAG_SQLSTATE);
        const char* words = pq->error_field(answer, PG_DIAG_MESSAGE_PRIMARY);
        const std::string_view told = state == nullptr ? "08000" : state;
        const std::string why =
            words == nullptr ? one_line(pq->error_message(connection.get())) : one_line(words);
        return failed(code_of(told), why);
    }

    // On a fresh connection once more when the old one turns out to be lost.
    Result<Rows> run(const std::string& sql, const std::vector<Value>& values) {
        const bool was_connected = connection != nullptr;
        TRY(connect());
        Result<Rows> found = statement(sql, values);
        if (found || found.error().code() != Code::kUnavailable) return found;
        disconnect();
        if (!was_connected) return found;
        TRY(connect());
        found = statement(sql, values);
        if (!found && found.error().code() == Code::kUnavailable) disconnect();
        return found;
    }

    Status migrate(std::string_view name, std::span<const std::string_view> migrations) {
        TRY(statement("BEGIN", {}));
        const Status migrated = migrate_inside(name, migrations);
        if (migrated) {
            TRY(statement("COMMIT", {}));
            return {};
        }
        static_cast<void>(statement("ROLLBACK", {}).has_value());  // the first failure is the one to tell
        return migrated;
    }

    // Creating a table that exists "if not exists" fails when two do it at once, so the lock comes before all else.
    Status migrate_inside(std::string_view name, std::span<const std::string_view> migrations) {
        TRY(statement("SELECT pg_advisory_xact_lock($1::bigint)", {kMigrationLock}));
        const std::string table = fmt::format("{}_format", name);
        const auto there = TRY(statement("SELECT to_regclass($1) IS NOT NULL", {table}));
        std::int64_t at = 0;
        if (!there.rows.empty() && there.rows.front().text(0) == "t") {
            const auto version = TRY(statement(fmt::format("SELECT version FROM {}", table), {}));
            if (!version.rows.empty()) at = version.rows.front().integer(0);
        } else {
            TRY(statement(fmt::format("CREATE TABLE {} (version bigint NOT NULL)", table), {}));
            TRY(statement(fmt::format("INSERT INTO {} VALUES (0)", table), {}));
        }
        const auto newest = static_cast<std::int64_t>(migrations.size());
        if (at > newest)
            return failed(
                Code::kUnsupported,
                fmt::format("{} was written by a newer hearth (format {}, known: {})", name, at, newest));
        for (; at < newest; ++at)
            TRY(script(migrations[static_cast<std::size_t>(at)]));
        TRY(statement(fmt::format("UPDATE {} SET version = $1", table), {newest}));
        return {};
    }

    // Statements with values are sent one by one, so a script is split where a line ends with ';'.
    Status script(std::string_view sql) {
        std::string one;
        for (const std::string_view line : split_lines(sql)) {
            one.append(line).append("\n");
            if (!trim(line).ends_with(';')) continue;
            TRY(statement(one, {}));
            one.clear();
        }
        return {};
    }

    const Libpq* pq;
    std::string url;
    std::string place;
    Options options;
    Connection connection;
    milliseconds pause{0};
    Clock::time_point not_before;
    std::string last_failure;
};

Postgres::Postgres(std::unique_ptr<State> state) : state_(std::move(state)) {}

Postgres::Postgres(Postgres&&) noexcept = default;
Postgres& Postgres::operator=(Postgres&&) noexcept = default;
Postgres::~Postgres() = default;

Result<Postgres> Postgres::open(const std::string& url, std::string_view name,
                                std::span<const std::string_view> migrations, const Options& options) {
    const Libpq* pq = TRY(detail::libpq());
    if (!is_postgres_url(url))
        return Error(
            Code::kInvalidInput,
            "that is no address of a PostgreSQL database; it has the form postgresql://USER@HOST/DATABASE");
    std::string place = TRY(place_of(*pq, url));
    auto state = std::make_unique<State>(*pq, url, std::move(place), options);
    TRY(state->connect());
    TRY(state->migrate(name, migrations).context("preparing the tables"));
    return Postgres(std::move(state));
}

Result<std::vector<Row>> Postgres::query(const std::string& sql, const std::vector<Value>& values) {
    Rows found = TRY(state_->run(sql, values));
    return std::move(found.rows);
}

Result<std::int64_t> Postgres::execute(const std::string& sql, const std::vector<Value>& values) {
    return TRY(state_->run(sql, values)).changed;
}

Status Postgres::ready() { return state_->connect(); }

}  // namespace hearth::store
