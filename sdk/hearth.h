#ifndef HEARTH_H
#define HEARTH_H

/* hearth's coding agent in a program of your own.
 *
 * An agent is `hearth code --mode rpc`, a child of your program: what breaks there breaks nothing here, and it ends with your program, however
 * that ends. Commands, answers and events are JSON in the words of that protocol (docs/code.md); they are listed in docs/sdk.md.
 *
 * Text is UTF-8 and ends with a zero. What a function returns as `char*` is yours: give it to hearth_free(). A function that fails says why in
 * `*error` (yours too; left alone when it succeeds; `error` may be NULL).
 *
 * Threads: an agent belongs to one thread at a time; hearth_agent_abort() may be called by any. SIGPIPE is never raised.
 */

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define HEARTH_API __attribute__((visibility("default")))
#else
#define HEARTH_API
#endif

/* Changes only when a program that was built before would no longer work. */
#define HEARTH_ABI 1
HEARTH_API int hearth_abi(void);

typedef struct hearth_agent hearth_agent;

/* How an agent is started; a member that is NULL or 0 has its default. */
typedef struct hearth_options {
    const char* program;   /* the hearth program; default: $HEARTH_PROGRAM, else `hearth` on the PATH */
    const char* directory; /* the folder that it works in; default: the current one */
    const char* const*
        arguments; /* further options of `hearth code`, such as "-m", "qwen2.5-coder:1.5b"; ends with NULL */
    const char*
        log; /* a file that what it says beside the protocol is added to; default: your standard error */
    int start_timeout_ms; /* default 30,000; a model is loaded by the first prompt, not here */
} hearth_options;

/* Starts an agent and waits until it answers. `options` may be NULL. NULL: it could not be started. */
HEARTH_API hearth_agent* hearth_agent_start(const hearth_options* options, char** error);

/* An event of a run as one JSON object. */
typedef void (*hearth_event)(const char* event_json, void* context);

/* Says `text` and waits until nothing goes on any more; each event is told to `on_event` (may be NULL), which may call
 * hearth_agent_abort() alone. Returns the text of the last answer. NULL: the prompt was refused, the model failed or the run was stopped. */
HEARTH_API char* hearth_agent_prompt(hearth_agent* agent, const char* text, hearth_event on_event,
                                     void* context, char** error);

/* Sends a command, such as {"type":"get_state"}, and waits for its answer, at most `timeout_ms` (0: for ever). Returns the answer's "data", or
 * "null". Events that come meanwhile are kept for hearth_agent_next(). */
HEARTH_API char* hearth_agent_ask(hearth_agent* agent, const char* command_json, int timeout_ms,
                                  char** error);

/* The next event; waits at most `timeout_ms` (0: does not wait; below 0: for ever). NULL without an error: none came. */
HEARTH_API char* hearth_agent_next(hearth_agent* agent, int timeout_ms, char** error);

/* A call of a tool that your program has. */
typedef struct hearth_call hearth_call;

/* Does what the tool is for. `arguments_json` is a JSON object that fits its parameters as far as the model kept to them: check it. It answers by
 * hearth_call_answer() before it returns, and may call hearth_agent_abort() besides that, and nothing else of the agent. */
typedef void (*hearth_tool)(hearth_call* call, const char* arguments_json, void* context);

/* What the model is told, at most some 12,000 bytes of it; is_error other than 0: it did not work, and `text` says why.
 * NULL is an empty text. The last answer counts. */
HEARTH_API void hearth_call_answer(hearth_call* call, const char* text, int is_error);

/* Offers a tool to the model from the next prompt on. `parameters_json`: a JSON schema of an object; NULL: it takes none. `tool` is called by the thread
 * that prompts, asks or takes events, with `context`, until the agent ends; it runs in your program, with all its rights. A tool of the same name
 * takes the place of the one before. Returns 0; 1: it was refused, such as for the name of a tool of hearth's own. */
HEARTH_API int hearth_agent_register_tool(hearth_agent* agent, const char* name, const char* description,
                                          const char* parameters_json, hearth_tool tool, void* context,
                                          char** error);

/* Stops what goes on. Returns 0; 1: the agent is gone. */
HEARTH_API int hearth_agent_abort(hearth_agent* agent);

/* Ends it and waits for its end; sessions are on disk already. NULL is allowed. */
HEARTH_API void hearth_agent_free(hearth_agent* agent);

HEARTH_API void hearth_free(char* text);

#ifdef __cplusplus
}
#endif

#endif
