// The way from the shims to hearth.
let connection;

export function connect(to) {
    connection = to;
}

// Runs one of hearth's own tools (read, write, edit, bash), contained as ever: {content, isError, details?}.
export async function runOwnTool(name, args, options = {}) {
    const result = await connection.request("run_tool", { name, arguments: args ?? {} }, options.signal);
    return result ?? { content: [{ type: "text", text: "The call was stopped." }], isError: true };
}
