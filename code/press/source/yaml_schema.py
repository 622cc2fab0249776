"""Read YAML with the line of each key, and check it against a small table of keys.

A table maps a key to a type, a set of values, a further table, or a tuple of such. Quarto knows
hundreds of keys; press refuses those that the table lacks instead of dropping them without a word.
"""

import datetime
import difflib
import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

import yaml

from press.base.errors import PressError, Problem, control_name

Table = dict[str, Any]
OTHERS = "*"  # a key of a table that is open: what it lacks is taken, but for a slip of the pen
Positions = dict[tuple[object, ...], int]  # of a path of keys and list indices, in characters
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
DEEPEST = 50  # lists in lists: what follows a value down does it by recursion
MOST = 100_000  # values, with what aliases repeat: nine lines of aliases can repeat a billion
TAGS = {"timestamp": "a date that there is", "int": "a number", "float": "a number"} | {
    "bool": "true or false"
}
TYPES = {str: "text", list: "a list", int: "a whole number", float: "a number", dict: "keys"}


class Document(dict[str, Any]):
    """A mapping read from YAML, with the line of each key and item in its file."""

    def __init__(self, data: dict[str, Any], text: str, first_line: int, at: Positions) -> None:
        super().__init__(data)
        self.text, self.first_line, self.at = text, first_line, at

    def line(self, *path: object) -> int:
        """Return the line of a path of keys and list indices, as far as the YAML has it."""
        while path and path not in self.at:
            path = path[:-1]
        return self.first_line + self.text.count("\n", 0, self.at.get(path, 0))


def value_at(data: Any, *keys: str, default: Any = None) -> Any:
    """Return the value at a path of keys in nested mappings, or the default."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return default if data is None else data


def read_table(package: str, name: str) -> Any:
    """Return the content of a YAML file of press's own."""
    text = resources.files(package).joinpath(name).read_text(encoding="utf-8")
    return yaml.load(text, yaml.CSafeLoader)


class _Refused(yaml.constructor.ConstructorError):
    """Valid YAML that press cannot work with."""

    def __init__(self, what: str, remedy: str, mark: yaml.Mark) -> None:
        super().__init__(None, None, what, mark)
        self.remedy = remedy


class _Loader(yaml.CSafeLoader):
    """A loader that refuses what PyYAML takes silently: the second of two equal keys, what no page
    can hold (a control character, a list that holds itself), a value that is none of its kind.
    """

    def construct_document(self, node: yaml.Node) -> tuple[Any, Positions]:
        positions: Positions = {}
        data = super().construct_document(node)  # which puts in the keys that << merges
        self._walk(node, node.start_mark, positions)
        return data, positions

    def _walk(
        self,
        node: yaml.Node,
        top: yaml.Mark,
        positions: Positions,
        path: tuple[object, ...] = (),
        above: tuple[yaml.Node, ...] = (),
    ) -> None:
        """Note where each key and item of a node is; refuse what is no text, or no tree.

        top: the key at the top that holds the node; above: the nodes that do.
        """
        mark = node.start_mark
        if node in above:
            what = "the YAML holds a value that holds itself"
            raise _Refused(what, "write it out, without an *alias", mark)
        if len(above) > DEEPEST:
            what = f"the YAML is nested more than {DEEPEST} deep"
            raise _Refused(what, "write it flatter", mark)
        if len(positions) > MOST:
            what = (
                f"the YAML stands for more than {MOST:,} values, with all that its aliases repeat"
            )
            raise _Refused(what, "write fewer", top)
        if isinstance(node, yaml.ScalarNode):
            if control := CONTROL.search(node.value):
                what = f"the YAML holds {control_name(control[0])}"
                raise _Refused(what, "take it out; HTML has no place for it", mark)
            return
        keyed = isinstance(node, yaml.MappingNode)
        for number, part in enumerate(node.value):
            key, value = part if keyed else (part, part)
            if keyed:
                self._walk(key, top, positions)
            step = (*path, self.construct_object(key) if keyed else number)
            positions[step] = key.start_mark.index
            self._walk(value, top if path else key.start_mark, positions, step, (*above, node))

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


def load(text: str, path: str, first_line: int = 1) -> Document:
    """Read YAML that must be a mapping, or nothing, from line `first_line` of the file at `path`.

    Raises: PressError with the line where the YAML breaks, or holds what is no text.

    >>> load("title: A day", "a.qmd")
    {'title': 'A day'}
    """
    text = text.removeprefix("\ufeff")
    try:
        data, positions = yaml.load(text, _Loader) or (None, {})
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
    if not isinstance(data, dict | None):
        what = f"expected 'key: value' lines, found {data!r}"
        raise PressError.at(path, first_line, what, "write a mapping")
    return Document(data or {}, text, first_line, positions)


def problems(
    document: Document, table: Table, path: str, data: Any = None, above: tuple[str, ...] = ()
) -> Iterator[Problem]:
    """Yield a Problem for each key that the table lacks and each value of a wrong type.

    data: a part of the document, below the keys `above`; default the whole.

    >>> [str(problem) for problem in problems(load("tilte: x", "a", 2), {"title": str}, "a")]
    ["a:2: press does not know the key 'tilte'; did you mean 'title'? Known here: title"]
    """
    for key, value in (document if data is None else data).items():
        inner = next((kind for kind in _kinds(table.get(key)) if isinstance(kind, dict)), None)
        if inner is not None and isinstance(value, dict):
            yield from problems(document, inner, path, value, (*above, key))
        elif fault := _fault(key, value, table):
            yield Problem(path, document.line(*above, key), *fault)


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
        remedy = f"give it keys: {', '.join(kinds[0])}"
    elif values := [
        str(item).lower() for kind in kinds if isinstance(kind, frozenset) for item in kind
    ]:
        remedy = f"it may be {', '.join(sorted(set(values)))}"
    else:
        words = (TYPES.get(kind, kind.__name__) for kind in kinds if isinstance(kind, type))
        remedy = f"it must be {' or '.join(words)}"
    return f"{key} is {value!r}", remedy


def _kinds(kind: Any) -> tuple[Any, ...]:
    return kind if isinstance(kind, tuple) else (kind,)


def _fits(value: Any, kind: Any) -> bool:
    """Return whether a value is of a kind; true, false and moments are of none but `object`."""
    if isinstance(kind, frozenset):
        return any(value == item and type(value) is type(item) for item in kind)
    if kind is object or not isinstance(kind, type):
        return kind is object
    return isinstance(value, kind) and not isinstance(value, (bool, datetime.datetime))
