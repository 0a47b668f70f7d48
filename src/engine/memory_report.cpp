#include "engine/memory_report.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "core/text.h"

namespace hearth::engine {

namespace {

using capacity::EngineMemory;

constexpr double kMostMib = 1e8;
constexpr std::string_view kSize = " buffer size = ";

struct BufferLine {
    std::string_view device;  // "CPU_Mapped"
    std::string_view kind;    // "model", "KV", "RS", "compute", "output"
    Bytes size{0};
};

std::string_view last_word(std::string_view text) {
    text = trim(text);
    const std::size_t space = text.rfind(' ');
    return space == std::string_view::npos ? text : text.substr(space + 1);
}

// "   112.00 MiB"
std::optional<Bytes> mebibytes(std::string_view text) {
    const std::string_view number = trim(text);
    double mib = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), mib);
    if (read.ec != std::errc() || !(mib >= 0) || mib > kMostMib) return std::nullopt;
    if (!std::string_view(read.ptr, number.data() + number.size()).starts_with(" MiB")) return std::nullopt;
    return Bytes{std::llround(mib * static_cast<double>(kMiB))};
}

std::optional<BufferLine> buffer_line(std::string_view line) {
    const std::size_t at = line.find(kSize);
    if (at == std::string_view::npos) return std::nullopt;
    const auto size = mebibytes(line.substr(at + kSize.size()));
    if (!size) return std::nullopt;
    const std::string_view before = line.substr(0, at);
    const std::string_view kind = last_word(before);
    const std::string_view device = last_word(before.substr(0, before.size() - kind.size()));
    return BufferLine{.device = device, .kind = kind, .size = *size};
}

// Of the CPU: its plain and mapped buffers and those in its own layouts.
bool is_host(std::string_view device) {
    constexpr std::array kOwn = {std::string_view("AMX"), std::string_view("BLAS")};
    if (device.starts_with("CPU")) return true;
    for (const std::string_view name : kOwn)
        if (device == name) return true;
    return false;
}

// What one log says, line by line.
struct Reader {
    EngineMemory memory;
    bool elsewhere = false;  // a device that is no CPU holds something
    bool measured = false;   // work buffers were named

    void take(const BufferLine& line) {
        // The weights of another load: what came before was a look ahead.
        if (line.kind == "model" && measured) *this = Reader();
        if (!is_host(line.device)) {
            elsewhere = elsewhere || line.size.value > 0;
            return;
        }
        if (line.kind == "model") {
            (line.device == "CPU_Mapped" ? memory.mapped : memory.weights) += line.size;
        } else if (line.kind == "KV") {
            memory.kv_cache += line.size;  // a cache for each kind of attention
        } else if (line.kind == "RS") {
            memory.state += line.size;
        } else if (line.kind == "output") {
            memory.output = line.size;
        } else if (line.kind == "compute") {
            memory.compute = line.size;  // said again when it is reserved anew
            measured = true;
        }
    }
};

}  // namespace

std::optional<EngineMemory> parse_memory_report(std::string_view log) {
    Reader reader;
    for (const std::string_view line : split_lines(log))
        if (const auto found = buffer_line(line)) reader.take(*found);
    if (!reader.measured || reader.elsewhere) return std::nullopt;
    return reader.memory;
}

Bytes parse_checkpoints(std::string_view log) {
    Bytes all{0};
    for (const std::string_view line : split_lines(log)) {
        const std::size_t made = line.find("created context checkpoint ");
        const std::size_t size = made == std::string_view::npos ? made : line.find("size = ", made);
        if (size != std::string_view::npos) all += mebibytes(line.substr(size + 7)).value_or(Bytes{0});
    }
    return all;
}

}  // namespace hearth::engine
