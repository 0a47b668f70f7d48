// What a shim lacks: it can be imported, named and extended; using it says what is missing.
export function absent(what) {
    const fail = () => {
        throw new Error(`${what} is not available in hearth`);
    };
    return new Proxy(function () {}, { apply: fail, construct: fail });
}
