"""Keys in few bytes: they must say what a set says."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from core.key_set import KeySet

MANY = 50_000


@given(st.lists(st.tuples(st.sampled_from(["add", "take out"]), st.lists(st.text(max_size=3)))))
def test_it_says_what_a_set_says(steps: list[tuple[str, list[str]]]) -> None:
    keys, known = KeySet(), set[str]()
    for step, names in steps:
        if step == "add":
            keys.update(names)
            known.update(names)
        else:
            keys.difference_update(names)
            known.difference_update(names)
        assert all((name in keys) is (name in known) for name in names)
        assert keys.isdisjoint(names) is known.isdisjoint(names)
    assert all(name in keys for name in known)


def test_a_path_need_not_be_text() -> None:
    keys = KeySet()
    keys.add("/\udcff.jpg")
    assert "/\udcff.jpg" in keys
    assert "/\udcfe.jpg" not in keys


def test_none_of_many_is_taken_for_another_and_each_takes_few_bytes() -> None:
    links = [f"https://host.example/photos/2024/picture-{number:07}.jpg" for number in range(2 * MANY)]
    tracemalloc.start()
    try:
        keys = KeySet()
        keys.update(links[:MANY])
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert sum(link in keys for link in links) == MANY
    assert taken / MANY < 30
