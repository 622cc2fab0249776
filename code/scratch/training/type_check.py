"""Check values from a file against the types of a dataclass's fields.

What: a dataclass declares the types of its fields but does not check them. `check` does, and its
error says what to write. A whole number is accepted where a number is wanted; true and false are
not. Left out: ranges, which the dataclass itself checks.
"""

import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin, get_type_hints

_NAMES = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text in quotes",
    type(None): "",
}


def check(kind: type, given: Mapping[str, Any], prefix: str = "") -> None:
    """Check values against the fields of the same names in a dataclass; ignore other names.

    kind: the dataclass; given: name -> value; prefix: put before the name in the message
    Raises: ValueError for the first value of a wrong type, with what to give instead.

    >>> from scratch.model.config import GPTConfig
    >>> check(GPTConfig, {"emb_dim": 64, "drop_rate": 0})
    >>> check(GPTConfig, {"emb_dim": "wide"}, "model.")
    Traceback (most recent call last):
    ValueError: model.emb_dim is 'wide'; give a whole number
    """
    kinds = get_type_hints(kind)
    for name, value in given.items():
        if name in kinds and not _fits(value, kinds[name]):
            raise ValueError(f"{prefix}{name} is {value!r}; give {_name(kinds[name])}")


def _fits(value: Any, kind: Any) -> bool:
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is tuple:
        return (
            isinstance(value, list | tuple)
            and len(value) == len(parts)
            and all(map(_fits, value, parts))
        )
    if kind in (int, float):
        return type(value) in ((int,) if kind is int else (int, float))
    return isinstance(value, origin or kind)


def _name(kind: Any) -> str:
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join(filter(None, map(_name, parts)))
    if origin is tuple:
        return f"{len(parts)} in brackets, each {_name(parts[0])}"
    return _NAMES.get(kind, "a table")
