#include "os/paths.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "os/files.h"

namespace hearth::os {
namespace {

constexpr std::size_t kSunPath = 108;

// Sets a variable for one test, or unsets it when the value is null.
class Variable {
public:
    Variable(const char* name, const char* value) : name_(name) {
        if (const char* old = std::getenv(name); old != nullptr) old_ = old;
        if (value != nullptr)
            ::setenv(name, value, 1);
        else
            ::unsetenv(name);
    }

    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

    ~Variable() {
        if (old_)
            ::setenv(name_, old_->c_str(), 1);
        else
            ::unsetenv(name_);
    }

private:
    const char* name_;
    std::optional<std::string> old_;
};

class PathsTest : public testing::Test {
protected:
    Variable moved_{"HEARTH_HOME", nullptr};
    Variable home_{"HOME", "/home/someone"};
    Variable config_{"XDG_CONFIG_HOME", nullptr};
    Variable data_{"XDG_DATA_HOME", nullptr};
    Variable state_{"XDG_STATE_HOME", nullptr};
    Variable cache_{"XDG_CACHE_HOME", nullptr};
    Variable runtime_{"XDG_RUNTIME_DIR", nullptr};
    TempDir dir_ = *TempDir::create("paths", "/tmp");
};

bool fits(const std::filesystem::path& runtime) {
    return (runtime / std::string(kMaxSocketName, 'x')).native().size() < kSunPath;
}

TEST_F(PathsTest, DefaultsFollowTheSpecification) {
    const Paths paths = paths_from_environment();
    EXPECT_EQ(paths.config, "/home/someone/.config/hearth");
    EXPECT_EQ(paths.data, "/home/someone/.local/share/hearth");
    EXPECT_EQ(paths.state, "/home/someone/.local/state/hearth");
    EXPECT_EQ(paths.cache, "/home/someone/.cache/hearth");
    EXPECT_EQ(paths.runtime, "/tmp/hearth-" + std::to_string(::geteuid()));
}

TEST_F(PathsTest, VariablesMoveEachAndRelativeOnesDoNot) {
    const Variable config("XDG_CONFIG_HOME", "/c");
    const Variable data("XDG_DATA_HOME", "relative");
    const Paths paths = paths_from_environment();
    EXPECT_EQ(paths.config, "/c/hearth");
    EXPECT_EQ(paths.data, "/home/someone/.local/share/hearth");
}

TEST_F(PathsTest, HomeIsNeverTheCurrentFolder) {
    EXPECT_EQ(home_folder(), "/home/someone");
    for (const char* value : {static_cast<const char*>(nullptr), "", "relative", "."}) {
        const Variable home("HOME", value);
        EXPECT_TRUE(home_folder().is_absolute()) << home_folder();
    }
}

TEST(Paths, AWrittenPathBeginsAtHomeOrAtItsBase) {
    EXPECT_EQ(written_path("~", "/base", "/home/ann"), "/home/ann");
    EXPECT_EQ(written_path("~/a/../b", "/base", "/home/ann"), "/home/ann/b");
    EXPECT_EQ(written_path("a/./b", "/base", "/home/ann"), "/base/a/b");
    EXPECT_EQ(written_path("/a", "/base", "/home/ann"), "/a");
    EXPECT_EQ(written_path("~ann/a", "/base", "/home/ann"), "/base/~ann/a");
}

TEST(IsWithin, ComparesWholeNames) {
    EXPECT_TRUE(is_within("/usr/bin", "/usr"));
    EXPECT_TRUE(is_within("/usr", "/usr"));
    EXPECT_TRUE(is_within("/usr/bin", "/usr/"));
    EXPECT_FALSE(is_within("/usrlocal/bin", "/usr"));
    EXPECT_FALSE(is_within("/usr", "/usr/bin"));
    EXPECT_FALSE(is_within("", "/usr"));
}

TEST_F(PathsTest, RuntimeFolderMustBeThereAndOurs) {
    {
        const Variable runtime("XDG_RUNTIME_DIR", dir_.path().c_str());
        EXPECT_EQ(paths_from_environment().runtime, dir_.path() / "hearth");
    }
    const Variable runtime("XDG_RUNTIME_DIR", "/no/such/folder");
    EXPECT_EQ(paths_from_environment().runtime, "/tmp/hearth-" + std::to_string(::geteuid()));
}

TEST_F(PathsTest, HearthHomeMovesAllAtOnce) {
    const Variable home("HEARTH_HOME", "/h/./x/../");
    const Paths paths = paths_from_environment();
    EXPECT_EQ(paths.config, "/h/config");
    EXPECT_EQ(paths.data, "/h/data");
    EXPECT_EQ(paths.state, "/h/state");
    EXPECT_EQ(paths.cache, "/h/cache");
    EXPECT_EQ(paths.runtime, "/h/run");
}

TEST_F(PathsTest, RelativeHearthHomeBecomesAbsolute) {
    const Variable home("HEARTH_HOME", "here");
    EXPECT_TRUE(paths_from_environment().data.is_absolute());
}

TEST_F(PathsTest, LongHomesKeepSocketsShortAndApart) {
    const std::string one = "/" + std::string(150, 'a');
    const std::string two = "/" + std::string(150, 'b');
    Paths first;
    Paths second;
    {
        const Variable home("HEARTH_HOME", one.c_str());
        first = paths_from_environment();
    }
    {
        const Variable home("HEARTH_HOME", two.c_str());
        second = paths_from_environment();
    }
    EXPECT_TRUE(fits(first.runtime));
    EXPECT_NE(first.runtime, second.runtime);
    EXPECT_EQ(first.data, one + "/data");
    // Every length, around the border too.
    for (std::size_t length = 1; length < 120; ++length) {
        const Variable home("HEARTH_HOME", ("/" + std::string(length, 'c')).c_str());
        EXPECT_TRUE(fits(paths_from_environment().runtime)) << length;
    }
}

TEST_F(PathsTest, RuntimeFolderIsMadePrivate) {
    const auto path = dir_.path() / "a/run";
    ASSERT_TRUE(make_runtime_folder(path));
    struct stat info{};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0700U);
    ::chmod(path.c_str(), 0755);
    ASSERT_TRUE(make_runtime_folder(path));
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0700U);
}

TEST_F(PathsTest, RuntimeFolderThatIsALinkIsRefused) {
    std::filesystem::create_directory_symlink("/tmp", dir_.path() / "link");
    const auto made = make_runtime_folder(dir_.path() / "link");
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), Code::kPermission);
}

TEST_F(PathsTest, RuntimeFolderOfSomebodyElseIsRefused) {
    if (::geteuid() == 0) {
        const auto path = dir_.path() / "theirs";
        ASSERT_TRUE(make_directories(path));
        ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
        EXPECT_EQ(make_runtime_folder(path).error().code(), Code::kPermission);
    } else {
        EXPECT_EQ(make_runtime_folder("/proc").error().code(), Code::kPermission);
    }
}

TEST_F(PathsTest, ExecutablePathHoldsTheTest) {
    EXPECT_TRUE(std::filesystem::exists(executable_path() / "os_tests"));
}

}  // namespace
}  // namespace hearth::os
