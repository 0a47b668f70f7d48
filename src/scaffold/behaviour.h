#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::scaffold {

// What code was seen to do on tests that nobody vouches for: examples from a task's text, and tests that the model wrote.

// A language whose code can be loaded and watched. The program that does it is src/scaffold/probe.
enum class ProbeLanguage : std::uint8_t { kPython, kNode };

// By the file's name; nothing for languages without a probe.
[[nodiscard]] std::optional<ProbeLanguage> probe_language_of(std::string_view path);

// One assertion of a test: where it stands, what was found there, and whether the test wanted that.
struct Check {
    std::size_t test = 0;  // which of the probe's tests it belongs to
    std::string place;     // the same for the same assertion of another candidate
    std::string value;     // as the language writes it; "raises KeyError" where it came to no value
    bool as_expected = false;
};

struct Behaviour {
    bool loads = false;
    std::string error;  // why it does not load
    std::vector<Check> checks;
};

// A file of the probe, to be laid into a copy of the workspace.
struct ProbeFile {
    std::string path;
    std::string content;
};

struct Probe {
    std::vector<ProbeFile> files;
    std::string command;  // run in the copy; prints what parse_behaviour() reads
};

// Loads `modules` (paths in the workspace) and runs the tests, each a piece of code in the language. Pure.
[[nodiscard]] Probe make_probe(ProbeLanguage language, const std::vector<std::string>& modules,
                               const std::vector<std::string>& tests);

// What a probe printed. Lines that are not its own are passed over: the code under test may print too. A probe that was ended
// early has the checks that it came to. Takes any bytes. Pure.
[[nodiscard]] Behaviour parse_behaviour(std::string_view output);

}  // namespace hearth::scaffold
