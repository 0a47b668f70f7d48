#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "store/row.h"

namespace hearth::store {

// A database on a PostgreSQL server (10 or newer), by libpq. What execute() returned for is on the server's disk (synchronous_commit is turned
// on where it was off).
//
// A connection that is lost is made anew by the next call, and what that call does is tried once more: statements must therefore be such
// that doing them twice is doing them once. While the server cannot be reached, calls fail at once and it is tried again at growing distances
// (a quarter of a second to ten).
// Errors: kUnavailable when the server cannot be reached, does not answer within `patience` or ends the connection; kPermission when it
// refuses the user or an access; kConflict, kExhausted, kNotFound, kInternal for SQL that is wrong; each with the place, without a secret.
// Threads: one owner. Calls block.
class Postgres {
public:
    struct Options {
        std::chrono::seconds connect{5};
        std::chrono::milliseconds patience{10'000};  // for one statement
    };

    // Connects and applies those of `migrations` that are missing, in one transaction that waits for others who do so; how many were applied
    // is kept in the table `<name>_format`, which is how several kinds of data share a database. `url`: "postgresql://user@host/name", or
    // without a host for the server of this machine; what it leaves out is libpq's to find (PGHOST, PGUSER, PGPASSFILE, ~/.pgpass …).
    // Errors also: kInvalidInput for what is no such URL or holds a password, which everybody on the machine could read on a command line;
    // kUnsupported when a newer program wrote it.
    static Result<Postgres> open(const std::string& url, std::string_view name,
                                 std::span<const std::string_view> migrations, const Options& options);

    static Result<Postgres> open(const std::string& url, std::string_view name,
                                 std::span<const std::string_view> migrations) {
        return open(url, name, migrations, Options());
    }

    Postgres(const Postgres&) = delete;
    Postgres& operator=(const Postgres&) = delete;
    Postgres(Postgres&&) noexcept;
    Postgres& operator=(Postgres&&) noexcept;
    ~Postgres();

    // One statement with $1, $2 … for the values; its rows. Texts are UTF-8 without NUL.
    Result<std::vector<Row>> query(const std::string& sql, const std::vector<Value>& values = {});

    // The same for statements without rows; how many rows were changed.
    Result<std::int64_t> execute(const std::string& sql, const std::vector<Value>& values = {});

    // Whether there is a connection, as far as is known without asking the server; makes one where there is none and it is time to try.
    Status ready();

private:
    struct State;
    explicit Postgres(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Whether that names a PostgreSQL database: "postgresql://…" or "postgres://…". Pure.
[[nodiscard]] bool is_postgres_url(std::string_view text);

}  // namespace hearth::store
