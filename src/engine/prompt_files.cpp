#include "engine/prompt_files.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <optional>
#include <sys/stat.h>

#include "core/ids.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPart = ".part";
constexpr std::string_view kKept = ".kv";
constexpr std::size_t kKeyDigits = 16;
// What a process that was killed left is nobody's after that time.
constexpr std::chrono::hours kOldPart{1};
// Bytes a second that a file is read and hashed and given to the engine with, on a slow disk.
constexpr double kReadPace = 200e6;
constexpr double kWorthSeconds = 1;
constexpr std::int64_t kShortestPrompt = 256;
constexpr std::int64_t kLongestPrompt = 100'000'000;
constexpr std::size_t kMostOfOneUse = 4;
constexpr std::int64_t kTokenBytes = 4;
constexpr std::int64_t kHeadBytes = 32;  // in front of the tokens there are counts, at most so many bytes

std::string key(const std::string& of) { return os::sha256(of).substr(0, kKeyDigits); }

std::string model_key(const fs::path& model) {
    std::error_code error;
    const fs::path plain = fs::weakly_canonical(model, error);
    return key((error ? model : plain).string());
}

// "<model>-<use>-"; the time is part of it because a file may be replaced by another under its name.
std::string prefix(const PromptUse& use) {
    struct stat facts{};
    if (::stat(use.model.c_str(), &facts) != 0) facts = {};
    const std::string all =
        fmt::format("{}\n{}.{}\n{}\n{}\n{}", facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec,
                    use.engine, capacity::cache_type_name(use.cache), use.context.value);
    return fmt::format("{}-{}-", model_key(use.model), key(all));
}

struct Kept {
    fs::path path;
    fs::file_time_type time;
    std::int64_t bytes = 0;
};

// Names that begin so; without `most` readable ones an empty list, as of a folder that is not there.
std::vector<Kept> files_in(const fs::path& folder, std::string_view start, std::string_view end) {
    std::vector<Kept> found;
    std::error_code error;
    for (fs::directory_iterator each(folder, error), last; !error && each != last; each.increment(error)) {
        const std::string name = each->path().filename().string();
        if (!name.starts_with(start) || !name.ends_with(end)) continue;
        std::error_code gone;
        const auto time = each->last_write_time(gone);
        const auto bytes = gone ? 0 : each->file_size(gone);
        if (!gone) found.push_back({each->path(), time, static_cast<std::int64_t>(bytes)});
    }
    return found;
}

std::vector<Kept> newest_first(const fs::path& folder, std::string_view start) {
    std::vector<Kept> all = files_in(folder, start, kKept);
    std::ranges::sort(all, std::greater(), &Kept::time);
    return all;
}

struct Name {
    std::int64_t length = 0;  // of the prompt, in tokens
    std::string sum;
};

// "<length>-<sum>.kv" behind what it is good for.
std::optional<Name> parse_name(std::string_view name, std::string_view start) {
    name.remove_prefix(start.size());
    name.remove_suffix(kKept.size());
    const auto fields = split(name, '-');
    const auto length = fields.size() == 2 ? parse_number(fields[0]) : std::nullopt;
    if (!length || *length > kLongestPrompt) return std::nullopt;
    return Name{.length = *length, .sum = std::string(fields[1])};
}

// Whether nine tenths of the tokens of one file are those that another begins with. The last ones of a turn are often said otherwise in the
// next one's prompt.
bool begins_alike(const fs::path& one, const fs::path& other, std::int64_t tokens) {
    const std::int64_t bytes = tokens * kTokenBytes / 10 * 9;
    std::ifstream first(one, std::ios::binary);
    std::ifstream second(other, std::ios::binary);
    first.seekg(kHeadBytes);
    second.seekg(kHeadBytes);
    std::string a(static_cast<std::size_t>(std::max<std::int64_t>(bytes - kHeadBytes, 0)), '\0');
    std::string b = a;
    const auto size = static_cast<std::streamsize>(a.size());
    return first.read(a.data(), size) && second.read(b.data(), size) && a == b;
}

void discard(const fs::path& path) {
    std::error_code ignored;  // somebody else was faster
    fs::remove(path, ignored);
}

}  // namespace

Result<fs::path> PromptFiles::folder() const {
    TRY(os::make_directories(folder_));
    // It may have been made by somebody else with other rights.
    if (::chmod(folder_.c_str(), 0700) != 0)
        return errno_error(errno, "closing " + folder_.string() + " to others");
    return folder_;
}

std::string PromptFiles::fresh_name() { return random_hex(kKeyDigits) + std::string(kPart); }

Status PromptFiles::keep(const std::string& name, const PromptUse& use, Tokens length) const {
    const fs::path written = folder_ / name;
    const Status kept = put(written, use, length);
    if (!kept) discard(written);
    make_room();
    return kept;
}

Status PromptFiles::put(const fs::path& written, const PromptUse& use, Tokens length) const {
    if (::chmod(written.c_str(), 0600) != 0)
        return errno_error(errno, "closing " + written.string() + " to others");
    std::error_code error;
    const Bytes bytes{static_cast<std::int64_t>(fs::file_size(written, error))};
    if (error) return Error(Code::kNotFound, written.string() + ": " + error.message());
    if (bytes.value > most_.value / 2)
        return Error(Code::kTooLarge,
                     fmt::format("a prompt cache of {} is not kept in files: the limit is {}",
                                 human_bytes(bytes), human_bytes(Bytes{most_.value / 2})));
    const std::string sum = TRY(os::sha256_file(written));
    const std::string start = prefix(use);
    const fs::path place = folder_ / fmt::format("{}{}-{}{}", start, length.value, sum, kKept);
    fs::rename(written, place, error);
    if (error) return Error(Code::kUnavailable, written.string() + ": " + error.message());
    std::size_t others = 0;
    for (const Kept& each : newest_first(folder_, start)) {
        if (each.path == place) continue;
        const auto name = parse_name(each.path.filename().string(), start);
        if (!name || ++others >= kMostOfOneUse || begins_alike(each.path, place, name->length))
            discard(each.path);
    }
    return {};
}

std::vector<fs::path> PromptFiles::find(const PromptUse& use, std::size_t most) const {
    std::vector<fs::path> found;
    const std::string start = prefix(use);
    for (const Kept& each : newest_first(folder_, start)) {
        if (found.size() >= most) break;
        const auto name = parse_name(each.path.filename().string(), start);
        const auto sum = os::sha256_file(each.path);
        if (name && sum && *sum == name->sum)
            found.push_back(each.path);
        else
            discard(each.path);
    }
    return found;
}

Status PromptFiles::forget(const fs::path& model) const {
    for (const Kept& each : files_in(folder_, model_key(model) + "-", kKept)) {
        std::error_code error;
        fs::remove(each.path, error);
        if (error)
            return Error(Code::kPermission, fmt::format("a saved prompt cache cannot be removed: {}: {}",
                                                        each.path.string(), error.message()));
    }
    return {};
}

bool PromptFiles::has_room() const {
    const auto free = os::free_space(folder_);
    return free && free->value > 2 * most_.value;
}

void PromptFiles::make_room() const {
    const auto now = fs::file_time_type::clock::now();
    for (const Kept& part : files_in(folder_, "", kPart))
        if (now - part.time > kOldPart) discard(part.path);
    std::int64_t bytes = 0;
    for (const Kept& each : newest_first(folder_, "")) {
        bytes += each.bytes;
        if (bytes > most_.value) discard(each.path);
    }
}

bool prompt_pays(Tokens tokens, double pace, Bytes bytes) {
    if (pace <= 0 || tokens.value < kShortestPrompt) return false;
    const double computing = static_cast<double>(tokens.value) / pace;
    const double reading = static_cast<double>(bytes.value) / kReadPace;
    return computing >= kWorthSeconds && reading < computing / 2;
}

}  // namespace hearth::engine
