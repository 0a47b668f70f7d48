#include "scaffold/behaviour.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::scaffold {
namespace {

// Made from src/scaffold/probe by cmake/embed.cmake.
constexpr unsigned char kPythonProbe[] = {
#include "scaffold/python_probe.inc"
};
constexpr unsigned char kNodeProbe[] = {
#include "scaffold/node_probe.inc"
};

constexpr std::string_view kFolder = ".hearth-probe";
constexpr std::size_t kMostChecks = 2'000;

std::string_view text_of(ProbeLanguage language) {
    if (language == ProbeLanguage::kPython)
        return {reinterpret_cast<const char*>(kPythonProbe), sizeof kPythonProbe};
    return {reinterpret_cast<const char*>(kNodeProbe), sizeof kNodeProbe};
}

json::array strings(const std::vector<std::string>& from) {
    json::array all;
    for (const auto& each : from)
        all.emplace_back(to_valid_utf8(each));
    return all;
}

// "12.3": the third part of the thirteenth test.
std::optional<std::size_t> test_of(std::string_view unit) {
    const auto number = parse_number(unit.substr(0, unit.find('.')));
    if (!number) return {};
    return static_cast<std::size_t>(*number);
}

}  // namespace

std::optional<ProbeLanguage> probe_language_of(std::string_view path) {
    if (path.ends_with(".py")) return ProbeLanguage::kPython;
    if (path.ends_with(".js") || path.ends_with(".mjs") || path.ends_with(".cjs"))
        return ProbeLanguage::kNode;
    return {};
}

Probe make_probe(ProbeLanguage language, const std::vector<std::string>& modules,
                 const std::vector<std::string>& tests) {
    const bool python = language == ProbeLanguage::kPython;
    const auto program = fmt::format("{}/{}", kFolder, python ? "probe.py" : "probe.mjs");
    const auto plan = fmt::format("{}/plan.json", kFolder);
    Probe probe;
    probe.files.push_back({program, std::string(text_of(language))});
    probe.files.push_back(
        {plan, json::serialize(json::object{{"modules", strings(modules)}, {"tests", strings(tests)}})});
    probe.command = fmt::format("{} {} {}", python ? "python3 -B" : "node", program, plan);
    return probe;
}

Behaviour parse_behaviour(std::string_view output) {
    Behaviour behaviour;
    for (const auto line : split_lines(output)) {
        if (!line.starts_with('{')) continue;
        const auto record = parse_json(line);
        if (!record) continue;
        if (const auto loads = bool_member(*record, "loads")) {
            behaviour.loads = *loads;
            behaviour.error = string_member(*record, "error").value_or("");
            continue;
        }
        const auto unit = string_member(*record, "unit");
        const auto number = integer_member(*record, "check");
        const auto value = string_member(*record, "value");
        const auto ok = bool_member(*record, "ok");
        if (!unit || !number || !value || !ok || behaviour.checks.size() >= kMostChecks) continue;
        const auto test = test_of(*unit);
        if (!test) continue;
        behaviour.checks.push_back({*test, fmt::format("{}.{}", *unit, *number), std::string(*value), *ok});
    }
    return behaviour;
}

}  // namespace hearth::scaffold
