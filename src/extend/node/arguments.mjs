// Arguments of a model as a tool's schema wants them: loosely typed values become what was meant, what does not fit is named.

const fits = {
    string: (value) => typeof value === "string",
    number: (value) => typeof value === "number",
    integer: (value) => Number.isInteger(value),
    boolean: (value) => typeof value === "boolean",
    array: (value) => Array.isArray(value),
    object: (value) => value !== null && typeof value === "object" && !Array.isArray(value),
    null: (value) => value === null,
};

const kinds = (schema) => (schema.type === undefined ? [] : [schema.type].flat());
const named = (value) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

function meant(kind, value) {
    if ((kind === "number" || kind === "integer") && typeof value === "string" && value.trim() !== "") {
        const number = Number(value);
        if (fits[kind](number)) return number;
    }
    if (kind === "boolean" && (value === "true" || value === "false")) return value === "true";
    if (kind === "string" && (typeof value === "number" || typeof value === "boolean")) return String(value);
    if (kind === "array" && value !== null && value !== undefined) return [value];
    return value;
}

function check(schema, value, where, problems) {
    if (schema === true || schema === undefined || typeof schema !== "object") return value;
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices) {
        for (const exact of [true, false]) {
            for (const choice of choices) {
                const found = [];
                const taken = check(choice, value, where, found);
                if (found.length === 0 && (!exact || taken === value)) return taken;
            }
        }
        problems.push(`${where}: fits none of the choices`);
        return value;
    }
    const wanted = kinds(schema);
    if (wanted.length > 0 && !wanted.some((kind) => fits[kind]?.(value))) {
        value = meant(wanted[0], value);
        if (!fits[wanted[0]]?.(value)) {
            problems.push(`${where}: expected ${wanted.join(" or ")}, got ${named(value)}`);
            return value;
        }
    }
    if (schema.const !== undefined && value !== schema.const) problems.push(`${where}: expected ${JSON.stringify(schema.const)}`);
    if (schema.enum && !schema.enum.includes(value)) problems.push(`${where}: expected one of ${JSON.stringify(schema.enum)}`);
    if (Array.isArray(value) && schema.items) return value.map((each, at) => check(schema.items, each, `${where}/${at}`, problems));
    if (fits.object(value) && schema.properties) return checkObject(schema, value, where, problems);
    return value;
}

function checkObject(schema, value, where, problems) {
    const out = { ...value };
    const required = new Set(schema.required ?? []);
    for (const [name, inner] of Object.entries(schema.properties)) {
        const place = where === "" ? name : `${where}/${name}`;
        if (out[name] === null && !required.has(name) && !kinds(inner).includes("null")) delete out[name];
        if (out[name] !== undefined) out[name] = check(inner, out[name], place, problems);
        else if (required.has(name)) problems.push(`${place}: missing`);
    }
    return out;
}

// The arguments, or an Error that says what is wrong with them.
export function checkedArguments(schema, given) {
    const problems = [];
    const out = check(schema, given ?? {}, "", problems);
    if (problems.length === 0) return out;
    throw new Error(`The arguments do not fit:\n${problems.map((each) => `- ${each}`).join("\n")}\nReceived: ${JSON.stringify(given)}`);
}
