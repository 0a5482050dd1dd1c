"""The event loop of ``Crowd.advance`` over plain arrays, compiled by numba: the same steps, to the bit.

It handles what is on the beaten track. For anything else it hands back to Python (``SETS_OUT``, ``ENTERS``)
and goes on afterwards from the very same point. Whoever changes one of the two loops changes both:
tests/people/test_compiled.py holds them together. Needs numba; nothing but ``compiled.py`` imports this.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any, Final, TypeVar, cast

import numba

__all__ = ["DONE", "ENTERS", "FULL", "SETS_OUT", "advance", "pop", "push", "push_all"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

# Why the loop returns.
DONE: Final = 0
FULL: Final = 1  # no room for the rows of another event
SETS_OUT: Final = 2  # a start that is not plain
ENTERS: Final = 3  # a port after which the next step is not plain; resumed with RESUMED set

# All in this one file, and these as in walkers.py: numba's store sees no changes in other modules.
WAITING: Final = 0
MOVING: Final = 1
ARRIVED: Final = 2

# Next port of a hop, where it is none.
UNKNOWN: Final = -1
GOAL: Final = -2
CHOICE: Final = -3  # one of the equally short ways in rows first .. first + many of the ties

# What a passage needs of a person lies side by side, since far more people than fit into a processor's
# cache take turns: a row a person, of floats and of integers.
PERSON_FLOATS: Final = ("entry_s", "due_s", "asked_s", "rank", "luck", "level_m_s", "up_m_s", "down_m_s")
PERSON_INTS: Final = ("heads", "came", "port", "state", "behind", "goal", "order", "touched")
_SPEED: Final = 5  # column of the speed on the level; up and down follow
# Columns of floats, each a slice of one array: by person, port, link or space.
FLOATS: Final = (
    "arrived_s", "order_s", "headway_s", "contested_s", "weight", "merge_tag", "space_tag", "busy_s", "salt",
)  # fmt: skip
# Columns of integers likewise.
INTS: Final = (
    "first", "last", "passed", "leaves", "enters", "occupancy", "slots", "most", "watched", "line_start",
    "line_length", "line", "todo",
)  # fmt: skip
# Registers that outlive a return.
T, LAST, ASKED, HEADWAY, END = range(5)
(
    RESUMED, PERSON, PORT, INSIDE, HEADS, LINED, OTHER, TODO, SEEN, SEEN_PERSON, SIZE, ROWS,
    COUNT, LINKS, WATCHING, FOLLOWING, RECORDING, GROUPED, SHARES, STARTS,
) = range(20)  # fmt: skip


def _compiled(function: _Function) -> _Function:
    made: Any
    try:
        made = numba.njit(cache=True)(function)
    except RuntimeError:  # there is no directory where compiled code could be kept
        made = numba.njit(function)
    return cast(_Function, made)


# The heap has four children to a node: half as deep as with two, and four entries share a line of the cache.
@_compiled
def _up(heap_f: Any, heap_i: Any, place: int, time_s: float, rank: float, code: int) -> None:
    """Fill an empty place of the heap with an entry that may belong nearer to the top."""
    while place > 0:
        above = (place - 1) >> 2
        at_s, its_rank = heap_f[above, 0], heap_f[above, 1]
        if at_s < time_s or (
            at_s == time_s and (its_rank < rank or (its_rank == rank and heap_i[above] <= code))
        ):
            break
        heap_f[place, 0], heap_f[place, 1], heap_i[place] = at_s, its_rank, heap_i[above]
        place = above
    heap_f[place, 0], heap_f[place, 1], heap_i[place] = time_s, rank, code


@_compiled
def _top(heap_f: Any, heap_i: Any, size: int, time_s: float, rank: float, code: int) -> None:
    """Put an entry in place of the top of the heap: the hole sinks to the bottom, then the entry rises."""
    place = 0
    child = 1
    while child < size:
        least, a = child, heap_f[child, 0]
        for other in range(child + 1, min(child + 4, size)):
            b = heap_f[other, 0]
            if b < a or (
                b == a
                and (
                    heap_f[other, 1] < heap_f[least, 1]
                    or (heap_f[other, 1] == heap_f[least, 1] and heap_i[other] < heap_i[least])
                )
            ):
                least, a = other, b
        heap_f[place, 0], heap_f[place, 1], heap_i[place] = a, heap_f[least, 1], heap_i[least]
        place = least
        child = 4 * place + 1
    _up(heap_f, heap_i, place, time_s, rank, code)


@_compiled
def push(heap_f: Any, heap_i: Any, reg_i: Any, time_s: float, rank: float, code: int) -> None:
    """Add an entry to the heap; there must be room for it."""
    _up(heap_f, heap_i, reg_i[SIZE], time_s, rank, code)
    reg_i[SIZE] += 1


@_compiled
def push_all(heap_f: Any, heap_i: Any, reg_i: Any, entries: Any) -> None:
    """Add entries (time, rank, code) to the heap, shape (n, 3); there must be room for them."""
    for i in range(len(entries)):
        _up(heap_f, heap_i, reg_i[SIZE], entries[i, 0], entries[i, 1], int(entries[i, 2]))
        reg_i[SIZE] += 1


@_compiled
def pop(heap_f: Any, heap_i: Any, reg_i: Any) -> None:
    """Take the top off the heap."""
    reg_i[SIZE] -= 1
    size = reg_i[SIZE]
    if size:
        _top(heap_f, heap_i, size, heap_f[size, 0], heap_f[size, 1], heap_i[size])


@_compiled
def _in_line(line: Any, start: int, length: int, port: int) -> bool:
    for i in range(start, start + length):  # noqa: SIM110
        if line[i] == port:
            return True
    return False


@_compiled
def _add(line: Any, line_start: Any, line_length: Any, space: int, port: int) -> None:
    end = line_start[space] + line_length[space]
    if end == line_start[space + 1]:
        raise RuntimeError("more ports wait for a space than lead into it")
    line[end] = port
    line_length[space] += 1


@_compiled
def _drop(line: Any, line_start: Any, line_length: Any, space: int, port: int) -> None:
    place = line_start[space]
    end = place + line_length[space]
    while place < end and line[place] != port:
        place += 1
    if place == end:
        raise RuntimeError("a port is not in the line it should be in")
    for i in range(place, end - 1):
        line[i] = line[i + 1]
    line_length[space] -= 1


@_compiled
def _may_pass(
    q: int, asked: float, rank: float, inside: int, slots: int, occupied: int, line: Any, shares: bool,
    floor: float, merge_tag: Any, first: Any, asked_s: Any, ranks: Any,
) -> bool:  # fmt: skip
    """Whether the head of a port fits into a space that others wait for, and it is its turn."""
    if inside > slots and occupied:
        return False
    own = max(floor, merge_tag[q]) if shares else 0.0
    for port in line:
        if port == q:
            continue
        head = first[port]
        tag = max(floor, merge_tag[port]) if shares else 0.0
        if tag < own or (
            tag == own and (asked_s[head] < asked or (asked_s[head] == asked and ranks[head] <= rank))
        ):
            return False
    return True


@_compiled
def _longest_waiting(line: Any, first: Any, asked_s: Any, ranks: Any) -> int:
    q, asked, rank = line[0], inf, 0.0
    for port in line:
        head = first[port]
        if asked_s[head] < asked or (asked_s[head] == asked and ranks[head] < rank):
            q, asked, rank = port, asked_s[head], ranks[head]
    return int(q)


@_compiled
def _next_in_turn(line: Any, floor: float, merge_tag: Any, first: Any, asked_s: Any, ranks: Any) -> int:
    """Port whose turn it is to enter a full space: streams by share (start-time fair queueing)."""
    q, best, asked, rank = -1, inf, inf, inf
    for port in line:
        head = first[port]
        tag = max(floor, merge_tag[port])
        if q < 0 or (
            tag < best
            or (tag == best and (asked_s[head] < asked or (asked_s[head] == asked and ranks[head] < rank)))
        ):
            q, best, asked, rank = port, tag, asked_s[head], ranks[head]
    return int(q)


@_compiled
def _take_turn(q: int, space: int, heads: int, space_tag: Any, merge_tag: Any, weight: Any) -> None:
    tag = max(space_tag[space], merge_tag[q])
    space_tag[space] = tag
    merge_tag[q] = tag + heads / weight[q]


@_compiled
def _join(q: int, person: int, first: Any, last: Any, behind: Any) -> None:
    behind[person] = -1
    if first[q] < 0:
        first[q] = person
    else:
        behind[last[q]] = person
    last[q] = person


@_compiled
def _pop_left(q: int, first: Any, behind: Any) -> None:
    person = first[q]
    first[q] = behind[person]
    behind[person] = -2


@_compiled
def _row(
    log_f: Any, log_i: Any, reg_i: Any, time_s: float, asked: float, person: int, link: int, space: int
) -> None:
    row = reg_i[ROWS]
    log_f[0, row], log_f[1, row] = time_s, asked
    log_i[0, row], log_i[1, row], log_i[2, row] = person, link, space
    reg_i[ROWS] = row + 1


@_compiled
def advance(
    person_f: Any, person_i: Any, floats: Any, floats_at: Any, ints: Any, ints_at: Any, heap_f: Any,
    heap_i: Any, start_f: Any, start_i: Any, hop_m: Any, hop_i: Any, tie_m: Any, tie_i: Any, tables: Any,
    log_f: Any, log_i: Any, reg_f: Any, reg_i: Any,
) -> int:  # fmt: skip
    """Process events before ``reg_f[END]`` until somebody watches one or Python is needed; says why it ends.

    Rows of hops and ties: next port (or a code), climb (or number of ties), begin of the table (of the ties).
    """
    entry_s, due_s, asked_s = person_f[:, 0], person_f[:, 1], person_f[:, 2]
    ranks, luck = person_f[:, 3], person_f[:, 4]
    party, came, aim, state = person_i[:, 0], person_i[:, 1], person_i[:, 2], person_i[:, 3]
    behind, goal, order, touched = person_i[:, 4], person_i[:, 5], person_i[:, 6], person_i[:, 7]
    arrived_s = floats[floats_at[0] : floats_at[1]]
    order_s = floats[floats_at[1] : floats_at[2]]
    headway_s = floats[floats_at[2] : floats_at[3]]
    contested_s = floats[floats_at[3] : floats_at[4]]
    weight = floats[floats_at[4] : floats_at[5]]
    merge_tag = floats[floats_at[5] : floats_at[6]]
    space_tag = floats[floats_at[6] : floats_at[7]]
    busy_s = floats[floats_at[7] : floats_at[8]]
    salt = floats[floats_at[8] : floats_at[9]]
    first = ints[ints_at[0] : ints_at[1]]
    last = ints[ints_at[1] : ints_at[2]]
    passed = ints[ints_at[2] : ints_at[3]]
    leaves = ints[ints_at[3] : ints_at[4]]
    enters = ints[ints_at[4] : ints_at[5]]
    occupancy = ints[ints_at[5] : ints_at[6]]
    slots = ints[ints_at[6] : ints_at[7]]
    most = ints[ints_at[7] : ints_at[8]]
    watched = ints[ints_at[8] : ints_at[9]]
    line_start = ints[ints_at[9] : ints_at[10]]
    line_length = ints[ints_at[10] : ints_at[11]]
    line = ints[ints_at[11] : ints_at[12]]
    todo = ints[ints_at[12] : ints_at[13]]
    count, end_s, room = reg_i[COUNT], reg_f[END], log_f.shape[1] - reg_i[COUNT]
    first_start, places = count + reg_i[LINKS], first.size + salt.size
    watching, following, recording = reg_i[WATCHING] > 0, reg_i[FOLLOWING] > 0, reg_i[RECORDING] > 0
    grouped, shares = reg_i[GROUPED] > 0, reg_i[SHARES] > 0
    resumed = reg_i[RESUMED] > 0
    seen = reg_i[SEEN] > 0
    todos = reg_i[TODO]
    t = reg_f[T]
    person, q, link, space, beyond, inside, heads = -1, -1, -1, -1, -1, 0, 0
    rank = asked = headway = 0.0
    lined = other = topmost = False
    if resumed:
        person, q, inside, heads = reg_i[PERSON], reg_i[PORT], reg_i[INSIDE], reg_i[HEADS]
        lined, other, asked, headway = reg_i[LINED] > 0, reg_i[OTHER] > 0, reg_f[ASKED], reg_f[HEADWAY]
        link, space, beyond, rank = q >> 1, leaves[q], enters[q], ranks[person]
    reg_i[RESUMED] = reg_i[SEEN] = reg_i[TODO] = 0
    while resumed or reg_i[SIZE] > 0:
        if not resumed:
            if recording and reg_i[ROWS] > room:
                return FULL
            t, rank, code = heap_f[0, 0], heap_f[0, 1], heap_i[0]
            reg_f[T] = t
            if t >= end_s:
                break
            if code < count:  # a person arrives at its port
                person = code
                if due_s[person] != t:
                    pop(heap_f, heap_i, reg_i)
                    continue
                reg_f[LAST] = t
                q = aim[person]
                if first[q] >= 0:
                    asked_s[person] = t
                    due_s[person] = -1.0
                    _join(q, person, first, last, behind)
                    pop(heap_f, heap_i, reg_i)
                    continue
                link, space, beyond, headway = q >> 1, leaves[q], enters[q], headway_s[q]
                free_s = busy_s[link]
                if free_s > t:
                    asked_s[person] = t
                    due_s[person] = -1.0
                    _join(q, person, first, last, behind)
                    if free_s == inf:
                        pop(heap_f, heap_i, reg_i)
                    else:
                        busy_s[link] = inf
                        _top(heap_f, heap_i, reg_i[SIZE], free_s, rank, count + link)
                    continue
                heads = party[person]
                inside = occupancy[beyond] + heads
                begin = line_start[beyond]
                length = line_length[beyond]
                if (inside > slots[beyond] or (grouped and length)) and not _may_pass(
                    q, t, rank, inside, slots[beyond], occupancy[beyond], line[begin : begin + length],
                    shares, space_tag[beyond], merge_tag, first, asked_s, ranks,
                ):  # fmt: skip
                    asked_s[person] = t
                    due_s[person] = -1.0
                    _join(q, person, first, last, behind)
                    _add(line, line_start, line_length, beyond, q)
                    pop(heap_f, heap_i, reg_i)
                    continue
                if shares and length:
                    _take_turn(q, beyond, heads, space_tag, merge_tag, weight)
                asked = t
                other = False
            elif code < first_start:  # a link serves
                reg_f[LAST] = t
                link = code - count
                busy_s[link] = t
                q = link + link
                space, beyond, headway = leaves[q], enters[q], headway_s[q]
                other = False
                if first[q + 1] >= 0:
                    other = not _in_line(line, line_start[space], line_length[space], q + 1)
                    if first[q] >= 0:
                        headway = contested_s[q]
                        if not _in_line(line, line_start[beyond], line_length[beyond], q):
                            head, rival = first[q], first[q + 1]
                            if other and (
                                asked_s[rival] < asked_s[head]
                                or (asked_s[rival] == asked_s[head] and ranks[rival] < ranks[head])
                            ):
                                q += 1
                                space, beyond, headway = beyond, space, contested_s[q]
                        elif other:
                            q += 1
                            space, beyond, headway = beyond, space, contested_s[q]
                            other = False
                        else:
                            pop(heap_f, heap_i, reg_i)
                            continue
                    elif other:
                        q += 1
                        space, beyond, headway = beyond, space, headway_s[q]
                        other = False
                    else:
                        pop(heap_f, heap_i, reg_i)
                        continue
                elif first[q] < 0:
                    pop(heap_f, heap_i, reg_i)
                    continue
                person = first[q]
                heads, rank, asked = party[person], ranks[person], asked_s[person]
                inside = occupancy[beyond] + heads
                begin = line_start[beyond]
                length = line_length[beyond]
                if (inside > slots[beyond] or (grouped and length)) and not _may_pass(
                    q, asked, rank, inside, slots[beyond], occupancy[beyond], line[begin : begin + length],
                    shares, space_tag[beyond], merge_tag, first, asked_s, ranks,
                ):  # fmt: skip
                    if not _in_line(line, begin, length, q):
                        _add(line, line_start, line_length, beyond, q)
                    if other:  # the other direction may still pass, at once
                        busy_s[link] = inf
                        _top(heap_f, heap_i, reg_i[SIZE], t, rank, code)
                    else:
                        pop(heap_f, heap_i, reg_i)
                    continue
                if shares and length:
                    _take_turn(q, beyond, heads, space_tag, merge_tag, weight)
                _pop_left(q, first, behind)
            else:  # a person sets out
                reg_f[LAST] = t
                if reg_i[STARTS]:
                    reg_i[STARTS] -= 1
                    place = reg_i[STARTS]
                    _top(heap_f, heap_i, reg_i[SIZE], start_f[place, 0], start_f[place, 1], start_i[place])
                else:
                    pop(heap_f, heap_i, reg_i)
                person = code - first_start
                if order[person] < 0 or order_s[person] != t:
                    continue
                space = -1 - came[person]
                row = order[person] + places + came[person]
                if (
                    state[person] != WAITING
                    or space < 0
                    or touched[person]
                    or hop_i[row, 0] < 0
                    or occupancy[space] > most[space]
                ):
                    reg_i[PERSON] = person
                    return SETS_OUT
                goal[person] = order[person]
                order[person] = -1
                if recording:
                    _row(log_f, log_i, reg_i, t, t, person, -1, space)
                state[person] = MOVING
                speed, top = (
                    person_f[person, _SPEED + hop_i[row, 1]],
                    tables[hop_i[row, 2] + occupancy[space]],
                )
                if speed > top:
                    speed = top
                entry_s[person] = t
                aim[person] = hop_i[row, 0]
                due = t + hop_m[row] / speed
                due_s[person] = due
                push(heap_f, heap_i, reg_i, due, ranks[person], person)
                continue
            topmost = True  # the event itself still tops the heap
            lined = False  # the port is in the line of the space beyond
        while person >= 0:
            if resumed:
                resumed = False
            else:
                # Take the slot beyond, leave the old space, fix the walking speed.
                occupancy[beyond] = inside
                occupancy[space] -= heads
                if following:
                    passed[q] += heads
                row = goal[person] + q
                onward, length_m, climb, begin = hop_i[row, 0], hop_m[row], hop_i[row, 1], hop_i[row, 2]
                if onward == CHOICE:
                    row = begin + int(luck[person] * salt[beyond] % 1.0 * climb)
                    onward, length_m, climb, begin = tie_i[row, 0], tie_m[row], tie_i[row, 1], tie_i[row, 2]
                if onward >= 0:
                    speed, top = person_f[person, _SPEED + climb], tables[begin + inside]
                    if speed > top:
                        speed = top
                    came[person] = q
                    aim[person] = onward
                    entry_s[person] = t
                    due = t + length_m / speed
                    due_s[person] = due
                    if topmost:
                        _top(heap_f, heap_i, reg_i[SIZE], due, rank, person)
                        topmost = False
                    else:
                        push(heap_f, heap_i, reg_i, due, rank, person)
                else:
                    if topmost:
                        pop(heap_f, heap_i, reg_i)
                        topmost = False
                    if onward == GOAL:
                        came[person] = q
                        entry_s[person] = arrived_s[person] = t
                        due_s[person] = -1.0
                        state[person] = ARRIVED
                        if watching and watched[beyond]:
                            seen = True
                            reg_i[SEEN_PERSON] = person
                    else:
                        reg_i[PERSON], reg_i[PORT], reg_i[INSIDE], reg_i[HEADS] = person, q, inside, heads
                        reg_i[LINED], reg_i[OTHER], reg_i[TODO], reg_i[SEEN] = lined, other, todos, seen
                        reg_f[ASKED], reg_f[HEADWAY] = asked, headway
                        return ENTERS
            if recording:
                _row(log_f, log_i, reg_i, t, asked, person, link, beyond)
            # Busy for one headway a head; then the next in the queue, if there is a slot for it.
            free_s = t + headway if heads == 1 else t + headway * heads
            busy_s[link] = free_s
            if first[q] >= 0:
                if inside < slots[beyond] and inside + party[first[q]] <= slots[beyond]:
                    if lined:
                        _drop(line, line_start, line_length, beyond, q)
                    busy_s[link] = inf
                    push(heap_f, heap_i, reg_i, free_s, rank, count + link)
                else:
                    if not lined:
                        _add(line, line_start, line_length, beyond, q)
                    if other:
                        busy_s[link] = inf
                        push(heap_f, heap_i, reg_i, free_s, rank, count + link)
            else:
                if lined:
                    _drop(line, line_start, line_length, beyond, q)
                if other:
                    busy_s[link] = inf
                    push(heap_f, heap_i, reg_i, free_s, rank, count + link)
            if watching and watched[space]:
                seen = True
                reg_i[SEEN_PERSON] = person
            # Hand the old slot to who has waited longest.
            beyond = space
            person = -1
            while True:
                length = line_length[beyond]
                if length:
                    waiting = line[line_start[beyond] : line_start[beyond] + length]
                    q = waiting[0]
                    if length > 1 and shares:
                        q = _next_in_turn(waiting, space_tag[beyond], merge_tag, first, asked_s, ranks)
                    elif length > 1:
                        q = _longest_waiting(waiting, first, asked_s, ranks)
                    head = first[q]
                    link, space, headway, heads, rank = (
                        q >> 1,
                        leaves[q],
                        headway_s[q],
                        party[head],
                        ranks[head],
                    )
                    if first[q ^ 1] >= 0:
                        headway = contested_s[q]
                    inside = occupancy[beyond] + heads
                    if inside <= slots[beyond] or not occupancy[beyond]:
                        free_s = busy_s[link]
                        if free_s <= t:
                            person = head
                            _pop_left(q, first, behind)
                            asked = asked_s[person]
                            if shares:
                                _take_turn(q, beyond, heads, space_tag, merge_tag, weight)
                            lined = True
                            other = False
                            if grouped:  # one slot may free room for several, or for none
                                todo[todos] = beyond
                                todos += 1
                            break
                        _drop(line, line_start, line_length, beyond, q)  # its link is busy; it tries again
                        if free_s < inf:
                            busy_s[link] = inf
                            push(heap_f, heap_i, reg_i, free_s, rank, count + link)
                        continue
                if not todos:
                    break
                todos -= 1
                beyond = todo[todos]
        if seen:
            break
    reg_i[SEEN] = seen
    return DONE
