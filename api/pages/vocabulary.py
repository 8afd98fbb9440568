"""Our words beside those of the two standards for maritime limits: one table for every way out.

The relations are those of SKOS in plain words. A name of a standard stands here only where it could be
checked; everything else is `none`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CLOSE, BROADER, NONE = "close", "broader", "none"

DESCRIPTION = (
    "The words of this service beside those of IHO S-121, Maritime Limits and Boundaries, and of "
    "ISO 19152-3, Marine georegulation."
)
CONFORMANCE = (
    "No conformance with IHO S-121 or ISO 19152-3 is claimed. The table helps a reader of either to find "
    "the nearest term. Both standards are written for the United Nations Convention on the Law of the Sea "
    "(UNCLOS); the Caspian Sea has a Convention of its own."
)
CHECKED = (
    "Names of types and classes were checked against published drafts of the S-121 model, the table of "
    "contents of ISO 19152-3 and descriptions by implementers, not against the full text of the standards. "
    "Clauses are given where they are known. Types of S-121 for a limit, zone or location carry their legal "
    "meaning through the unit and the instruments that they are joined with; our records are flat."
)
RELATIONS = {
    CLOSE: "The two terms are used for nearly the same thing.",
    BROADER: "The term of the standard covers ours and more.",
    NONE: "There is no such term, or none that could be checked.",
}
SOURCES = (
    "IHO S-121, Maritime Limits and Boundaries Product Specification, Edition 1.0.0, October 2019, with "
    "Annex A, Data Classification and Encoding Guide.",
    "ISO 19152-3:2024, Geographic information - Land Administration Domain Model (LADM) - Part 3: Marine "
    "georegulation.",
    "ISO 19152-1:2024, Geographic information - Land Administration Domain Model (LADM) - Part 1: Generic "
    "conceptual model; its classes begin with LA_ and are the base of those of Part 3, which begin with MG_.",
    "Convention on the Legal Status of the Caspian Sea, Aktau, 12 August 2018: the articles in our meanings.",
)


@dataclass(frozen=True, slots=True)
class Match:
    """A term of a standard and how it relates to ours; no term where the relation is `none`."""

    relation: str = NONE
    term: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of ours."""

    term: str
    meaning: str
    s121: Match
    iso19152_3: Match
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Terms of one kind."""

    title: str
    caption: str
    terms: tuple[Term, ...]


_UNIT = Match(BROADER, "BasicAdministrativeUnit")
_MG_UNIT = Match(BROADER, "MG_BAUnit", "8.5.2")
_ZONE = Match(BROADER, "Zone")
_LIMIT = Match(BROADER, "Limit")
_SPATIAL_UNIT = Match(BROADER, "LA_SpatialUnit", "ISO 19152-1")
_BOUNDARY_STRING = Match(BROADER, "LA_BoundaryFaceString", "ISO 19152-1")
_NO = Match()

GROUPS: tuple[Group, ...] = (
    Group(
        "Zones and sectors",
        "Legal areas: values of zone, and the sectors of the seabed",
        (
            Term(
                "internal_waters",
                "waters landward of the baseline (Art. 1, 5)",
                _UNIT,
                _MG_UNIT,
                "Comparable with internal waters in UNCLOS, Art. 8.",
            ),
            Term(
                "territorial_waters",
                "belt of at most 15 nm from the baseline (Art. 7)",
                _UNIT,
                _MG_UNIT,
                "Comparable with the territorial sea in UNCLOS, Art. 2 and 3, which is at most 12 nm wide.",
            ),
            Term(
                "fishery_zone",
                "the next 10 nm, with the exclusive right to fish (Art. 9)",
                _UNIT,
                _MG_UNIT,
                "UNCLOS knows no such zone; a fishery zone is not an exclusive economic zone.",
            ),
            Term(
                "common_maritime_space",
                "water beyond all fishery zones, open to the five States (Art. 1, 5)",
                _UNIT,
                _MG_UNIT,
                "Not the high seas of UNCLOS, Part VII: only the five coastal States may use it.",
            ),
            Term(
                "sector",
                "part of the seabed and subsoil of one State (Art. 8)",
                _UNIT,
                _MG_UNIT,
                "Not the continental shelf of UNCLOS, Part VI. It is a division apart from the zones.",
            ),
            Term("land", "landward of the shore", _NO, _NO, "An answer, not an area that is drawn."),
            Term("outside_caspian", "far from the sea", _NO, _NO, "An answer, not an area that is drawn."),
        ),
    ),
    Group(
        "Collections",
        "What is drawn: the collections of features",
        (
            Term("zones", "areas of the water", _ZONE, _SPATIAL_UNIT, "A feature for each zone of a State."),
            Term("sectors", "areas of the seabed", _ZONE, _SPATIAL_UNIT, "Area only; no depth is given."),
            Term(
                "limits",
                "outer limits of territorial waters and fishery zones",
                _LIMIT,
                _BOUNDARY_STRING,
                "A limit of one State, against no other.",
            ),
            Term(
                "boundaries",
                "lines in the water between two States",
                _LIMIT,
                _BOUNDARY_STRING,
                "S-121 has one type for limits and boundaries.",
            ),
            Term("sector_boundaries", "lines on the seabed between two States", _LIMIT, _BOUNDARY_STRING),
            Term(
                "baselines",
                "lines from which breadths are measured",
                _LIMIT,
                _BOUNDARY_STRING,
                "A proxy of the legal baseline here, never a deposited one.",
            ),
            Term(
                "installations",
                "artificial land, which generates no baseline, with its safety zones",
                _NO,
                _NO,
                "Safety zones of 500 m are the most that Art. 8 allows; none is known to be set up.",
            ),
            Term(
                "turning points",
                "vertices of lines with their base points, in the CSV files",
                Match(CLOSE, "Location"),
                Match(BROADER, "LA_Point", "ISO 19152-1"),
            ),
        ),
    ),
    Group(
        "Kinds of baseline",
        "Values of kind and baseline_kind",
        (
            Term("normal", "the shore", _NO, _NO, "Comparable with UNCLOS, Art. 5."),
            Term("straight", "a straight baseline", _NO, _NO, "Comparable with UNCLOS, Art. 7."),
            Term(
                "closing_line",
                "a line across a mouth or bay",
                _NO,
                _NO,
                "Comparable with UNCLOS, Art. 9 and 10.",
            ),
            Term("harbour_works", "outermost permanent harbour works", _NO, _NO, "As UNCLOS, Art. 11."),
        ),
    ),
    Group(
        "Statuses",
        "Values of status, delimitation and sector_status",
        (
            Term("computed", "follows from the Convention's rule; nobody had to agree", _NO, _NO),
            Term("agreed", "drawn through the points of a treaty", _NO, _NO),
            Term("agreed_reconstructed", "a treaty exists, its points are not known here", _NO, _NO),
            Term("provisional", "nothing is agreed, or not all of it", _NO, _NO),
            Term(
                "claimed",
                "a line of one side, or a historic one",
                _NO,
                _NO,
                "S-121 lets every State publish its own view; this service takes no State's side.",
            ),
        ),
    ),
    Group(
        "Fields",
        "Properties of features and fields of a point's record",
        (
            Term(
                "id",
                "identifier of a feature in its collection",
                _NO,
                Match(BROADER, "gID", "8.3, 8.5.3.4"),
                "The identifiers of Part 3 are Maritime Resource Names; ours are not.",
            ),
            Term(
                "name",
                "name of a feature in words",
                _NO,
                Match(CLOSE, "MG_BAUnit.name", "8.5.3.2"),
            ),
            Term("zone", "kind of legal area", _NO, Match(BROADER, "MG_BAUnit.type", "8.5.3.3")),
            Term(
                "state",
                "State that has the area or line, ISO 3166-1 alpha-3",
                Match(CLOSE, "Party"),
                Match(CLOSE, "MG_Party", "8.4.2"),
                "A code here, an object with a name, role and type there.",
            ),
            Term(
                "states, state_left, state_right",
                "the two States on the sides of a line",
                Match(BROADER, "Party"),
                Match(BROADER, "MG_Party", "8.4.2"),
            ),
            Term(
                "legal_basis",
                "provision that the area or line follows from",
                Match(CLOSE, "Governance"),
                Match(CLOSE, "governance relationship of MG_BAUnit", "8.5.3.6"),
            ),
            Term(
                "treaty, basis",
                "agreement that a line follows",
                Match(BROADER, "Source"),
                Match(BROADER, "LA_AdministrativeSource", "ISO 19152-1"),
            ),
            Term(
                "treaty_source, basis_source, source",
                "where a line or coast is known from",
                Match(BROADER, "Source"),
                Match(BROADER, "LA_Source", "ISO 19152-1"),
            ),
            Term(
                "meaning of a zone",
                "what the State may do there; told in words only",
                Match(BROADER, "Right, Restriction, Responsibility"),
                Match(BROADER, "MG_RRR", "8.5.5"),
                "No field holds a right; legal_basis names the provision.",
            ),
            Term("breadth_nm", "breadth from the baseline", _NO, _NO),
            Term("area_km2", "geodesic area", _NO, Match(BROADER, "LA_AreaValue", "ISO 19152-1")),
            Term("edition", "the atlas that answered, by its name", _NO, _NO, "Names all inputs by a hash."),
            Term("certain, coast_spread_m, by_coast", "how much the answer depends on the coast", _NO, _NO),
            Term("assumptions", "what of the edition is not the default, in words", _NO, _NO),
        ),
    ),
)


def as_object() -> dict[str, Any]:
    """The table as it is given in JSON."""
    return {
        "description": DESCRIPTION,
        "conformance": CONFORMANCE,
        "checked": CHECKED,
        "relations": dict(RELATIONS),
        "groups": [
            {
                "title": group.title,
                "caption": group.caption,
                "terms": [
                    {
                        "term": one.term,
                        "meaning": one.meaning,
                        "s121": _match(one.s121),
                        "iso19152_3": _match(one.iso19152_3),
                        "remark": one.remark or None,
                    }
                    for one in group.terms
                ],
            }
            for group in GROUPS
        ],
        "sources": list(SOURCES),
    }


def as_markdown() -> str:
    """The table as the text of ``docs/vocabulary.md``."""
    lines = ["# Vocabulary", "", DESCRIPTION, "", f"**{CONFORMANCE}**", "", CHECKED, ""]
    lines += ["| Relation | Meaning |", "|---|---|"]
    lines += [f"| `{relation}` | {meaning} |" for relation, meaning in RELATIONS.items()]
    for group in GROUPS:
        lines += ["", f"## {group.title}", "", f"{group.caption}.", ""]
        lines += ["| Here | Meaning | IHO S-121 | ISO 19152-3 | Remark |", "|---|---|---|---|---|"]
        lines += [
            f"| `{one.term}` | {one.meaning} | {_cell(one.s121)} | {_cell(one.iso19152_3)} | {one.remark} |"
            for one in group.terms
        ]
    lines += ["", "## Sources", "", *(f"- {one}" for one in SOURCES)]
    return "\n".join(lines) + "\n"


def _match(match: Match) -> dict[str, str | None]:
    return {"relation": match.relation, "term": match.term or None, "clause": match.clause or None}


def _cell(match: Match) -> str:
    if not match.term:
        return NONE
    return f"`{match.term}` ({match.relation}{', ' + match.clause if match.clause else ''})"
