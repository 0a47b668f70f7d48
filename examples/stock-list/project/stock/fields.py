"""Lines of the export: fields between semicolons, some of them in double quotes."""


class FieldError(ValueError):
    """A line that cannot be split into fields."""


def split_fields(line):
    """The fields of one line, without the quotes around them.

    A semicolon inside quotes belongs to the field. Two quotes in a row inside a quoted field stand for one quote.
    """
    fields = []
    current = ""
    quoted = False
    i = 0
    while i < len(line):
        c = line[i]
        if c == '"':
            quoted = not quoted
        elif c == ";" and not quoted:
            fields.append(current)
            current = ""
        else:
            current += c
        i += 1
    if quoted:
        raise FieldError(f"a quote is not closed: {line!r}")
    fields.append(current)
    return fields


def read_rows(text):
    """One dictionary a line, keyed by the names in the first line."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    names = split_fields(lines[0])
    rows = []
    for number, line in enumerate(lines[1:], 2):
        fields = split_fields(line)
        if len(fields) != len(names):
            raise FieldError(f"line {number}: {len(fields)} fields instead of {len(names)}")
        rows.append(dict(zip(names, fields)))
    return rows
