#include <algorithm>
#include <fmt/format.h>
#include <initializer_list>
#include <set>

#include "capacity/profile.h"
#include "core/text.h"
#include "core/toml.h"
#include "core/toml_text.h"
#include "os/files.h"

namespace hearth::capacity {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFileBytes = std::size_t{1} << 20U;

class Reader {
public:
    explicit Reader(const fs::path& file) : file_(file) {}

    [[nodiscard]] Error wrong(const toml::source_region& place, std::string_view what) const {
        return {Code::kInvalidInput, fmt::format("{}:{}: {}", file_.string(), place.begin.line, what)};
    }

    [[nodiscard]] Status only(const toml::table& table, std::initializer_list<std::string_view> known) const {
        for (const auto& [key, node] : table)
            if (std::find(known.begin(), known.end(), key.str()) == known.end())
                return wrong(key.source(), fmt::format("unknown key '{}'", printable(key.str())));
        return {};
    }

    // A number from 0 to `most`; `fallback` when it is absent.
    [[nodiscard]] Result<double> number(const toml::table& table, std::string_view key, double fallback,
                                        double most) const {
        const toml::node* node = table.get(key);
        if (node == nullptr) return fallback;
        const auto value = node->value<double>();
        if (!node->is_number() || !value || !(*value >= 0) || *value > most)
            return wrong(node->source(), fmt::format("'{}' is a number from 0 to {}", key, most));
        return *value;
    }

    [[nodiscard]] Result<std::string> text(const toml::table& table, std::string_view key) const {
        const toml::node* node = table.get(key);
        const auto value = node == nullptr ? std::nullopt : node->value<std::string>();
        if (!value || value->empty() || value->size() > 1000 || !node->is_string())
            return wrong(table.source(), fmt::format("'{}' has to be a short text", key));
        return *value;
    }

    [[nodiscard]] Result<SpeedFacts> speed(const toml::table& table) const;
    [[nodiscard]] Result<MachineProfile> machine(const toml::table& table) const;

private:
    const fs::path& file_;
};

Bytes gib(double amount) { return Bytes{static_cast<std::int64_t>(amount * static_cast<double>(kGiB))}; }

Result<SpeedFacts> Reader::speed(const toml::table& table) const {
    TRY(only(table, {"bandwidth_gbs", "plain_share", "packed_share", "cache_share", "layer_us",
                     "expert_layer_us", "dense_8bit_tflops", "dense_4bit_tflops", "expert_8bit_tflops",
                     "expert_4bit_tflops", "attention_tflops", "width_ns", "error", "basis"}));
    SpeedFacts facts;
    facts.bandwidth = TRY(number(table, "bandwidth_gbs", 0, 1e6)) * 1e9;
    facts.plain_share = TRY(number(table, "plain_share", facts.plain_share, 1.5));
    facts.packed_share = TRY(number(table, "packed_share", facts.packed_share, 1.5));
    facts.cache_share = TRY(number(table, "cache_share", facts.cache_share, 1.5));
    facts.layer_seconds = TRY(number(table, "layer_us", facts.layer_seconds * 1e6, 1e6)) * 1e-6;
    facts.expert_layer_seconds =
        TRY(number(table, "expert_layer_us", facts.expert_layer_seconds * 1e6, 1e6)) * 1e-6;
    facts.dense_8bit_flops = TRY(number(table, "dense_8bit_tflops", 0, 1e6)) * 1e12;
    facts.dense_4bit_flops = TRY(number(table, "dense_4bit_tflops", 0, 1e6)) * 1e12;
    facts.expert_8bit_flops = TRY(number(table, "expert_8bit_tflops", 0, 1e6)) * 1e12;
    facts.expert_4bit_flops = TRY(number(table, "expert_4bit_tflops", 0, 1e6)) * 1e12;
    facts.attention_flops = TRY(number(table, "attention_tflops", 0, 1e6)) * 1e12;
    facts.width_seconds = TRY(number(table, "width_ns", 0, 1e6)) * 1e-9;
    facts.error = TRY(number(table, "error", facts.error, 10));
    facts.basis = TRY(text(table, "basis"));
    return facts;
}

Result<WeightLayout> layout_named(const Reader& reader, const toml::table& table, const std::string& name) {
    if (name == "avx2") return WeightLayout::kAvx2;
    if (name == "avx512") return WeightLayout::kAvx512;
    if (name == "amx") return WeightLayout::kAmx;
    if (name == "neon") return WeightLayout::kNeon;
    return reader.wrong(table.source(), "'cpu' is one of avx2, avx512, amx, neon");
}

Result<MachineProfile> Reader::machine(const toml::table& table) const {
    TRY(only(table, {"name", "title", "memory_gib", "available_gib", "cores", "cpu", "price_usd", "source",
                     "gpu", "gpu_memory_gib", "unified", "link_gbs", "sync_us", "speed", "gpu_speed"}));
    MachineProfile machine;
    machine.name = TRY(text(table, "name"));
    machine.title = TRY(text(table, "title"));
    machine.source = TRY(text(table, "source"));
    machine.layout = TRY(layout_named(*this, table, TRY(text(table, "cpu"))));
    const double memory = TRY(number(table, "memory_gib", 0, 1e5));
    machine.memory.total = gib(memory);
    machine.memory.available = gib(TRY(number(table, "available_gib", memory * 0.94, 1e5)));
    machine.cores = static_cast<int>(TRY(number(table, "cores", 1, 4096)));
    machine.price_usd = TRY(number(table, "price_usd", 0, 1e7));
    machine.speeds.link_bandwidth = TRY(number(table, "link_gbs", 0, 1e5)) * 1e9;
    machine.speeds.sync_seconds =
        TRY(number(table, "sync_us", machine.speeds.sync_seconds * 1e6, 1e6)) * 1e-6;
    if (const toml::table* speed_table = table["speed"].as_table())
        machine.speeds.host = TRY(speed(*speed_table));
    if (const toml::table* speed_table = table["gpu_speed"].as_table())
        machine.speeds.device = TRY(speed(*speed_table));
    if (table.contains("gpu")) {
        GpuProfile gpu;
        gpu.name = TRY(text(table, "gpu"));
        gpu.unified = table["unified"].value_or(false);
        gpu.total = gib(TRY(number(table, "gpu_memory_gib", memory, 1e5)));
        gpu.available = gpu.total;
        machine.gpu = std::move(gpu);
    }
    if (memory < 0.5 || machine.cores < 1) return wrong(table.source(), "a machine has memory_gib and cores");
    return machine;
}

}  // namespace

Result<std::vector<MachineProfile>> parse_machines(std::string_view text, const fs::path& file) {
    const Reader reader(file);
    if (const auto mistake = toml_mistake(text)) {
        const toml::source_position place{.line = mistake->line, .column = mistake->column};
        return reader.wrong({.begin = place, .end = place, .path = {}}, mistake->what);
    }
    std::vector<MachineProfile> machines;
    try {
        const toml::table root = toml::parse(text, file.string());
        TRY(reader.only(root, {"machine"}));
        const toml::array* tables = root["machine"].as_array();
        if (tables == nullptr) return machines;
        std::set<std::string> names;
        for (const toml::node& node : *tables) {
            const toml::table* table = node.as_table();
            if (table == nullptr) return reader.wrong(node.source(), "'machine' is a list of tables");
            machines.push_back(TRY(reader.machine(*table)));
            if (!names.insert(machines.back().name).second)
                return reader.wrong(table->source(), "a machine of that name is there already");
        }
    } catch (const toml::parse_error& error) {
        return reader.wrong(error.source(), error.description());
    } catch (const std::logic_error& error) {
        return Error(Code::kInvalidInput, fmt::format("{}: {}", file.string(), error.what()));
    }
    return machines;
}

Result<std::vector<MachineProfile>> load_machines(const std::vector<fs::path>& catalogue_folders) {
    std::vector<MachineProfile> all;
    for (const fs::path& folder : catalogue_folders) {
        std::vector<fs::path> files;
        std::error_code error;
        for (fs::directory_iterator each(folder / "machines", error), end; !error && each != end;
             each.increment(error))
            if (each->path().extension() == ".toml") files.push_back(each->path());
        std::sort(files.begin(), files.end());
        for (const fs::path& file : files) {
            const std::string text = TRY(os::read_file(file, kMostFileBytes));
            std::vector<MachineProfile> machines = TRY(parse_machines(text, file));
            for (MachineProfile& machine : machines) {
                std::erase_if(all, [&](const MachineProfile& old) { return old.name == machine.name; });
                all.push_back(std::move(machine));
            }
        }
    }
    return all;
}

}  // namespace hearth::capacity
