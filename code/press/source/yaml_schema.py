"""Read YAML with the line of each key, and check it against a small table of keys.

A table maps a key to a type, a set of values, a further table, or a tuple of such. Quarto knows
hundreds of keys; press refuses those that the table lacks instead of dropping them without a word.
"""

import datetime
import difflib
import re
from collections.abc import Iterator
from typing import Any

import yaml

from press.base.errors import PressError, Problem, control_name

Table = dict[str, Any]
FLAG = frozenset({True, False})
OTHERS = "*"  # a key of a table that is open: what it lacks is taken, but for a slip of the pen
Positions = dict[tuple[object, ...], int]  # of a path of keys and list indices, in characters
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
HALF = re.compile(r"[\ud800-\udfff]")  # of a surrogate pair: it can be written to no file
DEEPEST = 50  # lists in lists: what follows a value down does it by recursion
MOST = 100_000  # values, with what aliases repeat: nine lines of aliases can repeat a billion
TAGS = {"timestamp": "a date that there is", "int": "a number", "float": "a number"}
TAGS["bool"] = "true or false"
TYPES = {str: "text", list: "a list", int: "a whole number", float: "a number", dict: "keys"}


class Document(dict[str, Any]):
    """A mapping read from YAML, with the line of each key and item in its file.

    >>> text = "a: {title: x}\\nb:\\n  title: y\\n  css: [p,\\n    q]\\n"
    >>> document = load(text, "a.qmd")
    >>> document.line("b", "title"), document.line("b", "css", 1), document.line("b", "tilte")
    (3, 5, 2)
    """

    def __init__(self, data: dict[str, Any], text: str, first_line: int, at: "Positions") -> None:
        super().__init__(data)
        self.text, self.first_line, self.at = text, first_line, at

    def line(self, *path: object) -> int:
        """Return the line of a path of keys and list indices, as far as the YAML has it."""
        while path and path not in self.at:
            path = path[:-1]
        return self.first_line + self.text.count("\n", 0, self.at.get(path, 0))


def value_at(data: Any, *keys: str, default: Any = None) -> Any:
    """Return the value at a path of keys in nested mappings, or the default.

    >>> value_at({"a": {"b": 1}}, "a", "b"), value_at({"a": "text"}, "a", "b", default=[])
    (1, [])
    """
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return default if data is None else data


class _Refused(yaml.constructor.ConstructorError):
    """Valid YAML that press cannot work with."""

    def __init__(self, what: str, remedy: str, mark: yaml.Mark) -> None:
        super().__init__(None, None, what, mark)
        self.remedy = remedy


class _Strict(yaml.constructor.SafeConstructor):
    """A constructor that refuses what PyYAML takes silently: the second of two equal keys, what no
    page can hold (half a character, a list that holds itself), a value that is none of its kind.
    """

    def construct_document(self, node: yaml.Node) -> tuple[Any, Positions]:
        _size(node, {}, ())
        data = super().construct_document(node)  # which puts in the keys that << merges
        return data, dict(self._positions(node))

    def _positions(
        self, node: yaml.Node, above: tuple[object, ...] = ()
    ) -> Iterator[tuple[tuple[object, ...], int]]:
        parts: list[tuple[object, yaml.Mark, yaml.Node]] = []
        if isinstance(node, yaml.MappingNode):
            keys = [(key, part) for key, part in node.value if isinstance(key, yaml.ScalarNode)]
            parts = [(self.construct_object(key), key.start_mark, part) for key, part in keys]
        elif isinstance(node, yaml.SequenceNode):
            parts = [(number, part.start_mark, part) for number, part in enumerate(node.value)]
        for step, mark, part in parts:
            yield (*above, step), mark.index
            yield from self._positions(part, (*above, step))

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError, OverflowError) as error:  # 2025-02-30
            kind = TAGS.get(node.tag.rpartition(":")[2], "what it is marked as")
            why = error if isinstance(error, ValueError) else f"{node.value!r} is not {kind}"
            remedy = f"write {kind}, or quote it if it is text"
            raise _Refused(f"the YAML is broken: {why}", remedy, node.start_mark) from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            plain = isinstance(key, yaml.ScalarNode)
            if not plain or key.value in seen:
                what = f"the key {key.value!r} stands twice" if plain else "a key is no plain text"
                raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


class _Clear(_Strict, yaml.SafeLoader):
    """A loader in Python: slow, with clear messages."""


class _Fast(_Strict, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A loader in C, where PyYAML has it: ten times as fast."""


def _size(node: yaml.Node, sizes: dict[int, int], above: tuple[int, ...]) -> int:
    """Return how many values a node of YAML holds, with itself and what its aliases repeat.

    sizes: of the nodes that are counted already, by their ids; above: the ids of those that hold
    it. Raises: _Refused at what is no text, or no tree.
    """
    if id(node) in sizes:
        return sizes[id(node)]
    if id(node) in above:
        what = "the YAML holds a value that holds itself"
        raise _Refused(what, "write it out, without an *alias", node.start_mark)
    if len(above) > DEEPEST:
        what = f"the YAML is nested more than {DEEPEST} deep"
        raise _Refused(what, "write it flatter", node.start_mark)
    size = 1
    if isinstance(node, yaml.ScalarNode):
        if half := HALF.search(node.value):
            what = f"the YAML holds U+{ord(half[0]):04X}, half a character"
            raise _Refused(what, "write the character itself", node.start_mark)
        if control := CONTROL.search(node.value):
            what = f"the YAML holds {control_name(control[0])}"
            raise _Refused(what, "take it out; HTML has no place for it", node.start_mark)
    else:
        pairs = isinstance(node, yaml.MappingNode)
        parts = [part for pair in node.value for part in pair] if pairs else node.value
        size += sum(_size(part, sizes, (*above, id(node))) for part in parts)
    if size > MOST:
        what = f"the YAML stands for {size:,} values, with all that its aliases repeat"
        raise _Refused(what, f"write at most {MOST:,}", node.start_mark)
    sizes[id(node)] = size
    return size


def load(text: str, path: str, first_line: int = 1) -> Document:
    """Read YAML that must be a mapping, or nothing, from the file at `path`.

    Raises: PressError with the line, counted from `first_line`, where the YAML breaks, or holds
    what is no text.

    >>> load("title: A day", "a.qmd")
    {'title': 'A day'}
    >>> load("title: [A day", "a.qmd", first_line=2)
    Traceback (most recent call last):
    press.base.errors.PressError: a.qmd:2: the YAML is broken: expected ',' or ']', but got ...
    """
    text = text.removeprefix("\ufeff")
    try:
        try:
            loaded = yaml.load(text, _Fast)
        except yaml.YAMLError:
            loaded = yaml.load(text, _Clear)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        end = len(text.rstrip("\n"))
        line = first_line + text.count("\n", 0, min(mark.index, end) if mark else 0)
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        if isinstance(error, _Refused):
            raise PressError.at(path, line, what, error.remedy) from None
        remedy = "quote values that hold ': ' or '#', and look at indentation"
        raise PressError.at(path, line, f"the YAML is broken: {what}", remedy) from None
    except RecursionError as error:  # brackets a thousand deep
        what = f"the YAML is broken: {error}"
        raise PressError.at(path, first_line, what, "look at brackets") from None
    data, positions = loaded or (None, {})
    if not isinstance(data, dict | None):
        what = f"expected 'key: value' lines, found {data!r}"
        raise PressError.at(path, first_line, what, "write a mapping")
    return Document(data or {}, text, first_line, positions)


def problems(document: Document, table: Table, path: str) -> Iterator[Problem]:
    """Yield a Problem for each key that the table lacks and each value of a wrong type.

    >>> [str(problem) for problem in problems(load("tilte: x", "a", 2), {"title": str}, "a")]
    ["a:2: press does not know the key 'tilte'; did you mean 'title'? Known here: title"]
    """
    return _problems(document, table, path, document, ())


def others(data: dict[str, Any], table: Table) -> Iterator[str]:
    """Yield each key that an open table, or one inside it, takes and does not know.

    >>> list(others({"a": 1, "b": {"c": 2}}, {"b": {"d": int, OTHERS: OTHERS}, OTHERS: OTHERS}))
    ['a', 'c']
    """
    for key, value in data.items():
        if key not in table:
            yield str(key)
        for inner in _kinds(table.get(key)):
            if isinstance(inner, dict) and isinstance(value, dict):
                yield from others(value, inner)


def _problems(
    data: dict[str, Any], table: Table, path: str, document: Document, above: tuple[str, ...]
) -> Iterator[Problem]:
    for key, value in data.items():
        inner = next((kind for kind in _kinds(table.get(key)) if isinstance(kind, dict)), None)
        if inner is not None and isinstance(value, dict):
            yield from _problems(value, inner, path, document, (*above, key))
        elif fault := _fault(key, value, table):
            yield Problem(path, document.line(*above, key), *fault)


def _fault(key: Any, value: Any, table: Table) -> tuple[str, str] | None:
    """Return what is wrong with a key and its value, and the remedy; None if nothing is."""
    if key not in table:
        open_table = OTHERS in table
        near = difflib.get_close_matches(str(key), table, 1, 0.75 if open_table else 0.6)
        if open_table and not near:
            return None
        hint = f"did you mean {near[0]!r}?" if near else "take it out."
        known = ", ".join(name for name, kind in table.items() if kind not in (object, OTHERS))
        return f"press does not know the key {key!r}", f"{hint} Known here: {known}"
    kinds = _kinds(table[key])
    if any(_fits(value, kind) for kind in kinds):
        return None
    if all(isinstance(kind, dict) for kind in kinds):
        return f"{key} is {value!r}", f"give it keys: {', '.join(kinds[0])}"
    values = [kind for kind in kinds if isinstance(kind, (set, frozenset))]
    if values:
        allowed = {str(item).lower() for kind in values for item in kind}
        return f"{key} is {value!r}", f"it may be {', '.join(sorted(allowed))}"
    words = (TYPES.get(kind, kind.__name__) for kind in kinds if isinstance(kind, type))
    return f"{key} is {value!r}", f"it must be {' or '.join(words)}"


def _kinds(kind: Any) -> tuple[Any, ...]:
    return kind if isinstance(kind, tuple) else (kind,)


def _fits(value: Any, kind: Any) -> bool:
    """Return whether a value is of a kind; true, false and moments are of none but `object`."""
    if isinstance(kind, (set, frozenset)):
        return any(value is item or (value == item and type(value) is type(item)) for item in kind)
    if not isinstance(kind, type):
        return False
    return kind is object or (
        isinstance(value, kind) and not isinstance(value, (bool, datetime.datetime))
    )
