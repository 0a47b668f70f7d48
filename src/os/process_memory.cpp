#include "os/process_memory.h"

#include <fmt/format.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "core/text.h"
#include "os/files.h"

namespace hearth::os {

namespace {

constexpr std::size_t kMostText = 4096;
// The first columns: all of the address space, resident, and of that what files or shared memory are behind.
constexpr std::size_t kResident = 1;
constexpr std::size_t kOfFiles = 2;

}  // namespace

std::optional<ProcessMemory> parse_statm(std::string_view text, Bytes page) {
    const std::vector<std::string_view> columns = split(trim(text), ' ');
    if (columns.size() <= kOfFiles || page.value <= 0) return std::nullopt;
    const auto resident = parse_number(columns[kResident]);
    const auto of_files = parse_number(columns[kOfFiles]);
    if (!resident || !of_files || *resident == 0 || *of_files > *resident) return std::nullopt;
    if (*resident > INT64_MAX / page.value) return std::nullopt;
    return ProcessMemory{.resident = Bytes{*resident * page.value},
                         .anonymous = Bytes{(*resident - *of_files) * page.value}};
}

std::optional<ProcessMemory> process_memory(pid_t process) {
    const Result<std::string> text = read_file(fmt::format("/proc/{}/statm", process), kMostText);
    if (!text) return std::nullopt;
    return parse_statm(*text, Bytes{::sysconf(_SC_PAGESIZE)});
}

}  // namespace hearth::os
