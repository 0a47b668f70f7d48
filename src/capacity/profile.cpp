#include "capacity/profile.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

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

// "2x rtx-4090"
struct Counted {
    std::int64_t count = 1;
    std::string_view name;
};

Counted counted(std::string_view text) {
    Counted wish{.count = 1, .name = trim(text)};
    const std::size_t times = wish.name.find('x');
    if (times == std::string_view::npos || times == 0) return wish;
    if (const auto number = parse_number(wish.name.substr(0, times))) {
        wish.count = *number;
        wish.name = trim(wish.name.substr(times + 1));
    }
    return wish;
}

bool has_card(const MachineProfile& machine) { return machine.gpu && !machine.gpu->unified; }

// GPUs of machines in the first of these.
Result<MachineProfile> with_cards(const std::vector<std::pair<MachineProfile, std::int64_t>>& parts,
                                  std::string_view wish) {
    MachineProfile machine = parts.front().first;
    std::vector<GpuProfile> cards;
    for (const auto& [part, count] : parts) {
        if (!has_card(part))
            return Error(
                Code::kInvalidInput,
                fmt::format("{} has no GPU with memory of its own that could stand beside another one",
                            part.name));
        GpuProfile card = *part.gpu;
        card.speed = part.speeds.device;
        cards.insert(cards.end(), static_cast<std::size_t>(count), card);
    }
    if (std::cmp_greater(cards.size(), kMostLinked))
        return Error(Code::kInvalidInput, fmt::format("at most {} GPUs can be planned for", kMostLinked));
    cards.erase(cards.begin());
    add_cards(machine, cards);
    machine.name = trim(wish);
    machine.title = fmt::format("{} with {} GPUs", parts.front().first.name, cards.size() + 1);
    machine.price_usd = 0;
    return machine;
}

}  // namespace

std::vector<GpuProfile> cards_of(const MachineProfile& machine) {
    std::vector<GpuProfile> cards;
    if (!has_card(machine)) return cards;
    cards.push_back(*machine.gpu);
    cards.insert(cards.end(), machine.more_gpus.begin(), machine.more_gpus.end());
    return cards;
}

void add_cards(MachineProfile& machine, const std::vector<GpuProfile>& cards) {
    machine.more_gpus.insert(machine.more_gpus.end(), cards.begin(), cards.end());
    machine.speeds.devices = {machine.speeds.device};
    for (const GpuProfile& card : machine.more_gpus)
        machine.speeds.devices.push_back(card.speed);
}

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
    std::vector<std::pair<MachineProfile, std::int64_t>> parts;
    for (const std::string_view each : split(wish, '+')) {
        const Counted part = counted(each);
        if (part.count < 1 || part.count > kMostLinked)
            return Error(Code::kInvalidInput, fmt::format("1 to {} machines can be linked", kMostLinked));
        const auto found = std::ranges::find(machines, to_lower_ascii(part.name), &MachineProfile::name);
        if (found == machines.end()) {
            std::vector<std::string> names;
            for (const MachineProfile& machine : machines)
                names.push_back(machine.name);
            return Error(Code::kNotFound, fmt::format("no machine is named '{}'; there are {}",
                                                      printable(part.name), join(names, ", ")));
        }
        parts.emplace_back(*found, part.count);
    }
    const auto& [machine, count] = parts.front();
    if (parts.size() > 1 && !link.empty())
        return Error(Code::kInvalidInput,
                     "a link is between machines alike: \"2x NAME\"; '+' puts GPUs into one");
    if (parts.size() > 1 || (count > 1 && link.empty() && has_card(machine))) return with_cards(parts, wish);
    if (count == 1) return machine;
    return linked(machine, count, link);
}

}  // namespace hearth::capacity
