#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hearth::app {

// Options of one verb. A thin cover over CLI11, so that only options.cpp pays for that header.
//
//     Options options("pull", "Gets a model and verifies it.");
//     options.positional("NAME", name, "a model of the catalogue, a URL or a .gguf file");
//     options.flag("--json", as_json, "print JSON");
//     if (auto status = options.parse(arguments)) return *status;
//
// Variables are filled by parse() and keep their value when the option is not given; they must outlive it.
class Options {
public:
    Options(std::string verb, std::string description);
    ~Options();
    Options(const Options&) = delete;
    Options& operator=(const Options&) = delete;

    // `names` as in "-p,--prompt" or "--json".
    void flag(const std::string& names, bool& value, const std::string& help);
    void option(const std::string& names, std::string& value, const std::string& help);
    void option(const std::string& names, std::int64_t& value, const std::string& help, std::int64_t min,
                std::int64_t max);
    void option(const std::string& names, double& value, const std::string& help, double min, double max);
    void option(const std::string& names, std::optional<std::int64_t>& value, const std::string& help);
    void option(const std::string& names, std::optional<std::int64_t>& value, const std::string& help,
                std::int64_t min, std::int64_t max);
    void option(const std::string& names, std::optional<double>& value, const std::string& help, double min,
                double max);
    void choice(const std::string& names, std::string& value, const std::vector<std::string>& choices,
                const std::string& help);
    void repeated(const std::string& names, std::vector<std::string>& values, const std::string& help);

    // Positional arguments, in the order of the calls.
    void positional(const std::string& name, std::string& value, const std::string& help);
    void optional_positional(const std::string& name, std::string& value, const std::string& help);
    void rest(const std::string& name, std::vector<std::string>& values, const std::string& help);

    // A paragraph after the options in --help: examples, notes.
    void footer(const std::string& text);

    // Nothing when the verb should go on; else the exit status: 0 after --help (printed on standard output),
    // 2 after a mistake (explained on standard error).
    [[nodiscard]] std::optional<int> parse(std::span<const std::string> arguments);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hearth::app
