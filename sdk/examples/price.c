/* A program with a tool of its own: the model asks it for prices.
 *
 *     build/release/sdk/price_c FOLDER -m qwen2.5-coder:1.5b
 */
#include <stdio.h>
#include <string.h>

#include "hearth.h"

/* The arguments are JSON; a program of yours would read them with its own reader. */
static void price(hearth_call* call, const char* arguments_json, void* context) {
    (void)context;
    if (strstr(arguments_json, "bicycle") == NULL) {
        hearth_call_answer(call, "There is no such article.", 1);
        return;
    }
    hearth_call_answer(call, "{\"price\": 250, \"currency\": \"EUR\"}", 0);
}

int main(int count, char** arguments) {
    if (count < 2) {
        fputs("Usage: price_c FOLDER [OPTION OF hearth code...]\n", stderr);
        return 2;
    }
    hearth_options options = {NULL, arguments[1], (const char* const*)(arguments + 2), "price.log", 0};
    char* error = NULL;
    hearth_agent* agent = hearth_agent_start(&options, &error);
    char* answer = NULL;
    if (agent != NULL &&
        hearth_agent_register_tool(agent, "price", "Says the price of an article of the shop.",
                                   "{\"type\":\"object\",\"properties\":{\"article\":{\"type\":\"string\"}},"
                                   "\"required\":[\"article\"]}",
                                   price, NULL, &error) == 0) {
        answer = hearth_agent_prompt(agent, "What does a bicycle cost in the shop?", NULL, NULL, &error);
    }
    if (answer != NULL) puts(answer);
    if (error != NULL) fprintf(stderr, "price: %s\n", error);
    const int failed = answer == NULL;
    hearth_free(answer);
    hearth_free(error);
    hearth_agent_free(agent);
    return failed;
}
