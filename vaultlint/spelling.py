"""The words in the names of a vault's notes, and which name a misspelt one may have been meant as.

What is near is often meant otherwise: `micro` and `macro`, `Martin` and `Martina`, `iPhone 13` and
`iPhone 14`. So a word that other names have too is no slip of the pen; the word that was meant begins and
ends like the one that is written, because that is where prefixes and endings tell words apart; and it is
not short. A name of one word has to be nearer than a word of a longer name, whose other words agree. There
even the `s` of a plural or a genitive counts, which alone may tell two things apart (`Window`, `Windows`).
"""

from collections.abc import Container, Iterable, Iterator, Sequence

from vaultlint.resolve import bare_key, separator_key, words_of

_SHORT = 6  # letters; words with fewer have too many neighbours
_LONG = 8  # letters; from here on another letter may be a slip, and so may two
_SINGULAR = 4  # letters; the `s` of shorter words is not that of a plural
_HISSING = ("s", "x", "z", "ch", "sh")  # behind these the plural has `es`
_TOO_MANY = 200  # words that begin and end alike; none of them is the one that was meant


class Spelling:
    """What the names of all notes say of a name that no note has."""

    def __init__(self, names: Iterable[str]) -> None:
        """`names`: those of the notes, without `.md`."""
        parts, plain = set[str](), []
        for name in names:
            if name.isascii():
                plain.append(name)
            else:
                parts.update(separator_key(name).split("_"))
        parts.update(words_of("_".join(plain)) or [""])  # all at once in a third of the time
        self._words = {part if part.isalnum() else bare_key(part) for part in parts}
        self._numbers = _Numbers(self._words)
        self._alike: dict[tuple[str, str, int], list[str]] = {}
        for word in self._words:
            if len(word) >= _SHORT - 1 and _in_letters_with_case(word):
                self._alike.setdefault((word[:2], word[-1], len(word)), []).append(word)

    def near(self, name: str, keys: Container[str]) -> tuple[int, list[str]]:
        """Those of the bare keys of names that `name` is likely to be a slip of the pen for, and how many
        letters it is off. They differ from the key of `name` in one word, and nearer ones hide others."""
        words = words_of(name)
        key = "".join(words)
        if not key.isalnum():
            words = [bare_key(word) for word in words]
            key = "".join(words)
        unknown = set(words) - self._words
        if len(unknown) > 1:
            return 0, []
        found: dict[str, int] = {}
        end = 0
        for word in words:
            start, end = end, end + len(word)
            if unknown and word not in unknown:
                continue
            for other in self._numbers[word] if len(words) > 1 else ():
                if (whole := f"{key[:start]}{other}{key[end:]}") in keys:
                    found[whole] = abs(len(other) - len(word))
            if unknown:
                found.update(self._misspelt(word, key[:start], key[end:], keys))
        if not found:
            return 0, []
        fewest = min(found.values())
        return fewest, sorted(key for key, letters in found.items() if letters == fewest)

    def _misspelt(
        self, word: str, before: str, after: str, keys: Container[str]
    ) -> Iterator[tuple[str, int]]:
        """The keys of names with another word for an unknown one, and how many letters that is off."""
        if not _in_letters_with_case(word):
            return
        alone = not before and not after
        most = 1 if alone or len(word) < _LONG else 2
        for length in range(len(word) - most, len(word) + most + 1):
            alike = self._alike.get((word[:2], word[-1], length), ())
            if (min if alone else max)(len(word), length) < _SHORT or len(alike) > _TOO_MANY:
                continue
            for other in alike:
                # Hardly any of these makes a name, and that is quicker to see than how near it is.
                if (whole := f"{before}{other}{after}") in keys:
                    letters = _letters_off(word, other, most)
                    if letters <= most and _is_a_slip(word, other, letters, alone=alone):
                        yield whole, letters


class _Numbers(dict[str, Sequence[str]]):
    """Those of some words that differ from a word in the `s` or `es` of a plural, or of a genitive. Looked up
    as it is asked."""

    def __init__(self, words: Container[str]) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, word: str) -> Sequence[str]:
        found = self[word] = [other for other in _in_the_other_number(word) if other in self._words]
        return found


def _in_letters_with_case(word: str) -> bool:
    """Whether it holds no digits, and a letter says as little as it does in an alphabet: in scripts that
    have no case it may be a syllable or a word."""
    return word.isalpha() and (word.isascii() or all(map(str.islower, word)))


def _in_the_other_number(word: str) -> Sequence[str]:
    """A word with the `s` or `es` of a plural; one in `s` without it too."""
    if len(word) < _SINGULAR or not word.isalpha():
        return ()
    plural = word + "es" if word.endswith(_HISSING) else word + "s"
    if word[-1] != "s" or len(word) == _SINGULAR:
        return (plural,)
    hissing = word[-2] == "e" and word.endswith(_HISSING, 0, -2)  # `boxes`, but `causes` too
    return (plural, word[:-1], word[:-2]) if hissing else (plural, word[:-1])


def _is_a_slip(word: str, other: str, letters: int, *, alone: bool) -> bool:
    """Whether one of two words that are that many letters off is likely to be the other misspelt."""
    if letters == 2 and word[:4] != other[:4]:  # `inter` and `intra`
        return False
    # Another letter makes another word: `horse` and `house`, `humidify` and `humidity`.
    replaced = len(word) == len(other) and sorted(word) != sorted(other)
    return not replaced or (len(word) >= _LONG and not alone)


def _letters_off(one: str, other: str, most: int) -> int:
    """How many letters have to be put in, left out, replaced or swapped with the next to make one word the
    other; some number above `most` where it is more than that."""
    same = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        same += 1
    one, other = one[same:], other[same:]
    if not one or not other or not most:
        return max(len(one), len(other))
    ways = [(one[1:], other), (one, other[1:]), (one[1:], other[1:])]
    if one[:2] == other[1::-1]:
        ways.append((one[2:], other[2:]))
    return 1 + min(_letters_off(a, b, most - 1) for a, b in ways)
