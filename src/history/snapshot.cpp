#include "history/snapshot.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "core/ids.h"
#include "core/text.h"
#include "history/detail/observe.h"
#include "os/beneath.h"
#include "os/files.h"
#include "sandbox/protected_names.h"
#include "sandbox/tool_folders.h"

namespace hearth::history {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxDepth = 200;  // folders in folders, each with an open descriptor
constexpr unsigned kModeBits = 0777;
constexpr std::int64_t kCheckParts =
    16;  // the size of the store is looked at when so much of its limit was written

std::int64_t unix_ns_now() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

bool is_left_out(const std::string& name, bool at_top, bool is_folder) {
    if (name == ".git" || (at_top && !sandbox::may_write(name))) return true;
    return is_folder && sandbox::is_tool_folder(name);
}

}  // namespace

// One look at all of the workspace.
class Snapshotter::Walk {
public:
    explicit Walk(Snapshotter& owner) : owner_(owner) {}

    Result<std::string> go() {
        auto id = TRY(folder(owner_.folder_.get(), "", 0));
        owner_.index_ = std::move(next_);
        if (read_any_) owner_.index_changed_ = true;
        return id;
    }

    [[nodiscard]] std::int64_t written() const { return written_; }

private:
    // Gives the id of the folder's list.
    Result<std::string> folder(int descriptor, const std::string& prefix, int depth) {
        if (depth > kMaxDepth) {
            return Error(Code::kTooLarge,
                         fmt::format("{} is nested more than {} folders deep", printable(prefix), kMaxDepth));
        }
        FolderList list;
        for (auto& name : TRY(os::names_in(descriptor))) {
            struct stat info{};
            if (::fstatat(descriptor, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;  // vanished
            if (is_left_out(name, depth == 0, S_ISDIR(info.st_mode))) continue;
            const auto path = prefix + name;
            auto state = S_ISDIR(info.st_mode) ? TRY(sub_folder(descriptor, name, path, info, depth))
                                               : TRY(file(descriptor, name, path, info));
            if (!state) continue;
            if (++items_ > owner_.limits_.max_items) {
                return Error(Code::kTooLarge,
                             fmt::format("the folder has more than {} files", owner_.limits_.max_items));
            }
            list.push_back({std::move(name), *std::move(state)});
        }
        const auto text = encode_folder(list);
        auto id = os::sha256(text);
        TRY(keep(id, text));
        return id;
    }

    Result<std::optional<FileState>> sub_folder(int above, const std::string& name, const std::string& path,
                                                const struct stat& info, int depth) {
        const os::Fd opened(::openat(above, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!opened && errno == ENOENT) return std::optional<FileState>();
        if (!opened) return std::optional(detail::unkept_state(info));
        auto id = TRY(folder(opened.get(), path + "/", depth + 1));
        return std::optional(FileState{Kind::kFolder, info.st_mode & kModeBits, 0, std::move(id)});
    }

    Result<std::optional<FileState>> file(int above, const std::string& name, const std::string& path,
                                          const struct stat& info) {
        if (S_ISLNK(info.st_mode)) {
            auto target = detail::read_link(above, name);
            if (!target) return std::optional<FileState>();
            return std::optional(FileState{Kind::kLink, 0, 0, *std::move(target)});
        }
        if (!S_ISREG(info.st_mode)) return std::optional<FileState>();
        if (info.st_size > detail::kMaxFileBytes) return std::optional(detail::unkept_state(info));
        const auto stamp = stamp_of(info);
        auto known = owner_.index_.find(path, stamp);
        if (known && is_there(*known, info.st_size)) {
            owner_.index_.move_to(next_, path);
            TRY(count(info.st_size));
            return std::optional(
                FileState{Kind::kFile, info.st_mode & kModeBits, info.st_size, *std::move(known)});
        }
        return read(above, name, path, info);
    }

    Result<std::optional<FileState>> read(int above, const std::string& name, const std::string& path,
                                          const struct stat& info) {
        const auto now = unix_ns_now();
        const auto read = detail::read_regular(above, name);
        if (!read) return std::optional(detail::unkept_state(info));
        if (owner_.secrets_ && !owner_.secrets_->find(read->bytes).empty())
            return std::optional(detail::unkept_state(read->info));
        const auto size = static_cast<std::int64_t>(read->bytes.size());
        TRY(count(size));
        auto id = os::sha256(read->bytes);
        TRY(keep(id, read->bytes));
        read_any_ = true;
        if (size == read->info.st_size) next_.put(path, stamp_of(read->info), now, id);
        return std::optional(FileState{Kind::kFile, read->info.st_mode & kModeBits, size, std::move(id)});
    }

    Status count(std::int64_t bytes) {
        content_ += bytes;
        if (content_ <= owner_.limits_.max_content.value) return {};
        return Error(Code::kTooLarge,
                     fmt::format("the folder has more than {}", human_bytes(owner_.limits_.max_content)));
    }

    bool is_there(const std::string& id, std::int64_t size) {
        if (owner_.there_.contains(id)) return true;
        if (!owner_.store_.has(id, size)) return false;
        owner_.there_.insert(id);
        return true;
    }

    Status keep(const std::string& id, std::string_view bytes) {
        if (is_there(id, static_cast<std::int64_t>(bytes.size()))) return {};
        TRY(owner_.store_.put(id, bytes));
        owner_.there_.insert(id);
        written_ += static_cast<std::int64_t>(bytes.size());
        return {};
    }

    Snapshotter& owner_;
    StatIndex next_;
    std::size_t items_ = 0;
    std::int64_t content_ = 0;
    std::int64_t written_ = 0;
    bool read_any_ = false;
};

Snapshotter::Snapshotter(ObjectStore store, os::Fd folder, fs::path index_file, SnapshotLimits limits,
                         std::shared_ptr<const KnownSecrets> secrets)
    : store_(std::move(store)),
      folder_(std::move(folder)),
      index_file_(std::move(index_file)),
      limits_(limits),
      secrets_(std::move(secrets)),
      unchecked_bytes_(limits.max_store.value) {}

Result<Snapshotter> Snapshotter::open(ObjectStore store, const fs::path& workspace,
                                      const SnapshotLimits& limits,
                                      std::shared_ptr<const KnownSecrets> secrets) {
    os::Fd folder(::open(workspace.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return errno_error(errno, fmt::format("cannot open the workspace {}", workspace.string()));
    const auto indexes = store.folder() / "index";
    TRY(os::make_directories(indexes));
    auto index_file = indexes / os::sha256(workspace.string());
    Snapshotter out(std::move(store), std::move(folder), std::move(index_file), limits, std::move(secrets));
    if (const auto text = os::read_file(out.index_file_)) out.index_ = StatIndex::decode(*text);
    return out;
}

Snapshotter::~Snapshotter() {
    if (folder_ && index_changed_) save_index();
}

// Not synced and without a word about failures: it only saves time.
void Snapshotter::save_index() const {
    const auto temporary = index_file_.string() + "." + random_hex(8);
    const os::Fd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return;
    if (!os::write_all(file.get(), index_.encode(), temporary) ||
        ::rename(temporary.c_str(), index_file_.c_str()) != 0)
        ::unlink(temporary.c_str());
}

Result<std::string> Snapshotter::take() {
    std::string id;
    std::int64_t written = 0;
    {
        const auto lock = TRY(store_.lock(os::FileLock::Sharing::kShared));
        if (const auto generation = store_.generation(); generation != generation_) {
            there_.clear();
            last_id_.clear();
            generation_ = generation;
        }
        Walk walk(*this);
        id = TRY(walk.go());
        // After the first one much was read; later ones are saved when all is over.
        if (last_id_.empty() && index_changed_) {
            save_index();
            index_changed_ = false;
        }
        if (id != last_id_) TRY(store_.add_snapshot(id));
        last_id_ = id;
        written = walk.written();
    }
    make_room(written);
    return id;
}

// A store that is in use elsewhere is looked at another time.
void Snapshotter::make_room(std::int64_t written) {
    unchecked_bytes_ += written;
    if (written == 0 || unchecked_bytes_ < limits_.max_store.value / kCheckParts) return;
    unchecked_bytes_ = 0;
    // A part is left free, so that the next ones do not have to drop again.
    if (store_.size() <= limits_.max_store) return;
    if (!drop_oldest(store_, {limits_.max_store.value / 4 * 3})) unchecked_bytes_ = limits_.max_store.value;
}

}  // namespace hearth::history
