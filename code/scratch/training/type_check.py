"""Hold what a person wrote against a dataclass: is every value of the kind that its field is?

What: a dataclass says its fields' kinds and checks none of them. `check` does, for values out of a
file, and says what to write. A whole number passes for a number; true and false pass for neither.
Left out: ranges, which the dataclass itself knows; kinds that no file of settings has.
"""

import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin, get_type_hints

_SAID = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text in quotes",
    type(None): "",
}


def check(kind: type, given: Mapping[str, Any], prefix: str = "") -> None:
    """Check values by the names of a dataclass's fields; names that it does not have are passed
    over.

    Raises: ValueError for the first that does not fit, as prefix + name, with what to give.

    >>> from scratch.model.config import GPTConfig
    >>> check(GPTConfig, {"emb_dim": 64, "drop_rate": 0})
    >>> check(GPTConfig, {"emb_dim": "wide"}, "model.")
    Traceback (most recent call last):
    ValueError: model.emb_dim is 'wide'; give a whole number
    """
    kinds = get_type_hints(kind)
    for name, value in given.items():
        if name in kinds and not _fits(value, kinds[name]):
            raise ValueError(f"{prefix}{name} is {value!r}; give {_said(kinds[name])}")


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


def _said(kind: Any) -> str:
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join(filter(None, map(_said, parts)))
    if origin is tuple:
        return f"{len(parts)} in brackets, each {_said(parts[0])}"
    return _SAID.get(kind, "a table")
