#include "capacity/profile.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::capacity {

namespace {

constexpr std::int64_t kMostLinked = 16;

struct Link {
    std::string_view name;
    double bandwidth;  // bytes a second
    double latency;    // seconds, of one transfer
};

constexpr std::array kLinks = {Link{"200gbe", 25e9, 5e-6}, Link{"100gbe", 12.5e9, 5e-6},
                               Link{"25gbe", 3.1e9, 3e-5}, Link{"10gbe", 1.25e9, 6e-5},
                               Link{"tb5", 10e9, 1e-5},    Link{"2.5gbe", 0.31e9, 1e-4}};

Result<MachineProfile> linked(MachineProfile machine, std::int64_t count, std::string_view link) {
    const auto* found = std::find_if(kLinks.begin(), kLinks.end(), [&](const Link& each) {
        return each.name == to_lower_ascii(link.empty() ? std::string_view("10gbe") : link);
    });
    if (found == kLinks.end()) {
        std::vector<std::string> names;
        for (const Link& each : kLinks)
            names.emplace_back(each.name);
        return Error(Code::kInvalidInput,
                     fmt::format("no link is named '{}'; there are {}", printable(link), join(names, ", ")));
    }
    machine.name = fmt::format("{}x {}", count, machine.name);
    machine.title = fmt::format("{} linked by {}", machine.name, found->name);
    machine.memory.total.value *= count;
    machine.memory.available.value *= count;
    if (machine.gpu) {
        machine.gpu->total.value *= count;
        machine.gpu->available.value *= count;
    }
    machine.price_usd *= static_cast<double>(count);
    // Two machines measured so reached 80 % of one pool's roofline; the hops themselves are small beside that.
    for (SpeedFacts* facts : {&machine.speeds.host, &machine.speeds.device}) {
        facts->bandwidth *= 0.8;
        facts->error = std::max(facts->error, 0.2);
    }
    return machine;
}

}  // namespace

MachineProfile profile_of(const Machine& machine) {
    MachineProfile profile;
    profile.name = machine.cpu.model.empty() ? std::string("this machine") : machine.cpu.model;
    profile.title = profile.name;
    profile.memory = machine.memory;
    profile.cores = machine.cpu.physical;
    profile.layout = weight_layout(machine.cpu);
    return profile;
}

Result<MachineProfile> choose_machine(const std::vector<MachineProfile>& machines, std::string_view wish,
                                      std::string_view link) {
    std::string_view name = trim(wish);
    std::int64_t count = 1;
    const std::size_t times = name.find('x');
    if (times != std::string_view::npos && times > 0) {
        if (const auto number = parse_number(name.substr(0, times))) {
            count = *number;
            name = trim(name.substr(times + 1));
        }
    }
    if (count < 1 || count > kMostLinked)
        return Error(Code::kInvalidInput, fmt::format("1 to {} machines can be linked", kMostLinked));
    for (const MachineProfile& machine : machines) {
        if (machine.name != to_lower_ascii(name)) continue;
        if (count == 1) return machine;
        return linked(machine, count, link);
    }
    std::vector<std::string> names;
    for (const MachineProfile& machine : machines)
        names.push_back(machine.name);
    return Error(Code::kNotFound,
                 fmt::format("no machine is named '{}'; there are {}", printable(name), join(names, ", ")));
}

}  // namespace hearth::capacity
