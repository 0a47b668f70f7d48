#include "app/options.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace hearth::app {

struct Options::State {
    CLI::App app;
    std::string verb;

    State(std::string description, std::string name)
        : app(std::move(description), "hearth " + name), verb(std::move(name)) {
        app.get_formatter()->column_width(34);
    }
};

Options::Options(std::string verb, std::string description)
    : state_(std::make_unique<State>(std::move(description), std::move(verb))) {}

Options::~Options() = default;

void Options::flag(const std::string& names, bool& value, const std::string& help) {
    state_->app.add_flag(names, value, help);
}

void Options::option(const std::string& names, std::string& value, const std::string& help) {
    state_->app.add_option(names, value, help)->capture_default_str();
}

void Options::option(const std::string& names, std::int64_t& value, const std::string& help, std::int64_t min,
                     std::int64_t max) {
    state_->app.add_option(names, value, help)->check(CLI::Range(min, max))->capture_default_str();
}

void Options::option(const std::string& names, double& value, const std::string& help, double min,
                     double max) {
    state_->app.add_option(names, value, help)->check(CLI::Range(min, max))->capture_default_str();
}

void Options::option(const std::string& names, std::optional<std::int64_t>& value, const std::string& help) {
    state_->app.add_option_function<std::int64_t>(
        names, [&value](const std::int64_t& given) { value = given; }, help);
}

void Options::option(const std::string& names, std::optional<std::int64_t>& value, const std::string& help,
                     std::int64_t min, std::int64_t max) {
    state_->app
        .add_option_function<std::int64_t>(
            names, [&value](const std::int64_t& given) { value = given; }, help)
        ->check(CLI::Range(min, max));
}

void Options::option(const std::string& names, std::optional<double>& value, const std::string& help,
                     double min, double max) {
    state_->app.add_option_function<double>(
                   names, [&value](const double& given) { value = given; }, help)
        ->check(CLI::Range(min, max));
}

void Options::choice(const std::string& names, std::string& value, const std::vector<std::string>& choices,
                     const std::string& help) {
    state_->app.add_option(names, value, help)->check(CLI::IsMember(choices))->capture_default_str();
}

void Options::repeated(const std::string& names, std::vector<std::string>& values, const std::string& help) {
    state_->app.add_option(names, values, help)->allow_extra_args(false);
}

void Options::positional(const std::string& name, std::string& value, const std::string& help) {
    state_->app.add_option(name, value, help)->required();
}

void Options::optional_positional(const std::string& name, std::string& value, const std::string& help) {
    state_->app.add_option(name, value, help);
}

void Options::rest(const std::string& name, std::vector<std::string>& values, const std::string& help) {
    state_->app.add_option(name, values, help);
}

void Options::footer(const std::string& text) { state_->app.footer(text); }

std::optional<int> Options::parse(std::span<const std::string> arguments) {
    try {
        std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // CLI11 pops from the back
        state_->app.parse(std::move(reversed));
        return std::nullopt;
    } catch (const CLI::CallForHelp&) {
        fmt::print("{}", state_->app.help());
        return 0;
    } catch (const CLI::ParseError& error) {
        fmt::print(stderr, "hearth {}: {}\nTry: hearth {} --help\n", state_->verb, error.what(),
                   state_->verb);
        return 2;
    }
}

}  // namespace hearth::app
