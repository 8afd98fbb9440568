"""What the features of each collection carry: every property with its type, unit, words and meaning.

The columns of a collection are the same in every edition, so clients learn them before one is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from coastlines.words import LINE_TYPES
from zones.words import BASELINE_KINDS, ISSUE_TITLES, SEABED_PAIRS, STATES, STATUSES, ZONES

EDITION = "edition"
NAUTICAL_MILE = "[nmi_i]"  # codes of units are those of UCUM


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a feature.

    ``type`` is ``string``, ``number`` or ``boolean``; ``words`` are all values that there are, empty
    where any text may occur; ``nullable`` where some feature has no value; ``unit`` a UCUM code.
    """

    name: str
    type: str
    title: str
    description: str
    words: tuple[str, ...] = ()
    nullable: bool = False
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """Geometry type of a collection, in lower case, and its properties in their order."""

    geometry: str
    properties: tuple[Property, ...]

    @property
    def choosing(self) -> tuple[Property, ...]:
        """What features are chosen by: all but the edition, which they share; a parameter chooses it."""
        return tuple(one for one in self.properties if one.name != EDITION)

    def named(self, name: str) -> Property | None:
        """A property by its name; None where there is none."""
        return next((one for one in self.properties if one.name == name), None)


def _text(name: str, title: str, description: str, *words: str) -> Property:
    return Property(name, "string", title, description, words)


def _number(name: str, title: str, description: str, unit: str) -> Property:
    return Property(name, "number", title, description, unit=unit)


def _or_null(one: Property) -> Property:
    return replace(one, nullable=True)


def _place(name: str, title: str, meaning: str) -> tuple[Property, Property]:
    """Longitude and latitude of a place, for properties that begin with a name."""
    return (
        _number(f"{name}_lon", f"{title}, longitude", f"Longitude of {meaning}.", "deg"),
        _number(f"{name}_lat", f"{title}, latitude", f"Latitude of {meaning}.", "deg"),
    )


_OF_A_VERTEX = "The vertex of baselines that is {}: feature, part, number of the vertex, each from 1."
_NAME = _text("name", "Name", "What the feature is, in words.")
_ZONE = _text("zone", "Zone", "Zone of the water under the Convention.", *ZONES)
_STATE = _text("state", "State", "State that the feature belongs to, ISO 3166-1 alpha-3.", *STATES)
_STATUS = _text("status", "Status", "How settled the line or the sides of the area are.", *STATUSES)
_LEGAL_BASIS = _text("legal_basis", "Legal basis", "Provision of the Convention that it follows from.")
_STATES = _text("states", "States", "The two States on either side in alphabetical order, as in AZE-RUS.")
_STATE_LEFT = _text("state_left", "State on the left", "State to the left along the line.", *STATES)
_STATE_RIGHT = _text("state_right", "State on the right", "State to the right along the line.", *STATES)
_LENGTH = _number("length_km", "Length", "Geodesic length on WGS84.", "km")
_AREA = _number("area_km2", "Area", "Geodesic area on WGS84.", "km2")
_BREADTH = _number("breadth_nm", "Breadth", "Distance of the outer limit from the baseline.", NAUTICAL_MILE)
_CONVENTION = _text("convention_status", "Convention", "Whether the Convention is in force.")
_COMMON = (
    _or_null(_text("assumptions", "Assumptions", "What of the edition is not the default, in words.")),
    _text(EDITION, "Edition", "Full name of the edition that the feature is from."),
    _text("source", "Source", "Coast source that the feature was computed from."),
    _text("attribution", "Attribution", "Whom the licence of the coast source asks to name."),
)

SHAPES: Mapping[str, Shape] = {
    "zones": Shape(
        "multipolygon",
        (
            _NAME,
            _ZONE,
            _or_null(_STATE),
            _STATUS,
            _or_null(_text("sides", "Sides", "Lines to the neighbouring States, each with its status.")),
            _LEGAL_BASIS,
            _or_null(_BREADTH),
            _AREA,
            Property("in_sums", "boolean", "Counted", "Whether sums and shares of areas count it."),
            *_COMMON,
            _CONVENTION,
        ),
    ),
    "limits": Shape(
        "multilinestring", (_NAME, _ZONE, _STATE, _STATUS, _LEGAL_BASIS, _BREADTH, _LENGTH, *_COMMON)
    ),
    "baselines": Shape(
        "multilinestring",
        (
            _NAME,
            _STATE,
            _text("kind", "Kind", "Kind of baseline.", *BASELINE_KINDS),
            _STATUS,
            _LEGAL_BASIS,
            _LENGTH,
            *_COMMON,
        ),
    ),
    "boundaries": Shape(
        "linestring",
        (
            _NAME,
            _STATES,
            _STATE_LEFT,
            _STATE_RIGHT,
            _STATUS,
            _text("basis", "Basis", "What the line is drawn from, and what is agreed."),
            _text("basis_source", "Source of the basis", "Where that is known from."),
            _LEGAL_BASIS,
            _LENGTH,
            *_COMMON,
        ),
    ),
    "installations": Shape(
        "polygon",
        (
            _NAME,
            _text(
                "part",
                "Part",
                "The land itself, or the safety zone around it.",
                "installation",
                "safety_zone",
            ),
            _STATE,
            _text("kind", "Kind", "Whether it is known or inferred to be artificial."),
            _STATUS,
            _LEGAL_BASIS,
            _text("reason", "Reason", "Why it is taken as artificial."),
            _or_null(_number("breadth_m", "Breadth", "Breadth of a safety zone.", "m")),
            _AREA,
            *_COMMON,
        ),
    ),
    "sectors": Shape(
        "multipolygon",
        (
            _NAME,
            _STATE,
            _STATUS,
            _text("edges", "Edges", "Lines to the neighbouring sectors, each with its status."),
            _LEGAL_BASIS,
            _AREA,
            _number("share_percent", "Share", "Share of the seabed without Kara-Bogaz-Gol.", "%"),
            *_COMMON,
            _CONVENTION,
        ),
    ),
    "sector_boundaries": Shape(
        "linestring",
        (
            _NAME,
            replace(_STATES, words=("IRN", *SEABED_PAIRS), description="The States that the line concerns."),
            _STATE_LEFT,
            _or_null(_STATE_RIGHT),
            _STATUS,
            _text("method", "Method", "How the line is drawn."),
            _or_null(_text("treaty", "Treaty", "Agreement that the line follows.")),
            _or_null(_text("treaty_source", "Source of the treaty", "Where its points or terms are from.")),
            _text("datum", "Datum", "Datum of the treaty's points, where it is stated."),
            _text("line_type", "Type of line", "What joins the treaty's points, where it is stated."),
            _number(
                "line_type_effect_m", "Effect of the type of line", "Shift if loxodromes were meant.", "m"
            ),
            _or_null(
                _number(
                    "datum_effect_m", "Effect of the datum", "Shift if the points were on Pulkovo 1942.", "m"
                )
            ),
            _LEGAL_BASIS,
            _LENGTH,
            _number("length_nm", "Length", "Geodesic length on WGS84.", NAUTICAL_MILE),
            *_COMMON,
        ),
    ),
    "limit_segments": Shape(
        "linestring",
        (
            _NAME,
            _text("limit_id", "Limit", "Feature of limits that it is a part of."),
            Property("part", "number", "Stretch", "Number of the limit's stretch, as in its turning points."),
            Property("number", "number", "Number", "Place in that stretch, from 1."),
            _text(
                "shape",
                "Shape",
                "An arc about a base point; or straight, the curve at the breadth from a straight part of "
                "the baseline, which is no geodesic.",
                "arc",
                "straight",
            ),
            _ZONE,
            _STATE,
            _STATUS,
            _LEGAL_BASIS,
            _BREADTH,
            *_place("start", "Start", "where it begins, the belt on the left; exact to 9 decimals"),
            *_place("end", "End", "where it ends"),
            _or_null(_text("base_point", "Base point", _OF_A_VERTEX.format("the centre of an arc"))),
            *map(_or_null, _place("centre", "Centre", "the base point of an arc")),
            _or_null(_number("radius_m", "Radius", "Geodesic radius of an arc: the breadth.", "m")),
            _or_null(
                _text(
                    "base_start", "Start of the base", _OF_A_VERTEX.format("where the straight part begins")
                )
            ),
            *map(_or_null, _place("base_start", "Start of the base", "where the straight part begins")),
            _or_null(
                _text("base_end", "End of the base", _OF_A_VERTEX.format("where the straight part ends"))
            ),
            *map(_or_null, _place("base_end", "End of the base", "where the straight part ends")),
            _or_null(
                _text("line_type", "Type of line", "What joins both ends of the straight part.", *LINE_TYPES)
            ),
            _text("baseline_kind", "Kind of the baseline", "Kind of baseline behind it.", *BASELINE_KINDS),
            _LENGTH,
            *_COMMON,
        ),
    ),
    "known_issues": Shape(
        "multipolygon",
        (
            _NAME,
            _text("kind", "Kind", "Kind of issue.", *ISSUE_TITLES),
            _or_null(replace(_STATES, description="The State or States that it concerns; none: all.")),
            _or_null(_number("effect_km2", "Effect on areas", "Area that it can change.", "km2")),
            _or_null(_number("effect_m", "Effect on lines", "Distance that it can change.", "m")),
            _text("description", "What is approximate", "What is approximate, and why."),
            _text("how_measured", "How measured", "How the effect was measured."),
            _text("evidence", "Evidence", "Where that is known from."),
            _or_null(
                _text("measured_on", "Measured on", "Edition that the effect was measured on; else this one.")
            ),
            *_COMMON,
        ),
    ),
}
