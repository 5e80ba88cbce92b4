"""Two tables of a made-up cluster that looks like one: zones of every size, and who is in them.

The relations of `generate.py` fall anywhere, which is what a build is measured with. Here most of
them stay within a zone, as they do in real clusters: pages are measured and pictured with these.
"""

import csv
from pathlib import Path
from random import Random

from layout import cluster, zones_of

_KINDS = ("firm", "firm", "firm", "product", "firm", "firm", "agency", "firm", "delegation", "firm")
_FURTHER = ("collaborates_with", "supplies", "invests_in", "visited", "supplies", "regulates")
_ENGLISH = ("North", "Harvest", "River", "Jade", "Cedar", "Summit", "Lotus", "Amber", "Orient")
_TRADES = (
    ("Pharma", "制药"),
    ("Biotech", "生物"),
    ("Machinery", "机械"),
    ("Logistics", "物流"),
    ("Textile", "纺织"),
    ("Energy", "能源"),
)
_FIRST, _SECOND = "华北石冀燕同瑞康宏天中新", "泰源信达诚和盛安远兴德"
_ZONES = (("Zone", "园区"), ("High-Tech Zone", "高新区"), ("Port", "港区"))


def write(folder: Path, count: int) -> None:
    """Write the tables of so many entities and twice as many relations into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    zones, chance = zones_of(count), Random(7).random  # noqa: S311 - the same ones everywhere
    with (folder / "entities.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["id", "type", "name@en", "name@zh"])
        for i in range(count):
            kind = "zone" if i < zones else _KINDS[int(chance() * len(_KINDS))]
            word, first, second = (
                text[int(chance() * len(text))] for text in (_ENGLISH, _FIRST, _SECOND)
            )
            trade, zh = _ZONES[i % 3] if i < zones else _TRADES[int(chance() * len(_TRADES))]
            rows.writerow([f"e{i}", kind, f"{word} {trade} {i}", f"{first}{second}{zh}{i}"])
    with (folder / "relations.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["source", "relation", "target", "start"])
        for i, (one, other) in enumerate(cluster(count).tolist()):
            further = _FURTHER[int(chance() * len(_FURTHER))]
            relation = further if i >= count - 1 else "part_of" if one < zones else "located_in"
            rows.writerow([f"e{one}", relation, f"e{other}", 1990 + int(chance() * 35)])
