"""Check YAML against a small table of keys, and say the line of the key that does not fit.

A table maps a key to the types it may have, or to a further table. Quarto knows hundreds of keys; press knows these,
and refuses the others instead of dropping them without a word (design.md, "Two printers, one source").
"""

import datetime
import difflib
import re
from collections.abc import Iterator
from typing import Any

import yaml

from press.problems import PressError, Problem

Table = dict[str, Any]
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
NO_TEXT = re.compile(rf"{CONTROL.pattern}|[\ud800-\udfff]")  # half a surrogate pair can be written to no file
DEEPEST = 50  # lists in lists: what follows a value down does it by recursion
KINDS = {"timestamp": "a date that there is", "int": "a number", "float": "a number", "bool": "true or false"}
MOST = 100_000  # values, each *alias counted as what it stands for: nine lines of aliases can stand for a billion


class _Refused(yaml.constructor.ConstructorError):
    """YAML that is in order, and that press cannot work with."""

    def __init__(self, what: str, remedy: str, mark: yaml.Mark) -> None:
        super().__init__(None, None, what, mark)
        self.remedy = remedy


class _Strict(yaml.constructor.SafeConstructor):
    """PyYAML keeps the last of two equal keys without a word; here the second one is an error.

    So is what no page can hold (half a character, a list that holds itself), and what is no value of its kind.
    """

    def construct_document(self, node: yaml.Node) -> Any:
        _size(node, {}, ())
        return super().construct_document(node)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError, OverflowError) as error:  # 2025-02-30, !!bool maybe
            kind = KINDS.get(node.tag.rpartition(":")[2], "what it is marked as")
            why = error if isinstance(error, ValueError) else f"{node.value!r} is not {kind}"
            remedy = f"write {kind}, or quote it if it is text"
            raise _Refused(f"the YAML is broken: {why}", remedy, node.start_mark) from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is no plain text", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


class _Clear(_Strict, yaml.SafeLoader):
    """In Python: slow, and it says clearly what is wrong."""


class _Fast(_Strict, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """In C, where PyYAML has it: ten times as fast."""


def _size(node: yaml.Node, sizes: dict[int, int], above: tuple[int, ...]) -> int:
    """How many values a node of YAML holds, itself and what its aliases stand for included.

    sizes: of the nodes that were counted before, by their ids. Raises: _Refused at what is no text, or no tree.
    """
    if id(node) in sizes:
        return sizes[id(node)]
    if id(node) in above:
        raise _Refused("the YAML holds a value that holds itself", "write it out, without an *alias", node.start_mark)
    if len(above) > DEEPEST:
        what = f"the YAML is nested more than {DEEPEST} deep"
        raise _Refused(what, "write it flatter", node.start_mark)
    size = 1
    if isinstance(node, yaml.ScalarNode):
        if wrong := NO_TEXT.search(node.value):
            half = "\ud800" <= wrong[0] <= "\udfff"
            name = (
                f"U+{ord(wrong[0]):04X}, half a character" if half else f"the control character U+{ord(wrong[0]):04X}"
            )
            remedy = "write the character itself" if half else "take it out; HTML has no place for it"
            raise _Refused(f"the YAML holds {name}", remedy, node.start_mark)
    else:
        parts = node.value if isinstance(node, yaml.SequenceNode) else [part for pair in node.value for part in pair]
        size += sum(_size(part, sizes, (*above, id(node))) for part in parts)
    if size > MOST:
        what = f"the YAML stands for {size:,} values, with all that its aliases repeat"
        raise _Refused(what, f"write at most {MOST:,}", node.start_mark)
    sizes[id(node)] = size
    return size


def load(text: str, path: str, first_line: int = 1) -> dict[str, Any]:
    """Read YAML that must be a mapping (or nothing).

    Raises: PressError with the line, counted from `first_line`, where the YAML breaks, or holds what is no text.

    >>> load("title: A day", "a.qmd")
    {'title': 'A day'}
    >>> load("title: [A day", "a.qmd", first_line=2)
    Traceback (most recent call last):
    press.problems.PressError: a.qmd:2: the YAML is broken: expected ',' or ']', but got '<stream end>'; ...
    """
    try:
        try:
            data = yaml.load(text, _Fast)
        except yaml.YAMLError:
            data = yaml.load(text, _Clear)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        lines = max(1, len(text.splitlines()))
        line = first_line + min(mark.line if mark else 0, lines - 1)
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        if isinstance(error, _Refused):
            raise PressError(Problem(path, line, what, error.remedy)) from None
        remedy = "quote values that hold ': ' or '#', and look at indentation"
        raise PressError(Problem(path, line, f"the YAML is broken: {what}", remedy)) from None
    except RecursionError as error:  # brackets a thousand deep
        raise PressError(Problem(path, first_line, f"the YAML is broken: {error}", "look at brackets")) from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise PressError(Problem(path, first_line, f"expected 'key: value' lines, found {data!r}", "write a mapping"))
    return data


def line_of(text: str, key: str, first_line: int = 1) -> int:
    """The line on which `key:` first stands, or `first_line`."""
    stands = re.escape(key) + r"[\"']?:"
    for before in (r"^[\s#|\-\"']*", r"[{,]\s*[\"']?"):  # at the start of a line, else in {key: value}
        for number, line in enumerate(text.split("\n"), first_line):
            if re.search(before + stands, line):
                return number
    return first_line


def line_with(text: str, said: str, key: str, first_line: int = 1) -> int:
    """The line on which a value first stands as it was read, or that of its key."""
    lines = enumerate(text.split("\n"), first_line)
    return next((number for number, line in lines if said and said in line), 0) or line_of(text, key, first_line)


def problems(data: dict[str, Any], table: Table, text: str, path: str, first_line: int = 1) -> Iterator[Problem]:
    """Yield a Problem for each key that the table lacks and each value of a wrong type.

    >>> [str(p) for p in problems({"tilte": "x"}, {"title": str}, "tilte: x", "a.qmd", 2)]
    ["a.qmd:2: press does not know the key 'tilte'; did you mean 'title'? Known here: title"]
    """
    for key, value in data.items():
        line = line_of(text, str(key), first_line)
        if key not in table:
            near = difflib.get_close_matches(str(key), table, 1)
            known = f"Known here: {', '.join(table)}"
            remedy = f"did you mean {near[0]!r}? {known}" if near else f"take it out. {known}"
            yield Problem(path, line, f"press does not know the key {key!r}", remedy)
        elif isinstance(table[key], dict):
            if isinstance(value, dict):
                yield from problems(value, table[key], text, path, first_line)
            else:
                yield Problem(path, line, f"{key} is {value!r}", f"give it keys: {', '.join(table[key])}")
        elif isinstance(table[key], (set, frozenset)):
            if not any(value is item or (value == item and type(value) is type(item)) for item in table[key]):
                choices = ", ".join(sorted(str(item).lower() for item in table[key]))
                yield Problem(path, line, f"{key} is {value!r}", f"it may be {choices}")
        elif not isinstance(value, table[key]) or isinstance(value, (bool, datetime.datetime)):
            types = table[key] if isinstance(table[key], tuple) else (table[key],)
            names = " or ".join(NAMES.get(kind, kind.__name__) for kind in types)
            yield Problem(path, line, f"{key} is {value!r}", f"it must be {names}")


NAMES = {str: "text", list: "a list", int: "a whole number", datetime.date: "a date, as 2025-07-02"}
