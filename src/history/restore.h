#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "history/changes.h"
#include "history/object_store.h"
#include "os/fd.h"

namespace hearth::history {

enum class Overwrite : std::uint8_t {
    kNothing,   // what somebody else changed since stays as it is
    kOfOthers,  // also what somebody else wrote there since
};

// A path that stays as it is, and why.
struct Left {
    std::string path;
    std::string why;
    bool of_others = false;  // somebody else changed it since: Overwrite::kOfOthers would bring it there
};

struct Restored {
    Changes done;  // what was changed, or would be
    std::vector<Left> left;
};

// Brings paths of a workspace from one state to another.
//
// A path that has its new state already is passed over; one that is neither in its old nor its new state was changed by somebody else. Each file is
// replaced in one step, so that a kill leaves it old or new; the same steps again do the rest. Links are never followed, and no
// path that a command of the agent could not change is touched.
// Threads: one owner.
class Restorer {
public:
    // `token`: a name part of temporary files, by which leftovers of a killed run are found again.
    static Result<Restorer> open(const ObjectStore& store, const std::filesystem::path& workspace,
                                 std::string token);

    // What restore() would do. Errors: those of the file system.
    [[nodiscard]] Result<Restored> plan(const std::vector<Step>& steps, Overwrite overwrite) const;

    // What cannot be done for one path is told in `left`, and the others go on.
    [[nodiscard]] Result<Restored> restore(const std::vector<Step>& steps, Overwrite overwrite) const;

    // Removes temporary files that a killed restore() of this token left beside these paths.
    void clean_up(const std::vector<Step>& steps) const;

private:
    Restorer(const ObjectStore& store, os::Fd folder, std::string token);

    enum class Doing : bool { kLook, kChange };
    [[nodiscard]] Result<Restored> go(const std::vector<Step>& steps, Overwrite overwrite, Doing doing) const;

    const ObjectStore& store_;
    os::Fd folder_;
    std::string temporary_;
};

}  // namespace hearth::history
