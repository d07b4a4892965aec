"""XMP packets (ISO 16684-1): what no longer is true of the finished picture goes, and what is not wanted.

Packets are changed as XML and only where there is something to change, so that all others stay as they came.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple
from xml.dom import minidom
from xml.parsers.expat import ExpatError

from core.images import notes

# Pillow lets through whatever the file holds; as a tree it takes fifty times as much memory.
_MOST: Final = 2_000_000
_ORIENTATION: Final = re.compile(rb"""(tiff:Orientation(?:\s*=\s*["']|>\s*))[0-9]""")
# Whether a look at the tree is worth while.
_MAYBE_STALE: Final = re.compile(
    rb"Thumbnails|xap/1\.0/g/img|hdr-gain-map|HDRGainMap|google\.com/photos|HasExtendedXMP"
)
_MAYBE_PLACE: Final = re.compile(
    rb"gps|latitude|longitude|wgs84|City|State|Country|Location|coverage", re.IGNORECASE
)
_MAYBE_RIGHT: Final = re.compile(rb"rights|creator|Credit|Source|AuthorsPosition")
_UNWANTED_XML: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)")

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XMLNS: Final = "http://www.w3.org/2000/xmlns/"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_XMP: Final = "http://ns.adobe.com/xap/1.0/"
_RIGHTS: Final = "http://ns.adobe.com/xap/1.0/rights/"
_NOTE: Final = "http://ns.adobe.com/xmp/note/"
_PHOTOSHOP: Final = "http://ns.adobe.com/photoshop/1.0/"
_TIFF: Final = "http://ns.adobe.com/tiff/1.0/"
_GEO: Final = "http://www.w3.org/2003/01/geo/wgs84_pos#"

_PLACE: Final = re.compile(r"gps|latitude|longitude", re.IGNORECASE)
_PLACE_NAMES: Final = frozenset(
    {"City", "State", "Country", "CountryCode", "Location", "LocationShown", "LocationCreated"}
)
# Dublin Core's "spatial topic", and where a film was shot (XMP Specification, part 2, sections 1.2.4 and 1.2.5).
_OTHER_PLACES: Final = frozenset(
    {(_DC, "coverage"), ("http://ns.adobe.com/xmp/1.0/DynamicMedia/", "shotLocation")}
)
_PLACE_SPACES: Final = re.compile(r"photoshop|iptc", re.IGNORECASE)
_RIGHT_NAMES: Final = frozenset(
    {
        (_DC, "rights"), (_DC, "creator"), (_TIFF, "Artist"), (_TIFF, "Copyright"),
        (_PHOTOSHOP, "Credit"), (_PHOTOSHOP, "Source"), (_PHOTOSHOP, "AuthorsPosition"),
    }
)  # fmt: skip
# What speaks of gain maps, films and other pictures that were in the old file.
_OF_THE_FILE: Final = (
    "http://ns.adobe.com/hdr-gain-map/",
    "http://ns.apple.com/HDRGainMap/",
    "http://ns.google.com/photos/1.0/",
    "http://ns.adobe.com/xap/1.0/g/img/",
)

_Property = minidom.Element | minidom.Attr


class Kept(NamedTuple):
    """What is left of a packet.

    Attributes:
        packet: Empty for nothing.
        notes: What that cost.
    """

    packet: bytes = b""
    notes: tuple[str, ...] = ()


def chosen(packet: bytes, *, others: bool, rights: bool, places: bool) -> Kept:
    """Choose what is kept.

    Args:
        packet: As it was in the file, in any of XML's codings; empty for none.
        others: Whether all is kept that is neither of the two below.
        rights: Whether author and copyright are.
        places: Whether it is kept where the picture was taken; what is stripped as a whole goes with it.
    """
    if not packet:
        return Kept()
    if len(packet) > _MOST:
        return Kept(b"", (notes.LARGE_XMP,))
    packet = _ORIENTATION.sub(rb"\g<1>1", packet)
    if not (
        not others
        or b"\0" in packet
        or _MAYBE_STALE.search(packet)
        or (not places and _MAYBE_PLACE.search(packet))
        or (not rights and _MAYBE_RIGHT.search(packet))
    ):
        return Kept(packet)
    try:
        return _chosen(packet, others=others, rights=rights, places=places)
    except (ExpatError, ValueError, LookupError, RecursionError):
        return Kept(b"", (notes.BROKEN_XMP,) if others else ())


def _chosen(packet: bytes, *, others: bool, rights: bool, places: bool) -> Kept:
    if _UNWANTED_XML.search(packet.replace(b"\0", b"")):
        raise ValueError("entities are no part of XMP")
    bare = packet if b"\0" in packet[:4] else packet.strip(b"\0 \r\n\t")  # UTF-16 is full of zeros
    document = minidom.parseString(bare)  # noqa: S318  # no entities, and not much of it
    told = []
    if not places and _remove(document, _is_place):
        told.append(notes.PLACE_REMOVED)
    if (
        _remove(document, lambda one: (one.namespaceURI, one.localName) == (_NOTE, "HasExtendedXMP"))
        and others
    ):
        told.append(notes.MORE_XMP)
    _remove(document, _is_of_the_file)
    for one in list(_properties(document)):
        is_right = one.namespaceURI == _RIGHTS or (one.namespaceURI, one.localName) in _RIGHT_NAMES
        if not (rights if is_right else others):
            _take_out(one)
        elif (one.namespaceURI, one.localName) == (_TIFF, "Orientation"):
            _set_to_one(one)  # its coding, or its prefix, was not as expected
    has_any = next(_properties(document), None) is not None
    text = "".join(node.toxml() for node in document.childNodes) if has_any else ""
    return Kept(text.encode(), tuple(told))


def _remove(document: minidom.Document, is_it: Callable[[_Property], bool]) -> bool:
    """Take out all of a kind, wherever they are; whether there were any."""
    every: list[_Property] = []
    for element in document.getElementsByTagName("*"):
        every += [element, *_attributes(element)]
    found = [one for one in every if is_it(one)]
    for one in found:
        _take_out(one)
    return bool(found)


def _take_out(one: _Property) -> None:
    if isinstance(one, minidom.Attr):
        if one.ownerElement is not None:
            one.ownerElement.removeAttributeNode(one)
    elif one.parentNode is not None:
        one.parentNode.removeChild(one)


def _properties(document: minidom.Document) -> Iterator[_Property]:
    """The packet's properties, as attributes and as elements (ISO 16684-1, section 7)."""
    for description in document.getElementsByTagNameNS(_RDF, "Description"):
        parent = description.parentNode
        if isinstance(parent, minidom.Element) and parent.localName == "RDF":
            yield from (one for one in _attributes(description) if one.namespaceURI != _RDF)
            yield from (one for one in description.childNodes if isinstance(one, minidom.Element))


def _attributes(element: minidom.Element) -> list[minidom.Attr]:
    every = (element.attributes.item(at) for at in range(element.attributes.length))
    return [one for one in every if isinstance(one, minidom.Attr) and one.namespaceURI not in {None, _XMLNS}]


def _is_place(one: _Property) -> bool:
    space, name = one.namespaceURI or "", one.localName or ""
    is_named = name in _PLACE_NAMES and _PLACE_SPACES.search(space) is not None
    is_named |= (space, name) in _OTHER_PLACES
    return space == _GEO or is_named or _PLACE.search(name) is not None


def _is_of_the_file(one: _Property) -> bool:
    space = one.namespaceURI or ""
    return space.startswith(_OF_THE_FILE) or (space, one.localName) == (_XMP, "Thumbnails")


def _set_to_one(one: _Property) -> None:
    if isinstance(one, minidom.Attr):
        one.value = "1"
    elif isinstance(one.firstChild, minidom.Text):
        one.firstChild.data = "1"
