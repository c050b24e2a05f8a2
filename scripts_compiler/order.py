"""Order of things that need each other, and the cycles that forbid one."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

_TRIES = 16


def in_order(needs: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """(numbers so that each comes after what it needs, numbers that lie on a cycle or need one that does)."""
    waiting = [len(set(n)) for n in needs]
    users: list[list[int]] = [[] for _ in needs]
    for number, needed in enumerate(needs):
        for other in set(needed):
            users[other].append(number)
    ready = deque(number for number, count in enumerate(waiting) if count == 0)
    done: list[int] = []
    while ready:
        number = ready.popleft()
        done.append(number)
        for user in users[number]:
            waiting[user] -= 1
            if waiting[user] == 0:
                ready.append(user)
    return done, [number for number, count in enumerate(waiting) if count > 0]


def cycles(needs: Sequence[Sequence[int]], stuck: Sequence[int], written: Sequence[int]) -> list[list[int]]:
    """One short cycle of each knot among ``stuck``: numbers in which each needs the next, and the last the first.

    A cycle through one of ``written`` is preferred, and begins with it: somebody wrote what closes it.
    """
    found: list[list[int]] = []
    for knot in _knots(needs, set(stuck)):
        members = set(knot)
        if len(knot) > 1 or knot[0] in needs[knot[0]]:
            origins = [number for number in written if number in members][:_TRIES] or [min(knot)]
            found.append(min((_shortest(needs, origin, members) for origin in origins), key=len))
    return found


def _shortest(needs: Sequence[Sequence[int]], origin: int, members: set[int]) -> list[int]:
    """Breadth first from ``origin`` back to it."""
    came: dict[int, int] = {}
    queue = deque([origin])
    while queue:
        number = queue.popleft()
        for other in needs[number]:
            if other == origin:
                path = [number]
                while path[-1] != origin:
                    path.append(came[path[-1]])
                return path[::-1]
            if other in members and other not in came:
                came[other] = number
                queue.append(other)
    raise AssertionError("a knot without a cycle")


def _knots(needs: Sequence[Sequence[int]], stuck: set[int]) -> list[list[int]]:
    """Strongly connected components (Tarjan, SIAM J. Comput. 1(2), 1972), without recursion: chains are long."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    knots: list[list[int]] = []
    for root in sorted(stuck):
        if root in index:
            continue
        work = [(root, iter(needs[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            number, rest = work[-1]
            for other in rest:
                if other not in stuck:
                    continue
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(needs[other])))
                    break
                if other in on_stack:
                    low[number] = min(low[number], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[number])
                if low[number] == index[number]:
                    knot = [stack.pop()]
                    while knot[-1] != number:
                        knot.append(stack.pop())
                    on_stack.difference_update(knot)
                    knots.append(knot)
    return knots
