#pragma once
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "os/files.h"

namespace hearth::eval {

inline void put(const std::filesystem::path& path, std::string_view content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

// A tool-use item: one call is right, and one of its arguments may have either of two values.
inline constexpr std::string_view kLampItem = R"(title = "The lamp in the hall"
prompt = "Turn off the lamp in the hall."
[[tool]]
name = "set_lamp"
description = "Sets a lamp."
parameters = '{"type":"object","properties":{"room":{"type":"string"},"level":{"type":"integer"}},"required":["room","level"]}'
[[expect]]
name = "set_lamp"
arguments = { room = { any_of = ["hall", "hallway"] }, level = 0 }
)";

// The same where the right thing is to call nothing.
inline std::string lamp_item_without_call() {
    return std::string(kLampItem.substr(0, kLampItem.find("[[expect]]")));
}

// A suite of small shell tasks in a folder outside /tmp: the answer is a number in a file, the hidden test compares it.
class Ground {
public:
    Ground() : folder_(*os::TempDir::create("hearth-eval-test", "/var/tmp")) {
        put(path() / "suite.toml", "name = \"small\"\ntitle = \"Small\"\ndescription = \"For tests.\"\n");
        std::filesystem::create_directory(path() / "scratch");
    }

    [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

    std::filesystem::path add_task(const std::string& id,
                                   const std::string& test = "grep -qx 42 value.txt") const {
        const auto task = path() / id;
        put(task / "task.toml",
            "title = \"The number\"\nkind = \"bug-fix\"\nlanguage = \"shell\"\ndifficulty = \"easy\"\n"
            "solution_files = [\"value.txt\"]\n\n[tests]\ncommand = \"sh check.sh\"\nseconds = 10\n\n"
            "[provenance]\nsource = \"a test\"\nlicence = \"Apache-2.0\"\n");
        put(task / "instructions.md", "Write 42 into value.txt.\n");
        put(task / "work/value.txt", "0\n");
        put(task / "tests/check.sh", "# looks at the number that the answer gives\n" + test + "\n");
        put(task / "solution/value.txt", "42\n");
        return task;
    }

private:
    os::TempDir folder_;
};

}  // namespace hearth::eval
