#include "capacity/machine.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <sched.h>
#include <set>
#include <sys/utsname.h>
#include <utility>

#include "core/text.h"
#include "os/files.h"

namespace hearth::capacity {

namespace {

namespace fs = std::filesystem;

// "key : value" of /proc/cpuinfo and "key: value" of /proc/meminfo.
std::optional<std::pair<std::string_view, std::string_view>> key_value(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    return std::pair(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
}

struct Processor {
    int number = -1;
    std::string package;
    std::string core;
};

void read_processor_line(std::string_view key, std::string_view value, Processor& processor) {
    if (key == "physical id") processor.package = value;
    if (key == "core id") processor.core = value;
}

// What all processors have in common, from the first that says it.
void read_fact(std::string_view key, std::string_view value, CpuFacts& facts) {
    if (key == "model name" && facts.model.empty()) facts.model = value;
    if (key == "CPU part" && facts.model.empty()) facts.model = "CPU part " + std::string(value);  // aarch64
    if (key == "microcode" && facts.microcode.empty()) facts.microcode = value;
    if ((key == "flags" || key == "Features") && facts.flags.empty())
        for (const std::string_view flag : split(value, ' '))
            if (!flag.empty()) facts.flags.emplace_back(flag);
}

// Cores are told apart by package and number; a processor without these counts as one.
void count_cores(const std::vector<Processor>& processors, const std::vector<int>& allowed, CpuFacts& facts) {
    std::set<std::pair<std::string, std::string>> cores;
    int logical = 0;
    int unnamed = 0;
    for (const Processor& each : processors) {
        if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), each.number) == allowed.end())
            continue;
        ++logical;
        if (each.core.empty()) {
            ++unnamed;
        } else {
            cores.emplace(each.package, each.core);
        }
    }
    if (logical == 0) logical = std::max<int>(1, static_cast<int>(allowed.size()));
    facts.logical = logical;
    facts.physical = std::max(1, static_cast<int>(cores.size()) + unnamed);
}

std::string first_line_of(const fs::path& path) {
    const Result<std::string> text = os::read_file(path, std::size_t{1} << 16U);
    return text ? std::string(trim(*text)) : std::string();
}

std::optional<Bytes> number_in(const fs::path& path) {
    const std::optional<std::int64_t> number = parse_number(first_line_of(path));
    if (!number) return std::nullopt;
    return Bytes{*number};
}

// One value of a control group's memory.stat.
Bytes stat_value(const std::string& text, std::string_view key) {
    for (const std::string_view line : split_lines(text)) {
        const std::size_t space = line.find(' ');
        if (space == std::string_view::npos || line.substr(0, space) != key) continue;
        return Bytes{parse_number(trim(line.substr(space + 1))).value_or(0)};
    }
    return Bytes{0};
}

struct GroupFiles {
    const char* limit;
    const char* used;
    const char* reclaimable;  // key in memory.stat
};

constexpr GroupFiles kVersion1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"};
constexpr GroupFiles kVersion2{"memory.max", "memory.current", "inactive_file"};

// The tightest limit between a group and the root of its hierarchy. A container often sees its own group as the root, so
// paths that do not exist are passed over.
std::optional<GroupMemory> tightest_group(const fs::path& mount, std::string_view group,
                                          const GroupFiles& names) {
    std::optional<GroupMemory> tightest;
    fs::path relative(group.starts_with('/') ? group.substr(1) : group);
    while (true) {
        const fs::path folder = relative.empty() ? mount : mount / relative;
        const std::optional<Bytes> limit = number_in(folder / names.limit);
        if (limit && (!tightest || *limit < tightest->limit)) {
            const std::string stat =
                os::read_file(folder / "memory.stat", std::size_t{1} << 20U).value_or("");
            tightest = GroupMemory{.limit = *limit,
                                   .used = number_in(folder / names.used).value_or(Bytes{0}),
                                   .reclaimable = stat_value(stat, names.reclaimable)};
        }
        if (relative.empty()) return tightest;
        relative = relative.parent_path();
    }
}

// Control groups of this process that have a controller: folder of the hierarchy, path of the group in it, version.
struct Group {
    fs::path mount;
    std::string path;
    bool version2 = false;
};

std::vector<Group> groups_with(std::string_view controller) {
    std::vector<Group> found;
    const std::string text = os::read_file("/proc/self/cgroup").value_or("");
    for (const std::string_view line : split_lines(text)) {
        const std::vector<std::string_view> parts = split(line, ':');
        if (parts.size() < 3) continue;
        const std::string path(line.substr(parts[0].size() + parts[1].size() + 2));
        const std::vector<std::string_view> controllers = split(parts[1], ',');
        if (parts[0] == "0") {
            found.push_back({.mount = "/sys/fs/cgroup", .path = path, .version2 = true});
        } else if (std::find(controllers.begin(), controllers.end(), controller) != controllers.end()) {
            found.push_back(
                {.mount = fs::path("/sys/fs/cgroup") / controller, .path = path, .version2 = false});
        }
    }
    return found;
}

std::optional<GroupMemory> own_memory_limit() {
    std::optional<GroupMemory> tightest;
    for (const Group& group : groups_with("memory")) {
        const std::optional<GroupMemory> found =
            tightest_group(group.mount, group.path, group.version2 ? kVersion2 : kVersion1);
        if (found && (!tightest || found->limit < tightest->limit)) tightest = found;
    }
    return tightest;
}

std::optional<int> own_cpu_limit() {
    std::optional<int> tightest;
    for (const Group& group : groups_with("cpu")) {
        fs::path relative(group.path.starts_with('/') ? group.path.substr(1) : group.path);
        while (true) {
            const fs::path folder = relative.empty() ? group.mount : group.mount / relative;
            const std::string text = group.version2 ? first_line_of(folder / "cpu.max")
                                                    : first_line_of(folder / "cpu.cfs_quota_us") + " " +
                                                          first_line_of(folder / "cpu.cfs_period_us");
            const std::optional<int> limit = parse_cpu_max(text);
            if (limit && (!tightest || *limit < *tightest)) tightest = limit;
            if (relative.empty()) break;
            relative = relative.parent_path();
        }
    }
    return tightest;
}

std::vector<int> allowed_processors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<int> allowed;
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return allowed;
    for (int number = 0; number < CPU_SETSIZE; ++number)
        if (CPU_ISSET(number, &set)) allowed.push_back(number);
    return allowed;
}

std::vector<std::string> loaded_drivers() {
    std::vector<std::string> drivers;
    for (const char* name : {"nvidia", "amdgpu", "xe", "i915"}) {
        const fs::path module = fs::path("/sys/module") / name;
        std::error_code ignored;
        if (!fs::exists(module, ignored)) continue;
        std::string version = first_line_of(module / "version");
        if (version.empty()) version = first_line_of("/proc/sys/kernel/osrelease");  // comes with the kernel
        drivers.push_back(std::string(name) + " " + version);
    }
    return drivers;
}

}  // namespace

CpuFacts parse_cpuinfo(std::string_view text, const std::vector<int>& allowed) {
    CpuFacts facts;
    std::vector<Processor> processors;
    for (const std::string_view line : split_lines(text)) {
        const auto pair = key_value(line);
        if (!pair) continue;
        const auto& [key, value] = *pair;
        if (key == "processor") {
            const int number = static_cast<int>(parse_number(value).value_or(-1));
            processors.push_back({.number = number, .package = {}, .core = {}});
        } else if (!processors.empty()) {
            read_processor_line(key, value, processors.back());
        }
        read_fact(key, value, facts);
    }
    count_cores(processors, allowed, facts);
    return facts;
}

std::optional<int> parse_cpu_max(std::string_view text) {
    const std::vector<std::string_view> fields = split(trim(text), ' ');
    if (fields.size() != 2) return std::nullopt;
    const std::optional<std::int64_t> quota = parse_number(fields[0]);
    const std::optional<std::int64_t> period = parse_number(fields[1]);
    if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
    return static_cast<int>(
        std::clamp<std::int64_t>(*quota / *period + (*quota % *period != 0 ? 1 : 0), 1, 65'536));
}

Result<MemoryFacts> parse_meminfo(std::string_view text) {
    std::optional<Bytes> total;
    std::optional<Bytes> available;
    std::optional<Bytes> free;
    for (const std::string_view line : split_lines(text)) {
        const auto pair = key_value(line);
        if (!pair) continue;
        const std::optional<std::int64_t> number =
            parse_number(pair->second.substr(0, pair->second.find(' ')));
        if (!number || *number > INT64_MAX / kKiB) continue;
        const Bytes size{*number * kKiB};
        if (pair->first == "MemTotal") total = size;
        if (pair->first == "MemAvailable") available = size;
        if (pair->first == "MemFree") free = size;
    }
    if (!total) return Error(Code::kCorrupt, "/proc/meminfo has no MemTotal line");
    return MemoryFacts{.total = *total, .available = available.value_or(free.value_or(Bytes{0}))};
}

MemoryFacts within_group(MemoryFacts machine, const std::optional<GroupMemory>& group) {
    if (!group || group->limit >= machine.total) return machine;
    const Bytes held = std::max(Bytes{0}, group->used - group->reclaimable);
    const Bytes left = std::max(Bytes{0}, group->limit - held);
    return {.total = group->limit, .available = std::min(machine.available, left)};
}

Result<Machine> probe_machine() {
    Machine machine;
    const Result<std::string> cpuinfo = os::read_file("/proc/cpuinfo");
    if (!cpuinfo)
        return Error(Code::kUnavailable, cpuinfo.error().message()).with_context("reading CPU facts");
    machine.cpu = parse_cpuinfo(*cpuinfo, allowed_processors());
    if (const std::optional<int> limit = own_cpu_limit()) {
        machine.cpu.logical = std::min(machine.cpu.logical, *limit);
        machine.cpu.physical = std::min(machine.cpu.physical, *limit);
    }
    utsname name{};
    if (::uname(&name) == 0) machine.cpu.architecture = name.machine;
    const Result<std::string> meminfo = os::read_file("/proc/meminfo");
    if (!meminfo)
        return Error(Code::kUnavailable, meminfo.error().message()).with_context("reading memory facts");
    machine.memory = within_group(TRY(parse_meminfo(*meminfo)), own_memory_limit());
    machine.drivers = loaded_drivers();
    return machine;
}

std::string machine_identity(const Machine& machine) {
    std::vector<std::string> flags = machine.cpu.flags;
    std::sort(flags.begin(), flags.end());
    const std::string text = machine.cpu.architecture + "\n" + machine.cpu.model + "\n" +
                             machine.cpu.microcode + "\n" + join(flags, " ") + "\n" +
                             join(machine.drivers, "\n");
    return os::sha256(text).substr(0, 16);
}

}  // namespace hearth::capacity
