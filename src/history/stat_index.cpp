#include "history/stat_index.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "core/text.h"
#include "history/folder_list.h"

namespace hearth::history {
namespace {

constexpr std::string_view kFormat = "hearth-index 1";
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kFineStep = 20'000'000;     // of the clock by which the kernel stamps files, with room
constexpr std::int64_t kCoarseStep = 2 * kSecond;  // of file systems without fractions of seconds

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }

template <typename Number>
bool number_in(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

FileStamp stamp_of(const struct stat& info) {
    return {info.st_size, nanoseconds(info.st_mtim), nanoseconds(info.st_ctim), info.st_ino, info.st_dev};
}

std::optional<std::string> StatIndex::find(const std::string& path, const FileStamp& stamp) const {
    const auto found = seen_.find(path);
    if (found == seen_.end() || found->second.stamp != stamp) return std::nullopt;
    const auto latest = std::max(stamp.changed_ns, stamp.touched_ns);
    const auto step = stamp.touched_ns % kSecond == 0 ? kCoarseStep : kFineStep;
    if (latest + step > found->second.read_ns) return std::nullopt;
    return found->second.sha256;
}

void StatIndex::put(const std::string& path, const FileStamp& stamp, std::int64_t read_ns,
                    std::string sha256) {
    seen_[path] = {stamp, read_ns, std::move(sha256)};
}

void StatIndex::move_to(StatIndex& other, const std::string& path) {
    other.seen_.insert(seen_.extract(path));
}

std::string StatIndex::encode() const {
    std::string out(kFormat);
    out += '\n';
    for (const auto& [path, seen] : seen_) {
        fmt::format_to(std::back_inserter(out), "{} {} {} {} {} {} {} {}\n", seen.stamp.size,
                       seen.stamp.changed_ns, seen.stamp.touched_ns, seen.stamp.inode, seen.stamp.device,
                       seen.read_ns, seen.sha256, escape_name(path));
    }
    return out;
}

StatIndex StatIndex::decode(std::string_view text) {
    StatIndex index;
    const auto lines = split_lines(text);
    if (lines.empty() || lines.front() != kFormat || !text.ends_with('\n')) return {};
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto words = split(lines[i], ' ');
        Seen seen;
        if (words.size() != 8 || !number_in(words[0], seen.stamp.size) ||
            !number_in(words[1], seen.stamp.changed_ns) || !number_in(words[2], seen.stamp.touched_ns) ||
            !number_in(words[3], seen.stamp.inode) || !number_in(words[4], seen.stamp.device) ||
            !number_in(words[5], seen.read_ns) || !is_sha256(words[6]))
            return {};
        seen.sha256 = std::string(words[6]);
        auto path = unescape_name(words[7]);
        if (!path) return {};
        index.seen_.insert_or_assign(*std::move(path), std::move(seen));
    }
    return index;
}

}  // namespace hearth::history
