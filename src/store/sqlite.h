#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "store/row.h"

namespace hearth::store {

// A SQLite database in write-ahead mode, which a kill -9 at any moment leaves as it was after the last committed change.
// Several processes may use it: one that writes makes the others wait, for at most `busy`.
// Errors: kConflict when another process kept it busy too long, kDiskFull, kCorrupt, kPermission,
// kInternal for SQL that is wrong; each with the file.
// Threads: one owner.
class Database {
public:
    struct Options {
        std::chrono::milliseconds busy{10'000};
        bool read_only = false;  // then it must exist, and no migration is made
    };

    // Opens or creates (0600, with its folder). `migrations[n]` is SQL that leads from version n to n + 1; the version is kept
    // in the file, and those that are missing are applied in one transaction.
    // Errors also: kUnsupported when the file was written by a newer program; kNotFound for a read-only one that is absent.
    static Result<Database> open(const std::filesystem::path& file,
                                 std::span<const std::string_view> migrations, const Options& options);

    static Result<Database> open(const std::filesystem::path& file,
                                 std::span<const std::string_view> migrations) {
        return open(file, migrations, Options());
    }

    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    // One statement with '?' for each value; its rows. The compiled statement is kept for the next time.
    Result<std::vector<Row>> query(std::string_view sql, const std::vector<Value>& values = {});

    // The same for statements without rows; how many rows were changed.
    Result<std::int64_t> execute(std::string_view sql, const std::vector<Value>& values = {});

    // Everything that `work` does or, when it fails or the process dies, nothing of it. Takes the right to write at once, so
    // that what was read in it stays true. Not to be nested.
    Status transaction(const std::function<Status()>& work);

private:
    struct State;
    explicit Database(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hearth::store
