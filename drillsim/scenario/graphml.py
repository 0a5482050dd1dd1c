"""A site drawn as GraphML: nodes are spaces, edges are links, attributes are the columns of tables."""

from __future__ import annotations

import io
import re
import warnings
import xml.parsers.expat
from typing import Final
from xml.etree.ElementTree import ParseError

from drillsim.scenario.tree import Place

__all__ = ["read_graphml"]

Entry = tuple[str, dict[str, str], Place]

_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]*\?>")
_MAX_DEPTH: Final = 20


class _Refused(Exception):
    """The XML holds something a drawing of a site has no use for."""


class _Places:
    """Lines of nodes and edges, read before anything else; stops at whatever could be hostile."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.nodes: dict[str, Place] = {}
        self.edges: dict[tuple[str, str], list[Place]] = {}
        self._depth = 0
        self._parser = xml.parsers.expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse

    def read(self, content: bytes) -> None:
        self._parser.Parse(content, True)

    def _refuse(self, *_: object) -> None:
        raise _Refused("DOCTYPE and ENTITY are refused; remove them")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _Refused(f"nested deeper than {_MAX_DEPTH} levels")
        tag = name.rpartition(":")[2]
        place = Place(self.file, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)
        if tag == "node":
            self.nodes.setdefault(attributes.get("id", ""), place)
        elif tag == "edge":
            ends = (attributes.get("source", ""), attributes.get("target", ""))
            self.edges.setdefault(ends, []).append(place)

    def _end(self, _: str) -> None:
        self._depth -= 1


def read_graphml(content: bytes, *, file: str) -> list[Entry] | str:
    """Entries ("spaces" or "links", {column: text}, place) of a GraphML file, or what is wrong with it.

    A node's name is its attribute ``name``, else its id; an edge's is its ``name``, else its id, else
    ``FROM--TO``.
    """
    import networkx

    try:
        # One known encoding for both passes, so that no declaration can hide anything from the first.
        text = _DECLARATION.sub("", content.decode("utf-8-sig"), count=1)
        places = _Places(file)
        places.read(text.encode())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # attributes without type are taken as text
            graph = networkx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)
    except UnicodeDecodeError:
        return "not UTF-8; save it as UTF-8"
    except _Refused as fault:
        return str(fault)
    except (xml.parsers.expat.ExpatError, ParseError) as fault:
        return f"not XML: {fault}"
    except (networkx.NetworkXError, KeyError, ValueError, TypeError, AttributeError, IndexError) as fault:
        return f"not GraphML that can be read: {str(fault)[:80]}"
    return [*_spaces(graph, places), *_links(graph, places)]


def _texts(attributes: dict[object, object]) -> dict[str, str]:
    texts = {}
    for key, value in attributes.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if key != "id":
            texts[str(key)] = text.strip()
    return texts


def _spaces(graph: object, places: _Places) -> list[Entry]:
    found: list[Entry] = []
    for node, attributes in graph.nodes(data=True):  # type: ignore[attr-defined]
        cells = _texts(attributes)
        cells["name"] = cells.get("name") or str(node)
        found.append(("spaces", cells, places.nodes.get(str(node), Place(places.file, 0, 0))))
    return found


def _links(graph: object, places: _Places) -> list[Entry]:
    names = {node: str(data.get("name") or node) for node, data in graph.nodes(data=True)}  # type: ignore[attr-defined]
    found: list[Entry] = []
    for source, target, key, attributes in graph.edges(keys=True, data=True):  # type: ignore[attr-defined]
        cells = _texts(attributes)
        own = cells.get("name") or (key if isinstance(key, str) and key else "")
        first, second = str(source), str(target)
        lines = places.edges.get((first, second))
        if not lines:
            # networkx walks an undirected edge from either end; the file says which comes first.
            first, second = second, first
            lines = places.edges.get((first, second), [])
        place = lines.pop(0) if lines else Place(places.file, 0, 0)
        ends = (names.get(first, first), names.get(second, second))
        cells |= {"from": ends[0], "to": ends[1], "name": own or f"{ends[0]}--{ends[1]}"}
        found.append(("links", cells, place))
    return found
