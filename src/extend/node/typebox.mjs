// In place of typebox, for extensions that have none beside them: schemas are plain JSON Schema.
const OPTIONAL = Symbol("optional");

const schema = (members, options) => ({ ...members, ...options });
const isOptional = (value) => value?.[OPTIONAL] === true;
const mark = (value) => Object.defineProperty({ ...value }, OPTIONAL, { value: true });
const required = (properties) => Object.keys(properties).filter((name) => !isOptional(properties[name]));

function object(properties, options) {
    const needed = required(properties);
    return schema({ type: "object", ...(needed.length > 0 ? { required: needed } : {}), properties }, options);
}

const pick = (from, names, wanted) => Object.fromEntries(Object.entries(from.properties).filter(([name]) => names.includes(name) === wanted));
const names = (keys) => (Array.isArray(keys) ? keys : [keys.const ?? keys]);

export const Type = {
    Any: (options) => schema({}, options),
    Unknown: (options) => schema({}, options),
    Never: (options) => schema({ not: {} }, options),
    Null: (options) => schema({ type: "null" }, options),
    Boolean: (options) => schema({ type: "boolean" }, options),
    String: (options) => schema({ type: "string" }, options),
    Number: (options) => schema({ type: "number" }, options),
    Integer: (options) => schema({ type: "integer" }, options),
    Literal: (value, options) => schema({ type: typeof value, const: value }, options),
    Enum: (values, options) => {
        const list = Array.isArray(values) ? values : Object.values(values);
        return schema({ ...(list.every((each) => typeof each === "string") ? { type: "string" } : {}), enum: list }, options);
    },
    Array: (items, options) => schema({ type: "array", items }, options),
    Tuple: (items, options) => schema({ type: "array", prefixItems: items, minItems: items.length, maxItems: items.length }, options),
    Object: object,
    Record: (_key, value, options) => schema({ type: "object", additionalProperties: value }, options),
    Union: (choices, options) => schema({ anyOf: choices }, options),
    Intersect: (parts, options) => schema({ allOf: parts }, options),
    Composite: (parts, options) => object(Object.assign({}, ...parts.map((part) => part.properties)), options),
    Optional: (inner) => mark(inner),
    Readonly: (inner) => inner,
    Partial: (inner, options) => object(Object.fromEntries(Object.entries(inner.properties).map(([name, value]) => [name, mark(value)])), options),
    Required: (inner, options) => object(Object.fromEntries(Object.entries(inner.properties).map(([name, value]) => [name, { ...value }])), options),
    Pick: (inner, keys, options) => object(pick(inner, names(keys), true), options),
    Omit: (inner, keys, options) => object(pick(inner, names(keys), false), options),
    Unsafe: (options) => schema({}, options),
    Ref: (name, options) => schema({ $ref: typeof name === "string" ? name : name.$id }, options),
};

export default Type;
