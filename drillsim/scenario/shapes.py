"""What the annotations of a spec say: its keys in files, its entries, the model at a path."""

from __future__ import annotations

import types
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args
from typing import get_origin as typing_origin

from pydantic import TypeAdapter, WithJsonSchema
from pydantic.fields import FieldInfo

from drillsim.spec import Spec

__all__ = [
    "adapter",
    "annotation_of",
    "entry_type",
    "field_of",
    "file_keys",
    "how_to_write",
    "is_container",
    "members",
    "origin",
    "step",
    "strip",
]

Annotation: TypeAlias = Any


def origin(annotation: Annotation) -> Any:
    """``typing.get_origin`` of any annotation."""
    return typing_origin(annotation)


def strip(annotation: Annotation) -> Annotation:
    """The type inside ``Annotated`` and ``| None``."""
    while True:
        if origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
            continue
        parts = members(annotation)
        if len(parts) == 1 and parts[0] is not annotation:
            annotation = parts[0]
            continue
        return annotation


def members(annotation: Annotation) -> tuple[Annotation, ...]:
    """The alternatives of a union without ``None``; of anything else, itself."""
    if origin(annotation) is Annotated:
        return members(get_args(annotation)[0])
    if origin(annotation) in (Union, types.UnionType):
        return tuple(part for part in get_args(annotation) if part is not type(None))
    return (annotation,)


@cache
def file_keys(model: type[Spec]) -> dict[str, str]:
    """Key in files -> name of the field."""
    return {info.alias or name: name for name, info in model.model_fields.items()}


def field_of(model: type[Spec], key: str) -> FieldInfo | None:
    """The field written under ``key`` in files."""
    name = file_keys(model).get(key)
    return model.model_fields[name] if name else None


def annotation_of(info: FieldInfo) -> Annotation:
    """The whole annotation of a field, with its validators and references."""
    return Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation


def entry_type(annotation: Annotation) -> Annotation | None:
    """``X`` of a ``dict[Name, X]`` whose ``X`` is a spec or a union of specs, else ``None``."""
    bare = strip(annotation)
    if origin(bare) is not dict:
        return None
    entry = get_args(bare)[1]
    specs = all(isinstance(strip(part), type) and issubclass(strip(part), Spec) for part in members(entry))
    return entry if specs else None


@cache
def is_container(model: type[Spec]) -> bool:
    """Whether the spec holds named specs, which are then read one by one."""
    return any(entry_type(info.annotation) is not None for info in model.model_fields.values())


@cache
def _cached_adapter(model: type[Spec], name: str) -> TypeAdapter[Any]:
    return TypeAdapter(annotation_of(model.model_fields[name]))


def adapter(model: type[Spec], name: str) -> TypeAdapter[Any]:
    """Validator of one field."""
    return _cached_adapter(model, name)


def step(annotation: Annotation, key: str | int) -> Annotation | None:
    """The annotation below ``annotation`` at a key, an index, or the tag of a union."""
    parts = members(annotation)
    if len(parts) > 1:
        return next((part for part in parts if key in _tags(strip(part))), None)
    bare = strip(annotation)
    outer, args = origin(bare), get_args(bare)
    if isinstance(bare, type) and issubclass(bare, Spec) and isinstance(key, str):
        info = field_of(bare, key)
        return annotation_of(info) if info else None
    if outer is dict:
        return args[1]
    if outer is tuple and isinstance(key, int) and args:
        return args[0] if args[-1] is Ellipsis else args[min(key, len(args) - 1)]
    return None


def _tags(model: Annotation) -> tuple[str, ...]:
    if not (isinstance(model, type) and issubclass(model, Spec)):
        return ()
    found: list[str] = []
    for name in ("kind", "do"):
        info = model.model_fields.get(name)
        if info is not None and origin(info.annotation) is Literal:
            found.extend(get_args(info.annotation))
    return tuple(found)


def how_to_write(annotation: Annotation) -> str:
    """An example of what a field takes, for messages; empty if there is nothing short to say."""
    if origin(annotation) is Annotated:
        for extra in get_args(annotation)[1:]:
            if isinstance(extra, WithJsonSchema) and extra.json_schema:
                schema = extra.json_schema
                schema = schema["anyOf"][0] if "anyOf" in schema else schema
                if schema.get("examples"):
                    return str(schema["examples"][0])
                if schema.get("type") == "boolean":
                    return "true"
        return how_to_write(get_args(annotation)[0])
    parts = members(annotation)
    if len(parts) == 1 and parts[0] is not annotation:
        return how_to_write(parts[0])
    outer, args = origin(annotation), get_args(annotation)
    if outer is Literal:
        return str(args[0])
    if outer is tuple and args:
        inner = how_to_write(args[0]) or "…"
        return f"[{inner}, {inner}]"
    if annotation is int:
        return "1"
    if annotation is float:
        return "0.5"
    return "…"
