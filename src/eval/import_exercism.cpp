#include "eval/import_exercism.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "eval/file_tree.h"
#include "os/files.h"
#include "scaffold/project.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

struct Language {
    std::string_view folder;
    std::string_view name;
    std::string_view command;  // {tests}: the test files; {modules}: those without their ending
};

constexpr std::array<Language, 8> kLanguages = {{
    {"python", "python", "python3 -m unittest -q {modules}"},
    {"cpp", "cpp", "cmake -S . -B build -DEXERCISM_RUN_ALL_TESTS=1 && cmake --build build"},
    {"c", "c", "make test"},
    {"javascript", "javascript", "npx jest {tests}"},
    {"go", "go", "go test ./..."},
    {"rust", "rust", "cargo test --offline -- --include-ignored"},
    {"java", "java", "./gradlew test --offline"},
    {"bash", "shell", "BATS_RUN_SKIPPED=true bats {tests}"},
}};

// What switches a test off, and what stands there instead.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kSwitchedOff = {
    {{"xtest(", "test("}, {"xit(", "it("}, {"xdescribe(", "describe("}, {"TEST_IGNORE();", ""}}};

struct Place {
    fs::path practice;
    std::string track;
};

std::vector<Place> practice_folders(const fs::path& checkout) {
    std::vector<Place> places;
    std::error_code error;
    if (fs::is_directory(checkout / "exercises/practice", error))
        places.push_back(
            {checkout / "exercises/practice", fs::canonical(checkout, error).filename().string()});
    for (fs::directory_iterator at(checkout, error), end; !error && at != end; at.increment(error)) {
        if (fs::is_directory(at->path() / "exercises/practice", error))
            places.push_back({at->path() / "exercises/practice", at->path().filename().string()});
    }
    std::ranges::sort(places, {}, &Place::practice);
    return places;
}

std::string ending_of(const std::string& path) { return fs::path(path).extension().string(); }

// By the ending where the folder's name says nothing.
const Language* language_of(const std::string& track, const ExerciseFiles& files) {
    for (const auto& language : kLanguages)
        if (track == language.folder) return &language;
    const auto ending = ending_of(files.solution.front());
    constexpr std::array<std::pair<std::string_view, std::size_t>, 9> kEndings = {{{".py", 0},
                                                                                   {".cpp", 1},
                                                                                   {".h", 1},
                                                                                   {".c", 2},
                                                                                   {".js", 3},
                                                                                   {".go", 4},
                                                                                   {".rs", 5},
                                                                                   {".java", 6},
                                                                                   {".sh", 7}}};
    for (const auto& [known, index] : kEndings)
        if (ending == known) return &kLanguages.at(index);
    return nullptr;
}

// The file of the solution that an example stands for: the one at its place in the list, else the one with its ending.
const std::string* place_of_example(const ExerciseFiles& files, std::size_t index) {
    if (files.example.size() == files.solution.size()) return &files.solution[index];
    const auto ending = ending_of(files.example[index]);
    const auto found = std::ranges::find_if(
        files.solution, [&](const std::string& path) { return ending_of(path) == ending; });
    return found == files.solution.end() ? nullptr : &*found;
}

std::string instructions_of(const fs::path& exercise) {
    std::string text;
    for (const auto* name : {"introduction.md", "instructions.md", "instructions.append.md"}) {
        const auto part = os::read_file(exercise / ".docs" / name);
        if (part && !trim(*part).empty()) text += std::string(trim(*part)) + "\n\n";
    }
    return text;
}

std::string command_for(std::string_view pattern, const ExerciseFiles& files) {
    std::vector<std::string> modules;
    for (const auto& test : files.test)
        modules.push_back(replace_all(test.substr(0, test.size() - ending_of(test).size()), "/", "."));
    return replace_all(replace_all(pattern, "{tests}", join(files.test, " ")), "{modules}",
                       join(modules, " "));
}

bool is_one_of(const std::vector<std::string>& paths, const std::string& path) {
    return std::ranges::find(paths, path) != paths.end();
}

// What a track keeps beside an exercise for its website: solutions, texts about them, instructions.
bool is_for_the_site(std::string_view path) {
    return std::ranges::any_of(
        std::array<std::string_view, 4>{".meta/", ".docs/", ".approaches/", ".articles/"},
        [&](std::string_view folder) { return path.starts_with(folder); });
}

// Go's tracks keep the expected values in a file of cases that the website shows beside the solution.
bool is_test(const ExerciseFiles& files, const std::string& path) {
    return is_one_of(files.test, path) ||
           (is_one_of(files.editor, path) && scaffold::role_of(path) == scaffold::FileRole::kTest);
}

Status fill(const TaskWriter& writer, const fs::path& exercise, const ExerciseFiles& files) {
    const auto entries = TRY(list_tree(exercise));
    for (const auto& entry : entries) {
        if (entry.kind != EntryKind::kFile || is_for_the_site(entry.path)) continue;
        std::string text = TRY(os::read_file(exercise / entry.path));
        std::error_code error;
        const auto mode = fs::status(exercise / entry.path, error).permissions();
        const bool executable = (mode & fs::perms::owner_exec) != fs::perms::none;
        const bool test = is_test(files, entry.path);
        if (test) {
            for (const auto& [off, on] : kSwitchedOff)
                text = replace_all(text, off, on);
        }
        TRY(writer.file(test ? "tests" : "work", entry.path, text, executable));
    }
    for (std::size_t i = 0; i < files.example.size(); ++i) {
        if (const auto* place = place_of_example(files, i))
            TRY(writer.file("solution", *place, TRY(os::read_file(exercise / files.example[i]))));
    }
    return {};
}

Status import_one(const ExercismImport& import, const Place& place, const fs::path& exercise,
                  Imported& result) {
    const auto slug = exercise.filename().string();
    const auto config = os::read_file(exercise / ".meta/config.json");
    if (!config) return {};
    const auto skip = [&](std::string_view why) {
        result.skipped.push_back(fmt::format("{}: {}", slug, why));
    };
    auto files = parse_exercise_config(*config);
    Task task;
    task.instructions = instructions_of(exercise);
    if (!files || files->solution.empty() || files->test.empty() || files->example.empty() ||
        task.instructions.empty()) {
        skip(files ? "it has no solution, test, example or instructions" : files.error().message());
        return {};
    }
    const auto* language = language_of(place.track, *files);
    if (language == nullptr && import.test_command.empty()) {
        skip("the language is not known; name a command with --test");
        return {};
    }
    task.title = slug;
    task.kind = "feature";
    task.language = language == nullptr ? place.track : std::string(language->name);
    task.difficulty = "medium";
    task.tags = {place.track};
    task.solution_files = files->solution;
    task.test_command =
        command_for(import.test_command.empty() ? language->command : import.test_command, *files);
    task.test_time = std::chrono::seconds(180);
    task.provenance = {
        .source = fmt::format("{} exercise {}", place.track, slug), .licence = import.licence, .added = {}};
    auto writer = TaskWriter::begin(import.suite, task_id(import.prefix + place.track + "-" + slug));
    if (!writer) {
        skip(writer.error().message());
        return {};
    }
    TRY(fill(*writer, exercise, *files).context(slug));
    result.tasks.push_back(TRY(writer->write_header(task)).id);
    return writer->keep();
}

}  // namespace

Result<ExerciseFiles> parse_exercise_config(std::string_view text) {
    const auto value = TRY(parse_json(text));
    const auto* lists = member(value, "files");
    if (lists == nullptr) return Error(Code::kInvalidInput, "the configuration has no 'files'");
    ExerciseFiles files;
    const auto read = [&](std::string_view key, std::vector<std::string>& paths) -> Status {
        const auto* list = array_member(*lists, key);
        if (list == nullptr) return {};
        for (const auto& each : *list) {
            if (!each.is_string())
                return Error(Code::kInvalidInput, fmt::format("'{}' is no list of paths", key));
            const std::string path(std::string_view(each.get_string()));
            const fs::path normal = fs::path(path).lexically_normal();
            if (path.empty() || normal.is_absolute() || *normal.begin() == ".." || normal == ".")
                return Error(Code::kInvalidInput,
                             fmt::format("'{}' leads out of the exercise", printable(path)));
            paths.push_back(normal.generic_string());
        }
        return {};
    };
    TRY(read("solution", files.solution));
    TRY(read("test", files.test));
    TRY(read("example", files.example));
    TRY(read("editor", files.editor));
    return files;
}

Result<Imported> import_exercism(const ExercismImport& import) {
    const auto places = practice_folders(import.checkout);
    if (places.empty())
        return Error(
            Code::kNotFound,
            fmt::format("{} has no exercises/practice, neither itself nor in a folder for a language",
                        import.checkout.string()));
    TRY(begin_suite(import.suite, "Imported exercises", "Practice exercises of a local checkout."));
    Imported result;
    for (const auto& place : places) {
        std::vector<fs::path> exercises;
        std::error_code error;
        for (fs::directory_iterator at(place.practice, error), end; !error && at != end; at.increment(error))
            exercises.push_back(at->path());
        std::ranges::sort(exercises);
        for (const auto& exercise : exercises)
            TRY(import_one(import, place, exercise, result));
    }
    return result;
}

}  // namespace hearth::eval
