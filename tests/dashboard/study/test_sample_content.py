"""What a person reads of texts and rows, through the cards that the browser is sent."""

import numpy as np
import pytest
from reviewing import decide

from dashboard.study.cards import full_cards, neighbors_of
from dashboard.study.evidence import label_evidence
from dashboard.study.sample_content import COLUMNS_COMPARED, FOLDED_FROM, MAX_LINES, SHORT, readable_sample
from margin_core.cli import main
from margin_core.evidence import ColumnPlaces, WordEvidence
from margin_core.evidence.column_places import order_by_typicality

WORDS = {"cat": "purr meow paw", "dog": "bark fetch leash"}


def joined(pieces):
    return "".join(text for text, _ in pieces)


@pytest.fixture(scope="module")
def text_source(tmp_path_factory):
    random = np.random.default_rng(0)
    rows = ["label,text"]
    for number in range(120):
        name = ("cat", "dog")[number % 2]
        text = " ".join(random.choice([*WORDS[name].split(), "the", "house"], 6))
        text = text if number != 8 else f"{'lorem ' * 900}bark {'ipsum ' * 900}"
        text = text if number != 10 else "<script>alert(1)</script> =1+1 bark"
        rows.append(f"{name if number != 4 else 'dog'},{text}")
    path = tmp_path_factory.mktemp("texts") / "pets.csv"
    path.write_text("\n".join(rows))
    assert main(["prepare", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def row_source(tmp_path_factory):
    random = np.random.default_rng(0)
    names = [f"c{number}" for number in range(40)]
    rows = [",".join(["label", *names, "shade"])]
    for number in range(120):
        values = random.normal(0, 1, 40) + 3 * (number % 2)
        shade = "<b>" if number == 4 else ("red", "blue")[number % 2]
        rows.append(",".join([("cat", "dog")[number % 2 if number != 4 else 1], *(f"{v:.3f}" for v in values), shade]))
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    path.write_text("\n".join(rows))
    assert main(["prepare", str(path)]) == 0
    return path


@pytest.fixture
def texts(open_it, text_source, tmp_path):
    return open_it(text_source, database=tmp_path / "review.sqlite")


@pytest.fixture
def rows(open_it, row_source, tmp_path):
    return open_it(row_source, database=tmp_path / "review.sqlite")


def test_marked_words_are_those_of_the_probe_for_the_given_against_the_suggested_class(texts):
    card = full_cards(texts, [4])[0]
    assert (card["given"], card["suggested"]) == (1, 0)
    expected = WordEvidence.from_study(texts.study).marked_words(4, 1, 0)
    found = {text.lower(): weight for text, weight in card["pieces"] if weight}
    assert found == pytest.approx(expected, abs=1e-3)
    assert set(found) & {"purr", "meow", "paw"} and min(found.values()) == -1
    assert joined(card["pieces"]) == texts.study.inputs[4] and "text" not in card


def test_words_in_common_with_each_neighbor_are_marked(texts):
    card = full_cards(texts, [4])[0]
    evidence = WordEvidence.from_study(texts.study)
    for neighbor in card["neighbors"]:
        other = str(texts.study.inputs[neighbor["row"]])
        marked = {text.lower() for text, weight in neighbor["pieces"] if weight}
        assert marked == set(evidence.shared_words(str(texts.study.inputs[4]), other)) and marked
        assert joined(neighbor["pieces"]) == other


def test_a_long_text_is_folded_around_its_marked_words(texts):
    card = full_cards(texts, [8])[0]
    assert len(joined(card["pieces"])) > 10_000
    assert len(joined(card["folded"])) <= FOLDED_FROM + 10 and len(joined(card["short"])) <= SHORT + 10
    for part in ("folded", "short"):
        assert "bark" in [text for text, weight in card[part] if weight]


def test_a_short_text_is_sent_once(texts):
    assert not {"folded", "short"} & set(full_cards(texts, [4])[0])


def test_hostile_text_is_sent_as_it_is(texts):
    assert joined(full_cards(texts, [10])[0]["pieces"]) == "<script>alert(1)</script> =1+1 bark"


def test_places_are_those_among_the_given_and_the_suggested_class(rows):
    card = full_cards(rows, [4])[0]
    placed = ColumnPlaces.from_study(rows.study).row(4, card["given"], card["suggested"])
    assert [name for name, _ in card["values"]] == [one.name for one in placed]
    assert card["places"]["given"] == pytest.approx([one.given.share for one in placed], abs=1e-3)
    assert card["places"]["suggested"] == pytest.approx([one.suggested.share for one in placed], abs=1e-3)
    assert card["places"]["unusualGiven"] == [one.is_unusual for one in placed]
    assert sorted(card["places"]["order"]) == list(range(41))
    unusual = card["places"]["unusualGiven"]
    assert unusual[card["places"]["order"][0]] and card["values"][-1] == ["shade", "<b>"]
    assert unusual[40] and not card["places"]["isNumber"][40]


def test_neighbors_are_compared_in_the_most_unusual_columns(rows):
    card = full_cards(rows, [4])[0]
    assert card["compared"] == card["places"]["order"][:COLUMNS_COMPARED]
    places = ColumnPlaces.from_study(rows.study)
    for neighbor in card["neighbors"]:
        other = full_cards(rows, [neighbor["row"]])[0]["values"]
        assert neighbor["values"] == [other[column][1] for column in card["compared"]]
        assert neighbor["differs"] == places.differs(4, neighbor["row"])[card["compared"]].tolist()


def test_why_compares_neighbors_and_similar_decisions_as_the_card_does(texts, rows):
    evidence, words = label_evidence(texts, 4), WordEvidence.from_study(texts.study)
    for neighbor in evidence["neighbors"]:
        marked = {text.lower() for text, weight in neighbor["pieces"] if weight}
        assert marked == set(words.shared_words(str(texts.study.inputs[4]), str(texts.study.inputs[neighbor["row"]])))
    card, places = full_cards(rows, [4])[0], ColumnPlaces.from_study(rows.study)
    decide(rows, near := neighbors_of(rows, 4)[0], "keep")
    evidence = label_evidence(rows, 4)
    assert evidence["similar"][0]["row"] == near
    for other in (*evidence["neighbors"], *evidence["similar"]):
        assert other["values"] == places.written(other["row"], card["compared"])
        assert other["differs"] == places.differs(4, other["row"])[card["compared"]].tolist()


def test_words_are_marked_whatever_model_a_study_has(texts):
    class Own:
        fingerprint = "own"

        def probabilities(self, inputs):
            return np.full((len(inputs), 2), 0.5, dtype=np.float32)

    texts.study = texts.study.replace(model=Own())
    pieces = full_cards(texts, [4])[0]["pieces"]
    assert {text for text, weight in pieces if weight < 0} & {"purr", "meow", "paw"}


def test_pictures_have_nothing_to_read(opened):
    card = full_cards(opened, [3])[0]
    assert card["compared"] == [] and not {"pieces", "places", "others"} & set(card)
    assert not any({"pieces", "values"} & set(one) for one in card["neighbors"])


def test_pictures_with_columns_beside_them_show_both(opened):
    age = np.arange(90) / 2
    columns = {"age": age, "place": np.repeat("<b>here</b>", 90), "name": opened.study.ids, "split": np.repeat("a", 90)}
    opened.study = opened.study.replace(columns=columns)
    card = full_cards(opened, [3])[0]
    others = [["age", "1.5"], ["place", "<b>here</b>"], ["name", "sample 03"]]
    assert card["kind"] == "picture" and card["others"] == others
    (placed, _) = ColumnPlaces.beside(opened.study).row(3, card["given"], card["suggested"])
    places = card["otherPlaces"]
    assert places["given"] == [pytest.approx(placed.given.share, abs=1e-3), 1, None]
    assert places["isNumber"] == [True, False, False] and places["unusualGiven"] == [placed.is_unusual, False, False]


def test_at_a_glance_a_row_shows_what_tells_its_class_apart_or_is_unusual_in_it(rows):
    columns = ColumnPlaces.from_study(rows.study)
    placed = columns.row(4, 1, 0)
    telling = readable_sample(rows, 4, 1, 0)["lines"]
    assert [one["name"] for one in telling] == [columns.names[at] for at in columns.telling_columns(1, 0)[:MAX_LINES]]
    unusual = readable_sample(rows, 4, 1, 0, most_unusual=True)["lines"]
    assert [one["name"] for one in unusual] == [placed[at].name for at in order_by_typicality(placed)[:MAX_LINES]]
    assert all(one["isUnusual"] for one in unusual)


def test_at_a_glance_a_text_shows_its_words_for_the_class(texts):
    words = WordEvidence.from_study(texts.study).marked_words(4, 1, 0)
    found = {text.lower(): weight for text, weight in readable_sample(texts, 4, 1, 0)["pieces"] if weight}
    assert found == pytest.approx(words, abs=1e-3)


def test_a_picture_is_seen_and_not_read(opened):
    assert readable_sample(opened, 3, 0, 1) == {}
