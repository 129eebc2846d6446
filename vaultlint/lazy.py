"""What is worked out when it is first asked for: a property, and a pattern."""

import re
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast, overload

T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801 - it is used as a decorator
    """Computes the attribute on first access and keeps it in the instance: `functools.cached_property`
    without its lock.

    Until Python 3.12 that one takes a lock at every first access, which a note has a dozen of, and a vault
    twenty thousand notes.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> "lazy[T]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> "lazy[T] | T":
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._compute(instance)
        return value


class RarePattern:
    """A pattern that is compiled when it is first used, with the attributes of what it is compiled to."""

    def __init__(self, source: str, flags: int) -> None:
        self.pattern = source
        self._flags = flags

    @lazy
    def compiled(self) -> re.Pattern[str]:
        """The pattern itself."""
        return re.compile(self.pattern, self._flags)

    def __reduce__(self) -> tuple[Any, ...]:
        return rare, (self.pattern, self._flags)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # whoever copies asks for such before anything is set
            raise AttributeError(name)
        value = self.__dict__[name] = getattr(self.compiled, name)
        return value


def rare(source: str, flags: int = 0) -> re.Pattern[str]:
    """`re.compile` for what few runs need: to compile all patterns takes longer than a small vault does.

    It has the methods of a pattern; the functions of `re` take its `pattern`.
    """
    return cast("re.Pattern[str]", RarePattern(source, flags))
