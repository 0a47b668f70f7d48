#pragma once
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/text.h"
#include "engine/engine_child.h"
#include "engine/engine_choice.h"
#include "engine/supervisor.h"
#include "model/store.h"
#include "os/files.h"
#include "os/paths.h"
#include "os/process.h"

namespace hearth::engine {

// A home of its own that sees the engine and the models of HEARTH_TEST_HOME, so that verdicts, logs and broken
// variants of one test are not seen by another.
class EngineTest : public testing::Test {
protected:
    void SetUp() override {
        const char* home = std::getenv("HEARTH_TEST_HOME");
        ASSERT_NE(home, nullptr) << "set HEARTH_TEST_HOME to a HEARTH_HOME with an engine and models";
        ::unsetenv("HEARTH_ENGINE");
        ::unsetenv("HEARTH_MEMORY_MIB");
        const std::filesystem::path real(home);
        for (const auto& entry : std::filesystem::directory_iterator(real / "data" / "engines"))
            if (std::optional<EngineBuild> build = read_build(entry.path())) real_ = *build;
        ASSERT_FALSE(real_.variants.empty()) << "no engine below " << real / "data" / "engines";

        paths_ = {.config = folder_.path() / "config",
                  .data = folder_.path() / "data",
                  .state = folder_.path() / "state",
                  .cache = folder_.path() / "cache",
                  .runtime = folder_.path() / "run"};
        engine_ = paths_.data / "engines" / real_.id;
        std::filesystem::create_directories(engine_ / "cpu");
        std::filesystem::create_directory_symlink(real_.server.parent_path(), engine_ / "bin");
        std::filesystem::create_directory_symlink(real / "data" / "models", paths_.data / "models");
        std::ofstream(engine_ / "installed") << "id=test\n";
        for (const Variant& variant : real_.variants)
            if (variant.extra_backend.empty())
                std::filesystem::create_directory_symlink(variant.directory, engine_ / "cpu" / variant.name);
        small_ = model("smollm2:135m");
    }

    [[nodiscard]] std::filesystem::path model(const std::string& name) const {
        const Result<model::InstalledModel> found = model::ModelStore(paths_.data / "models").find(name);
        EXPECT_TRUE(found) << found.error().message();
        return found ? found->file : std::filesystem::path();
    }

    // A back end of this name whose library does something bad when it is loaded.
    void add_broken_variant(const std::string& name, const std::string& constructor_body) {
        const std::filesystem::path place = engine_ / "cpu" / name;
        std::filesystem::remove(place);
        std::filesystem::create_directories(place);
        const std::filesystem::path source = place / "broken.c";
        std::ofstream(source) << "#include <stdlib.h>\n#include <unistd.h>\n__attribute__((constructor)) "
                                 "static void begin(void) { "
                              << constructor_body << " }\nint ggml_backend_score(void) { return 1; }\n";
        const Result<os::Exit> built =
            os::run({.argv = {"gcc", "-shared", "-fPIC", "-o",
                              (place / ("libggml-cpu-" + name + ".so")).string(), source.string()},
                     .environment = os::environment_of({"PATH"})});
        ASSERT_TRUE(built && built->ok()) << built->err;
    }

    [[nodiscard]] std::unique_ptr<Supervisor> open() const {
        Result<std::unique_ptr<Supervisor>> supervisor = Supervisor::open(paths_);
        EXPECT_TRUE(supervisor) << supervisor.error().message();
        return supervisor ? std::move(*supervisor) : nullptr;
    }

    static ServeOptions small_options() {
        return {.context = Tokens{2048}, .slots = 1, .edit_speculation = false};
    }

    [[nodiscard]] VerdictBook verdicts() const {
        return VerdictBook::load(paths_.state / "engine-verdicts.json");
    }

    [[nodiscard]] const Verdict* verdict_of(const VerdictBook& book, std::string_view variant) const {
        for (const Verdict& each : book.all())
            if (each.variant == variant) return &each;
        return nullptr;
    }

    os::TempDir folder_ = *os::TempDir::create("engine-test-");
    os::Paths paths_;
    EngineBuild real_;
    std::filesystem::path engine_;
    std::filesystem::path small_;
};

// Processes whose command line holds a text: the engines of one test, by the path of its sockets.
inline std::vector<pid_t> processes_with(std::string_view text) {
    std::vector<pid_t> found;
    std::error_code error;
    for (std::filesystem::directory_iterator each("/proc", error), end; !error && each != end;
         each.increment(error)) {
        const std::optional<std::int64_t> pid = parse_number(each->path().filename().string());
        if (!pid) continue;
        const Result<std::string> line = os::read_file(each->path() / "cmdline");
        if (line && line->find(text) != std::string::npos) found.push_back(static_cast<pid_t>(*pid));
    }
    return found;
}

// Waits for something that happens soon; the deadline only bounds a failure.
template <typename Condition>
bool happens(const Condition& condition) {
    for (const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{60};
         std::chrono::steady_clock::now() < until;) {
        if (condition()) return true;
        std::this_thread::yield();
    }
    return false;
}

}  // namespace hearth::engine
