// Has the agent explain a folder: what it does meanwhile goes to standard error, what it says last to standard output.
//
//     build/release/sdk/explain FOLDER -m qwen2.5-coder:1.5b
#include <cstdio>

#include "hearth.hpp"

int main(int count, char** arguments) {
    if (count < 2) {
        std::fputs("Usage: explain FOLDER [OPTION OF hearth code...]\n", stderr);
        return 2;
    }
    try {
        hearth::sdk::Agent agent({.directory = arguments[1],
                                  .arguments = std::vector<std::string>(arguments + 2, arguments + count),
                                  .log = "explain.log"});
        const auto answer =
            agent.prompt("Read the files here and say in three sentences what this project does.",
                         [](const std::string& event) {
                             // Events are JSON; a program of yours would read them with its own reader.
                             if (event.find(R"("type":"tool_execution_start")") != std::string::npos)
                                 std::fprintf(stderr, "%.200s\n", event.c_str());
                         });
        std::puts(answer.c_str());
    } catch (const hearth::sdk::Failure& failure) {
        std::fprintf(stderr, "explain: %s\n", failure.what());
        return 1;
    }
}
