#include "history/restore.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "core/text.h"
#include "history/detail/observe.h"
#include "os/beneath.h"
#include "sandbox/protected_names.h"

namespace hearth::history {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kNewFolder = 0755;  // of folders above a file, of which nothing is known

bool is_folder(const std::optional<FileState>& state) { return state && state->kind == Kind::kFolder; }

// Folders are removed behind what is in them, and made before it.
std::vector<const Step*> in_order(const std::vector<Step>& steps) {
    std::vector<const Step*> removed;
    std::vector<const Step*> made;
    for (const auto& step : steps)
        (step.to ? made : removed).push_back(&step);
    std::reverse(removed.begin(), removed.end());
    removed.insert(removed.end(), made.begin(), made.end());
    return removed;
}

// Where a path is: its folder, and the name in it.
struct Place {
    os::Fd folder;
    std::string name;
};

class Run {
public:
    Run(const ObjectStore& store, int top, const std::string& temporary, Overwrite overwrite, bool change)
        : store_(store), top_(top), temporary_(temporary), overwrite_(overwrite), change_(change) {}

    Result<Restored> go(const std::vector<Step>& steps) {
        struct stat owner{};
        if (::fstat(top_, &owner) != 0) return errno_error(errno, "cannot look at the workspace");
        owner_ = {.mode = {}, .owner = owner.st_uid, .group = owner.st_gid};
        for (const auto* step : in_order(steps)) {
            if (const auto done = one(*step); !done) leave(step->path, done.error().message());
        }
        std::sort(out_.done.begin(), out_.done.end(),
                  [](const Change& a, const Change& b) { return a.path < b.path; });
        return std::move(out_);
    }

private:
    void leave(const std::string& path, std::string why, bool of_others = false) {
        out_.left.push_back({path, std::move(why), of_others});
    }

    Status one(const Step& step) {
        if (!sandbox::may_write(step.path)) {
            leave(step.path, "it belongs to version control or to the configuration of a program");
            return {};
        }
        const auto place = TRY(find(step.path));
        const auto now = place.folder ? detail::observe(place.folder.get(), place.name) : std::nullopt;
        if (now == step.to) return {};
        if (const bool others = step.disturbed || now != step.from;
            others && overwrite_ == Overwrite::kNothing) {
            leave(step.path, "somebody else changed it since", true);
            return {};
        }
        if (step.to && step.to->kind == Kind::kUnkept) {
            leave(step.path, fmt::format("its earlier content was not kept ({} bytes)", step.to->size));
            return {};
        }
        if (step.to && step.to->kind == Kind::kFile && !store_.has(step.to->content, step.to->size)) {
            leave(step.path,
                  "its earlier content is not kept any more: the oldest is dropped when the room is used up");
            return {};
        }
        if (change_ && !TRY(change(step, now))) return {};
        out_.done.push_back({step.path, now, step.to});
        return {};
    }

    // Whether it came to that.
    Result<bool> change(const Step& step, const std::optional<FileState>& now) {
        if (!step.to) return remove(step.path, now);
        if (is_folder(step.to)) return make_folder(step, now);
        std::string content;
        if (step.to->kind == Kind::kFile) content = TRY(store_.get(step.to->content));
        if (is_folder(now) && !TRY(remove(step.path, now))) return false;
        const auto place = TRY(find_or_make(step.path));
        ::unlinkat(place.folder.get(), temporary_.c_str(), 0);  // what a killed run left
        if (step.to->kind == Kind::kLink) {
            TRY(make_link(place, step));
        } else {
            TRY(make_file(place, step, now, content));
        }
        return true;
    }

    [[nodiscard]] Status make_link(const Place& place, const Step& step) const {
        const int folder = place.folder.get();
        if (::symlinkat(step.to->content.c_str(), folder, temporary_.c_str()) != 0)
            return failed("write", step.path);
        if (::geteuid() == 0 &&
            ::fchownat(folder, temporary_.c_str(), owner_.owner, owner_.group, AT_SYMLINK_NOFOLLOW) != 0)
            return failed("hand over", step.path);
        if (::renameat(folder, temporary_.c_str(), folder, place.name.c_str()) != 0)
            return failed("write", step.path);
        return {};
    }

    // The owner of a file stays; a new one is the owner's of the workspace.
    [[nodiscard]] Status make_file(const Place& place, const Step& step, const std::optional<FileState>& now,
                                   const std::string& content) const {
        auto looks = owner_;
        struct stat info{};
        if (now && ::fstatat(place.folder.get(), place.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) {
            looks.owner = info.st_uid;
            looks.group = info.st_gid;
        }
        looks.mode = step.to->mode;
        return os::replace_at(place.folder.get(), place.name, content, looks, temporary_, step.path);
    }

    // A folder in which somebody else has something stays.
    Result<bool> remove(const std::string& path, const std::optional<FileState>& now) {
        const auto place = TRY(find(path));
        if (!place.folder) return true;
        if (::unlinkat(place.folder.get(), place.name.c_str(), is_folder(now) ? AT_REMOVEDIR : 0) == 0)
            return true;
        if (errno == ENOTEMPTY || errno == EEXIST) {
            leave(path, "there is something else in it");
            return false;
        }
        return failed("remove", path);
    }

    Result<bool> make_folder(const Step& step, const std::optional<FileState>& now) {
        const auto place = TRY(find_or_make(step.path));
        if (now && !is_folder(now) && ::unlinkat(place.folder.get(), place.name.c_str(), 0) != 0)
            return failed("remove", step.path);
        if (!is_folder(now) && ::mkdirat(place.folder.get(), place.name.c_str(), 0700) != 0 &&
            errno != EEXIST)
            return failed("make", step.path);
        const os::Fd made(::openat(place.folder.get(), place.name.c_str(),
                                   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!made) return failed("open", step.path);
        auto looks = owner_;
        looks.mode = step.to->mode;
        TRY(os::give_looks(made.get(), looks, step.path));
        return true;
    }

    // Without a folder where there is none.
    [[nodiscard]] Result<Place> find(const fs::path& path) const {
        const auto above = path.has_parent_path() ? path.parent_path() : fs::path(".");
        os::Fd folder = os::open_beneath(top_, above, O_RDONLY | O_DIRECTORY, os::Links::kRefuse);
        const int number = folder ? 0 : errno;
        if (number == ELOOP || number == EXDEV)
            return Error(Code::kPermission, "a folder on the way to it is a link now");
        if (number != 0 && number != ENOENT && number != ENOTDIR)
            return errno_error(number, fmt::format("cannot open the folder of {}", printable(path.native())));
        return Place{.folder = std::move(folder), .name = path.filename().string()};
    }

    [[nodiscard]] Result<Place> find_or_make(const fs::path& path) const {
        auto place = TRY(find(path));
        if (place.folder) return place;
        const auto above = TRY(find_or_make(path.parent_path()));
        if (::mkdirat(above.folder.get(), above.name.c_str(), kNewFolder) != 0 && errno != EEXIST)
            return failed("make the folder of", path.string());
        place = TRY(find(path));
        if (!place.folder) return Error(Code::kConflict, "what is above it is no folder now");
        TRY(os::give_looks(place.folder.get(), owner_, path.string()));
        return place;
    }

    [[nodiscard]] static Error failed(std::string_view doing, std::string_view path) {
        return errno_error(errno, fmt::format("cannot {} {}", doing, printable(path)));
    }

    const ObjectStore& store_;
    int top_;
    const std::string& temporary_;
    Overwrite overwrite_;
    bool change_;
    os::Looks owner_;
    Restored out_;
};

}  // namespace

Restorer::Restorer(const ObjectStore& store, os::Fd folder, std::string token)
    : store_(store), folder_(std::move(folder)), temporary_(".hearth-undo-" + std::move(token)) {}

Result<Restorer> Restorer::open(const ObjectStore& store, const fs::path& workspace, std::string token) {
    os::Fd folder(::open(workspace.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return errno_error(errno, fmt::format("cannot open the workspace {}", workspace.string()));
    return Restorer(store, std::move(folder), std::move(token));
}

Result<Restored> Restorer::go(const std::vector<Step>& steps, Overwrite overwrite, Doing doing) const {
    return Run(store_, folder_.get(), temporary_, overwrite, doing == Doing::kChange).go(steps);
}

Result<Restored> Restorer::plan(const std::vector<Step>& steps, Overwrite overwrite) const {
    return go(steps, overwrite, Doing::kLook);
}

Result<Restored> Restorer::restore(const std::vector<Step>& steps, Overwrite overwrite) const {
    return go(steps, overwrite, Doing::kChange);
}

void Restorer::clean_up(const std::vector<Step>& steps) const {
    for (const auto& step : steps) {
        const auto above = fs::path(step.path).parent_path();
        const auto folder = os::open_beneath(folder_.get(), above.empty() ? fs::path(".") : above,
                                             O_RDONLY | O_DIRECTORY, os::Links::kRefuse);
        if (folder) ::unlinkat(folder.get(), temporary_.c_str(), 0);
    }
}

}  // namespace hearth::history
