#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/exit_status.h"
#include "app/machine_facts.h"
#include "app/options.h"
#include "app/verbs.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"
#include "os/interrupt.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

// The instruction sets that the engine has kernels for.
std::vector<std::string> engine_isa(const capacity::CpuFacts& cpu) {
    std::vector<std::string> found;
    for (const char* name : {"avx2", "fma", "f16c", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16",
                             "amx_int8", "asimd", "asimddp", "i8mm", "sve"})
        if (std::find(cpu.flags.begin(), cpu.flags.end(), name) != cpu.flags.end()) found.emplace_back(name);
    return found;
}

struct Cache {
    std::string level;
    std::string type;
    std::string size;
};

std::vector<Cache> caches() {
    std::vector<Cache> found;
    const std::filesystem::path folder = "/sys/devices/system/cpu/cpu0/cache";
    for (int i = 0; i < 8; ++i) {
        const auto line = [&](const char* name) {
            return std::string(
                trim(os::read_file(folder / fmt::format("index{}", i) / name, 4096).value_or("")));
        };
        Cache cache{.level = line("level"), .type = line("type"), .size = line("size")};
        if (!cache.level.empty()) found.push_back(std::move(cache));
    }
    return found;
}

void print_json(const MachineFacts& facts) {
    const capacity::Machine& machine = facts.machine;
    json::object object;
    object["identity"] = facts.identity;
    json::object cpu;
    cpu["model"] = to_valid_utf8(machine.cpu.model);
    cpu["architecture"] = machine.cpu.architecture;
    cpu["cores"] = machine.cpu.physical;
    cpu["threads"] = machine.cpu.logical;
    json::array isa;
    for (const std::string& name : engine_isa(machine.cpu))
        isa.emplace_back(name);
    cpu["isa"] = std::move(isa);
    json::array cache_list;
    for (const Cache& cache : caches()) {
        json::object each;
        each["level"] = cache.level;
        each["type"] = cache.type;
        each["size"] = cache.size;
        cache_list.emplace_back(std::move(each));
    }
    cpu["caches"] = std::move(cache_list);
    object["cpu"] = std::move(cpu);
    object["memory"] = machine.memory.total.value;
    object["memory_available"] = machine.memory.available.value;
    const auto disk = os::free_space(os::paths_from_environment().data);
    if (disk) object["disk_free"] = disk->value;
    json::array gpus;
    for (const capacity::GpuFacts& gpu : facts.gpus) {
        json::object each;
        each["name"] = to_valid_utf8(gpu.name);
        each["driver"] = gpu.driver;
        each["memory"] = gpu.total.value;
        each["memory_available"] = gpu.available.value;
        each["shared_memory"] = gpu.shared.value;
        each["unified"] = gpu.unified;
        gpus.emplace_back(std::move(each));
    }
    object["gpus"] = std::move(gpus);
    if (facts.measurement) {
        json::object measured;
        measured["read_bandwidth"] = facts.measurement->read_bandwidth;
        measured["multiply_rate"] = facts.measurement->multiply_rate;
        measured["spread"] = facts.measurement->spread;
        measured["busy_share"] = facts.measurement->busy_share;
        object["measured"] = std::move(measured);
    }
    fmt::print("{}\n", json::serialize(object));
}

void print_text(const MachineFacts& facts) {
    const auto line = [](std::string_view label, std::string_view value) {
        if (!value.empty()) fmt::print("{:<10} {}\n", label, printable(value));
    };
    const capacity::Machine& machine = facts.machine;
    line("CPU", fmt::format("{} ({})", machine.cpu.model, machine.cpu.architecture));
    line("cores", fmt::format("{}, {} threads", machine.cpu.physical, machine.cpu.logical));
    line("kernels", join(engine_isa(machine.cpu), " "));
    std::vector<std::string> sizes;
    for (const Cache& cache : caches())
        if (cache.type != "Instruction") sizes.push_back(fmt::format("L{} {}", cache.level, cache.size));
    line("caches", join(sizes, ", "));
    line("memory", fmt::format("{}, {} free now", human_bytes(machine.memory.total),
                               human_bytes(machine.memory.available)));
    const auto disk = os::free_space(os::paths_from_environment().data);
    if (disk) line("disk", fmt::format("{} free for models", human_bytes(*disk)));
    for (const capacity::GpuFacts& gpu : facts.gpus)
        line("GPU", gpu.unified ? fmt::format("{} ({}), shares the machine's memory", gpu.name, gpu.driver)
                                : fmt::format("{} ({}), {}, {} free", gpu.name, gpu.driver,
                                              human_bytes(gpu.total), human_bytes(gpu.available)));
    if (facts.gpus.empty()) line("GPU", "none whose driver is loaded");
    if (!facts.measurement) {
        line("speed", "not measured; hearth machine --measure takes 6 s");
        return;
    }
    line("bandwidth", fmt::format("{:.1f} GB/s read by all cores (spread {:.0f} %)",
                                  facts.measurement->read_bandwidth / 1e9, 100 * facts.measurement->spread));
    line("products", fmt::format("{:.0f} GFLOP/s", facts.measurement->multiply_rate / 1e9));
    if (facts.measurement->busy_share < 0.87)
        line("", "Other work had the processors while this was measured; measure again when it is quiet.");
}

Result<int> run(bool measure, bool as_json) {
    MachineFacts facts = TRY(machine_facts());
    if (measure) {
        constexpr double kSeconds = 6;
        facts.measurement = TRY(capacity::measure_machine(
            facts.machine.cpu.logical, facts.machine.memory.available, kSeconds, os::stop_on_interrupt()));
        TRY(capacity::save_measurement(os::paths_from_environment().state, facts.identity,
                                       *facts.measurement));
    }
    if (as_json) {
        print_json(facts);
    } else {
        print_text(facts);
    }
    return 0;
}

}  // namespace

int verb_machine(Arguments arguments) {
    bool measure = false;
    bool as_json = false;
    Options options("machine",
                    "Says what this machine is: processors, memory, accelerators, and how fast they are.");
    options.flag("--measure", measure, "measure memory and processors (6 s) and keep the result");
    options.flag("--json", as_json, "print JSON");
    if (const auto status = options.parse(arguments)) return *status;
    const Result<int> done = run(measure, as_json);
    return done ? *done : report(done.error());
}

}  // namespace hearth::app
