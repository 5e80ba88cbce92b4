"""Which encoding bytes that are not UTF-8 are in, judged by the text that each one would make.

Every candidate is scored from 0 to 1 by how much of its text looks like something that people
write: everyday Chinese characters, Japanese kana, Korean syllables, letters inside words. What
decodes is no evidence: the Windows-1252 bytes of `Muñoz` are a Chinese character in GB18030.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

# The characters that make up about half of any Chinese text, and those of firms and places.
_EVERYDAY = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发"
    "后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因"
    "只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应"
    "战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿"
    "原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太"
    "量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界"
    "达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今"
    "切院让识候带导争运限集团股份技药医省县银银园企业商委省州河江广京沪深石庄厂投"
    "這個們來為國說時會對過後發裡經學動進無開從實軍與長機關點業將兩間問並應戰頭體見產樣種東聲員論處"
    "義條認氣題爾變總電數報結務場計資統區隊決馬書則聽達強難權設記類據邊張該規萬覺術領確傳師觀讓識帶"
    "導爭運團藥醫縣銀園於竹灣"
)
_CJK_SIGNS = re.compile(
    "[\u3000-\u303f\uff01-\uff5e\u2014\u2018-\u201d\u2026\u00b7\u00d7\u2460-\u2473]"
)
_KANA = re.compile("[\u3041-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_WORD_SIGNS = "‘’“”–—…€£§°®™©·«»¿¡º\xa0•²½"
_LATIN = {
    "cp1252": "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœšžßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŠŽ",
    "cp1250": "áâäąăćčçďđéęëěíîłĺľńňóôöőŕřśšşťţůúüűýźżžßÁÂÄĄĂĆČÇĎĐÉĘËĚÍÎŁĹĽŃŇÓÔÖŐŔŘŚŠŞŤŢŮÚÜŰÝŹŻŽ",
}
_CYRILLIC_WORD = re.compile(r"(?<!\w)(?:[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+)(?!\w)")
_PLACES = 5  # so many bad bytes are told of one by one
_ENOUGH = 1_000  # so many bad bytes say enough about a file
_SAMPLE = 1 << 18
_LINE = 1 << 12
_ESCAPED = re.compile("[\udc80-\udcff]+")
_HIGH = re.compile(rb"[\x80-\xff]+")
_LIKELY = 0.85
_MARGIN = 0.15
_WORTH = 0.6


class Place(NamedTuple):
    """A byte that is not UTF-8: its line, what the line holds, where the byte is."""

    number: int
    line: bytes
    offset: int
    byte: int


@dataclass(slots=True)
class Survey:
    """What a file that is not UTF-8 holds.

    `bad` runs of bytes are not UTF-8, `good` characters are; in the lines of the former the longest
    run of bytes beyond ASCII has `longest`.
    """

    places: list[Place] = field(default_factory=list)
    bad: int = 0
    good: int = 0
    longest: int = 0
    sample: bytes = b""

    def add(self, line: bytes, number: int, offset: int) -> None:
        """Count the good and the bad places of one line."""
        decoded = line.decode(errors="surrogateescape")
        runs = list(_ESCAPED.finditer(decoded))
        self.bad += len(runs)
        if runs:
            self.longest = max([self.longest, *map(len, _HIGH.findall(line))])
        self.good += sum(not c.isascii() for c in decoded) - sum(len(run[0]) for run in runs)
        for run in runs[: _PLACES - len(self.places)]:
            before = len(decoded[: run.start()].encode(errors="surrogateescape"))
            self.places.append(Place(number, line, offset + before, line[before]))


@dataclass(frozen=True, slots=True)
class Guess:
    """An encoding, how well its text reads (0 to 1), and whether another comes close."""

    encoding: str
    score: float
    sure: bool


def survey(raw: Path) -> Survey:
    """Return what the whole file holds, line by line: the sample is spread over all of it."""
    found = Survey()
    lines: list[bytes] = []
    size, stride, seen = 0, 1, 0
    offset = 0
    with raw.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.isascii():
                if found.bad < _ENOUGH:
                    found.add(line, number, offset)
                if seen % stride == 0:
                    lines.append(line[:_LINE])
                    size += len(lines[-1])
                seen += 1
                if size > _SAMPLE:
                    lines = lines[::2]
                    size = sum(map(len, lines))
                    stride *= 2
            offset += len(line)
    found.sample = b"".join(lines)
    return found


def guesses(sample: bytes) -> list[Guess]:
    """Return the encodings in which the sample (a file's non-ASCII lines) reads, best first."""
    scores = {encoding: score(sample, encoding) for encoding in _SCORES}
    ranked = sorted(scores, key=lambda encoding: -scores[encoding])
    best = scores[ranked[0]]
    if best < _WORTH:
        other = _second_opinion(sample)
        if other is not None and other not in _SCORES:
            return [Guess(other, best, sure=False)]
    text = _text(sample, ranked[0])
    rival = max((scores[e] for e in ranked[1:] if _text(sample, e) != text), default=0.0)
    sure = best >= _LIKELY and best - rival >= _MARGIN
    return [
        Guess(encoding, scores[encoding], sure=sure and encoding == ranked[0])
        for encoding in ranked
        if encoding == ranked[0] or scores[encoding] >= _WORTH
    ]


def _text(sample: bytes, encoding: str) -> str:
    return sample.decode(encoding, errors="replace")


def score(sample: bytes, encoding: str) -> float:
    """Return how much of the sample's non-ASCII text is something that people write, 0 to 1."""
    text = _text(sample, encoding)
    counts = Counter(text)
    for ascii_character in [character for character in counts if character.isascii()]:
        del counts[ascii_character]
    total = counts.total()
    return _SCORES[encoding](text, counts) / total if total else 0.0


def _second_opinion(sample: bytes) -> str | None:
    """Return what charset-normalizer takes the sample for."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - heavy, and rarely needed

    best = from_bytes(sample[:65536], enable_fallback=False).best()
    return None if best is None else best.encoding


def _chinese(codec: str, everyday_rows: range) -> Callable[[str, Counter[str]], float]:
    """Return a score by how many characters stand in the rows that `codec` gives to common ones."""

    def score_of(_: str, counts: Counter[str]) -> float:
        characters = everyday = level = signs = 0.0
        for character, count in counts.items():
            if _CJK_SIGNS.match(character):
                signs += count
            elif "\u3400" <= character <= "\u9fff" or character > "\U0001ffff":
                characters += count
                everyday += count * (character in _EVERYDAY)
                level += count * _weight(character, codec, everyday_rows)
        if not characters:
            return signs * 0.3
        frequent = min(1.0, everyday / characters / 0.25)
        return level * (0.75 + 0.25 * frequent) + signs

    return score_of


def _weight(character: str, codec: str, everyday_rows: range) -> float:
    try:
        lead = character.encode(codec)[0]
    except UnicodeEncodeError:
        return 0.0
    return 1.0 if lead in everyday_rows else 0.3


def _japanese(_: str, counts: Counter[str]) -> float:
    kana = sum(count for character, count in counts.items() if _KANA.match(character))
    if not kana:
        return 0.0
    rest = sum(
        count * (1.0 if _CJK_SIGNS.match(c) else _weight(c, "euc_jp", range(0xB0, 0xD0)))
        for c, count in counts.items()
        if not _KANA.match(c) and not "\uff61" <= c <= "\uff9f"
    )
    return kana + rest


def _korean(_: str, counts: Counter[str]) -> float:
    return 0.99 * sum(
        count for c, count in counts.items() if _HANGUL.match(c) or _CJK_SIGNS.match(c)
    )


def _latin(encoding: str, rarity: float) -> Callable[[str, Counter[str]], float]:
    """Return a score by letters that stand in words, and signs that stand outside of them."""
    letters = _LATIN[encoding]
    small = "".join(filter(str.islower, letters))
    in_word = re.compile(
        rf"(?<![{letters}])(?:(?<![a-z])[{letters}]|[{small}])[{letters}]?(?![{letters}])"
    )
    sign = re.compile(rf"(?<![{letters}])[{_WORD_SIGNS}]{{1,2}}(?![{letters}{_WORD_SIGNS}])")

    def score_of(text: str, _: Counter[str]) -> float:
        words = sum(len(match) for match in in_word.findall(text))
        return rarity * words + 0.9 * sum(len(match) for match in sign.findall(text))

    return score_of


def _cyrillic(text: str, _: Counter[str]) -> float:
    return sum(len(match) for match in _CYRILLIC_WORD.findall(text))


# In this order where two score the same: the encodings of the spreadsheets we expect come first.
_SCORES: dict[str, Callable[[str, Counter[str]], float]] = {
    "gb18030": _chinese("gb2312", range(0xB0, 0xD8)),
    "big5": _chinese("big5", range(0xA4, 0xC7)),
    "cp1252": _latin("cp1252", 1.0),
    "cp932": _japanese,
    "euc_jp": _japanese,
    "cp949": _korean,
    "cp1251": _cyrillic,
    "koi8_r": _cyrillic,
    "cp1250": _latin("cp1250", 0.9),
}
