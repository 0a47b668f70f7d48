// A program with a tool of its own: the model asks it for prices.
//
//     build/release/sdk/price FOLDER -m qwen2.5-coder:1.5b
#include <cstdio>
#include <stdexcept>

#include "hearth.hpp"

namespace {

// The arguments are JSON; a program of yours would read them with its own reader.
std::string price(const std::string& arguments) {
    if (arguments.find("bicycle") == std::string::npos) throw std::runtime_error("There is no such article.");
    return R"({"price": 250, "currency": "EUR"})";
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        std::fputs("Usage: price FOLDER [OPTION OF hearth code...]\n", stderr);
        return 2;
    }
    try {
        hearth::sdk::Agent agent({.directory = arguments[1],
                                  .arguments = std::vector<std::string>(arguments + 2, arguments + count),
                                  .log = "price.log"});
        agent.register_tool(
            {"price", "Says the price of an article of the shop.",
             R"({"type":"object","properties":{"article":{"type":"string"}},"required":["article"]})"},
            price);
        std::puts(agent.prompt("What does a bicycle cost in the shop?").c_str());
    } catch (const hearth::sdk::Failure& failure) {
        std::fprintf(stderr, "price: %s\n", failure.what());
        return 1;
    }
}
