"""The checks: each is one query over whole tables, and what it finds is put into words.

They stand by what they are of: `entity_faults`, `relation_faults` and `value_faults`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from clustergraph.checking import entity_faults, relation_faults, value_faults
from clustergraph.checking.links import Links
from clustergraph.errors import Problem

if TYPE_CHECKING:
    from clustergraph.check import Checked


def find(checked: "Checked", links: Links) -> Iterator[Problem]:
    """Yield all that is wrong with tables whose terms and fates are known, in no order."""
    yield from entity_faults.find(checked, links)
    yield from relation_faults.find(checked, links)
    for table in checked.tables:
        yield from value_faults.find(checked, table)
