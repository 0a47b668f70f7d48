#include "serve/access_log.h"

#include <cerrno>
#include <cmath>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::serve {
namespace {

namespace fs = std::filesystem;

std::int64_t milliseconds(double seconds) { return std::llround(seconds * 1000); }

}  // namespace

std::string access_line(const Activity& ended) {
    const guard::LedgerRow& row = ended.row;
    json::object line{{"time", iso_time(row.time_ms)},
                      {"peer", ended.peer},
                      {"key", row.key},
                      {"dialect", row.dialect},
                      {"method", to_valid_utf8(ended.method)},
                      {"path", to_valid_utf8(ended.path)},
                      {"status", row.status},
                      {"total_ms", milliseconds(row.total_seconds)}};
    if (!row.model.empty()) {
        line["model"] = to_valid_utf8(row.model);
        if (!ended.engine.empty()) line["engine"] = to_valid_utf8(ended.engine);
        line["end"] = guard::end_reason_name(row.end);
        line["prompt_tokens"] = row.prompt.value;
        line["cached_tokens"] = row.cached.value;
        line["generated_tokens"] = row.generated.value;
        line["queue_ms"] = milliseconds(row.queue_seconds);
        line["load_ms"] = milliseconds(row.load_seconds);
        line["first_token_ms"] = milliseconds(row.first_token_seconds);
    }
    return json::serialize(line) + "\n";
}

Result<AccessLog> AccessLog::open(AccessLogOptions options) {
    AccessLog log(std::move(options));
    if (!log.options_.file.empty()) TRY(log.open_file(log.options_.file));
    return log;
}

Status AccessLog::open_file(const fs::path& path) {
    if (path.has_parent_path()) TRY(os::make_directories(path.parent_path()));
    os::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    struct stat facts{};
    if (!file || ::fstat(file.get(), &facts) != 0)
        return Error(Code::kUnavailable, fmt::format("the access log {} cannot be opened: {}", path.string(),
                                                     std::generic_category().message(errno)));
    file_ = std::move(file);
    size_ = facts.st_size;
    return {};
}

Status AccessLog::reopen() {
    const std::lock_guard lock(mutex_);
    if (options_.file.empty()) return {};
    return open_file(options_.file);
}

Status AccessLog::move_to(const fs::path& file) {
    const std::lock_guard lock(mutex_);
    if (file == options_.file) return {};
    if (file.empty())
        file_ = os::Fd();
    else
        TRY(open_file(file));
    options_.file = file;
    return {};
}

Status AccessLog::append(std::string_view line) {
    const std::lock_guard lock(mutex_);
    if (options_.file.empty()) return {};
    const auto bytes = static_cast<std::int64_t>(line.size());
    if (size_ > 0 && size_ + bytes > options_.most.value) TRY(rotate());
    size_ += bytes;
    return os::write_all(file_.get(), line, "the access log " + options_.file.string());
}

Status AccessLog::rotate() {
    const auto numbered = [&](int number) {
        return fs::path(options_.file.string() + "." + std::to_string(number));
    };
    std::error_code ignored;  // of files that are not there yet
    for (int number = options_.kept - 1; number >= 1; --number)
        fs::rename(numbered(number), numbered(number + 1), ignored);
    if (options_.kept > 0)
        fs::rename(options_.file, numbered(1), ignored);
    else
        fs::remove(options_.file, ignored);
    return open_file(options_.file);
}

}  // namespace hearth::serve
