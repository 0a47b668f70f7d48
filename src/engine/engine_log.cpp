#include "engine/engine_log.h"

#include <algorithm>
#include <cctype>
#include <fcntl.h>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "core/text.h"
#include "os/fd.h"

namespace hearth::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kTailBytes = 16384;
constexpr std::uint64_t kFrontBytes = 1U << 20U;
constexpr int kMostWriters = 32;

std::uint64_t size_of(const fs::path& path) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path, error);
    return error ? 0 : size;
}

std::string read_range(const fs::path& path, std::uint64_t from, std::uint64_t count) {
    const os::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return {};
    std::string bytes(count, '\0');
    std::size_t done = 0;
    while (done < count) {
        const ssize_t got =
            ::pread(file.get(), bytes.data() + done, count - done, static_cast<off_t>(from + done));
        if (got <= 0) break;
        done += static_cast<std::size_t>(got);
    }
    bytes.resize(done);
    return bytes;
}

}  // namespace

std::string file_name_of(std::string_view model) {
    std::string name(model.substr(0, 100));
    for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '_' && c != '-') c = '_';
    return name.empty() ? "model" : name;
}

std::string tail_lines(std::string_view text, std::size_t count, bool begins_inside_line) {
    std::vector<std::string_view> lines = split_lines(text);
    if (begins_inside_line && !lines.empty()) lines.erase(lines.begin());
    if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
    std::string out;
    for (const std::string_view line : lines) {
        if (!out.empty()) out += '\n';
        out += printable(trim(line));
    }
    return out;
}

Result<EngineLog> EngineLog::open(const fs::path& folder, std::string_view model) {
    TRY(os::make_directories(folder));
    const std::string base = "engine-" + file_name_of(model);
    for (int number = 1; number <= kMostWriters; ++number) {
        const fs::path path = folder / (number == 1 ? base + ".log" : fmt::format("{}-{}.log", base, number));
        Result<os::FileLock> lock = os::FileLock::try_acquire(path);
        if (!lock && lock.error().code() == Code::kConflict) continue;
        if (!lock) return Error(lock.error()).with_context("opening the engine's log");
        EngineLog log(path, std::move(*lock));
        log.begin();
        return log;
    }
    return Error(Code::kConflict,
                 fmt::format("{} engines of this model are writing logs in {} already; end some of "
                             "them",
                             kMostWriters, folder.string()));
}

void EngineLog::begin() {
    trim();
    begin_ = size_of(path_);
}

void EngineLog::trim() {
    if (size_of(path_) <= kMostBytes) return;
    std::error_code ignored;
    fs::copy_file(path_, path_.string() + ".1", fs::copy_options::overwrite_existing, ignored);
    // A child appends, so after the cut its next line is at the start. What it says in between is lost.
    fs::resize_file(path_, 0, ignored);
    begin_ = 0;
}

std::string EngineLog::text() const {
    const std::uint64_t size = size_of(path_);
    const std::uint64_t begin = begin_ > size ? 0 : begin_;
    return read_range(path_, begin, std::min(size - begin, kFrontBytes));
}

std::string EngineLog::last_lines(std::size_t count) const {
    const std::uint64_t size = size_of(path_);
    const std::uint64_t begin = begin_ > size ? 0 : begin_;
    const std::uint64_t from = std::max(begin, size > kTailBytes ? size - kTailBytes : 0);
    return tail_lines(read_range(path_, from, size - from), count, from > begin);
}

}  // namespace hearth::engine
