from __future__ import annotations

from drillsim.measures.heard import items_heard
from tests.measures.hand import trace


def test_a_message_told_what_its_hearer_knew_from_then_on_and_no_more():
    t = trace()
    first = t.add(10.0, "message-heard", actor="fire", task="tell.0.fire")
    t.add(10.0, "informed", actor="fire", task="cargo", cause=first)
    t.add(10.0, "informed", actor="fire", task="wind", cause=first)
    t.add(20.0, "message-heard", actor="fire", task="tell.1.fire")  # the sender did not know it
    t.add(30.0, "informed", actor="fire", task="state")  # seen, not told
    assert items_heard(t) == {first: ("cargo", "wind")}


def test_of_a_message_to_all_each_hearer_has_what_was_new_to_them():
    t = trace()
    fire = t.add(10.0, "message-heard", actor="fire", task="tell.0")
    police = t.add(10.0, "message-heard", actor="police", task="tell.0", cause=fire)
    t.add(10.0, "informed", actor="fire", task="cargo", cause=police)
    assert items_heard(t) == {fire: ("cargo",)}
