"""Forms for the parts of recipes: every parameter of every part, through its real field."""

from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDoubleSpinBox,
    QLineEdit,
    QTableWidget,
    QToolButton,
    QWidget,
)

from core.images.parameters import Kind, Parameter
from core.images.recipe import (
    OPERATIONS,
    Gravity,
    IfLarger,
    Operation,
    Output,
    OutputFormat,
    Resize,
    ResizeMode,
)
from core.images.relevance import all_asked, asked_of, completed
from gui.named_box import NamedBox
from gui.recipe_fields import RecipeField
from gui.recipe_form import Part, RecipeForm
from gui.recipe_special_fields import PlaceField
from gui.recipe_words import choice_title

Keep = Callable[[QWidget], None]
KINDS: tuple[type[Part], ...] = (*OPERATIONS.values(), Output)
CASES = [(kind, about) for kind in KINDS for about in all_asked(kind)]
BOXES = ((1.5, 2.0, 30.0, 40.25), (50.0, 50.0, 50.0, 50.0))


@pytest.fixture
def form(qapp: QApplication, keep: Keep) -> RecipeForm:  # noqa: ARG001 - needs an application
    form = RecipeForm()
    form.resize(340, 600)
    keep(form)
    form.show()
    return form


def another(about: Parameter, now: object) -> Any:
    """A value that is not the one it has now."""
    if about.choice is not None:
        return next(choice for choice in reversed(list(about.choice)) if choice is not now)
    return {
        Kind.WHOLE: int(about.most or 0) - 1,
        Kind.NUMBER: float(about.least or 0) + 0.25,
        Kind.FLAG: not now,
        Kind.COLOR: "#12345678",
        Kind.BOXES: BOXES,
        Kind.FILE: "/somewhere/a b.png",
        Kind.TEXT: "© {name} “x”",
    }[about.kind]


def showing(kind: type[Part], about: Parameter) -> Part:
    """A part in which that parameter means something."""
    name = about.name.replace("-", "_")
    if kind is Output:
        wishes: tuple[Part, ...] = (
            Output(format=OutputFormat.KEEP, target_size=50_000, if_larger=IfLarger.SKIP),
            Output(),
        )
    elif kind is Resize:
        wishes = tuple(completed(Resize(mode)) for mode in ResizeMode)
    else:
        wishes = (kind(),)
    assert hasattr(wishes[0], name)
    return next(part for part in wishes if about.name in {one.name for one in asked_of(part)})


def use(field: RecipeField, value: Any) -> None:
    """Do to the field what somebody does who wants that value."""
    if isinstance(field, PlaceField):
        button = next(
            b for b in field.findChildren(QToolButton) if b.accessibleName().endswith(f": {words(value)}")
        )
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        return
    match field.about.kind:
        case Kind.WHOLE | Kind.NUMBER:
            for box in field.findChildren(QCheckBox):
                if field.about.is_optional:
                    box.setChecked(False)
            number = field.findChildren(QDoubleSpinBox)[0]
            number.setFocus()
            number.selectAll()
            shown = value / 1000 if field.about.unit == "bytes" else value
            QTest.keyClicks(number, f"{shown:g}" if field.about.unit != "bytes" else f"{shown:.3f}")
        case Kind.FLAG:
            QTest.keyClick(field.findChildren(QCheckBox)[0], Qt.Key.Key_Space)
        case Kind.CHOICE:
            assert field.about.choice is not None
            field.findChildren(NamedBox)[0].setCurrentIndex(list(field.about.choice).index(value))
        case Kind.BOXES:
            fill(field, value)
        case _:
            line = field.findChildren(QLineEdit)[0]
            line.setText(value)


def fill(field: RecipeField, boxes: tuple[tuple[float, ...], ...]) -> None:
    add = next(b for b in field.findChildren(QWidget) if getattr(b, "text", str)() == "Add region")
    table = field.findChildren(QTableWidget)[0]
    for row, box in enumerate(boxes):
        QTest.mouseClick(add, Qt.MouseButton.LeftButton)
        for column in (0, 1, 2, 3):
            cell = table.item(row, column)
            assert cell is not None
            cell.setData(Qt.ItemDataRole.EditRole, box[column])


def words(value: Enum) -> str:
    return choice_title(value).lower()


@pytest.mark.parametrize(("kind", "about"), CASES, ids=lambda one: getattr(one, "name", None) or one.__name__)
def test_each_parameter_goes_through_its_field(form: RecipeForm, kind: type[Part], about: Parameter) -> None:
    part, name = showing(kind, about), about.name.replace("-", "_")
    value = another(about, getattr(part, name))
    edits: list[Part] = []
    form.edited.connect(lambda edited, _name: edits.append(edited))
    form.show_part(part)
    field = form.field(about.name)
    assert field.isVisible()
    assert field.value() == getattr(part, name)
    assert edits == [], "to be shown is no change"
    use(field, value)
    assert getattr(edits[-1], name) == value
    assert form.fault() == ""
    form.show_part(edits[-1])
    assert field.value() == value


@pytest.mark.parametrize(("kind", "about"), CASES, ids=lambda one: getattr(one, "name", None) or one.__name__)
def test_each_field_has_a_name_for_those_who_listen(
    form: RecipeForm, kind: type[Part], about: Parameter
) -> None:
    form.show_part(showing(kind, about))
    focusable = [
        one
        for one in form.field(about.name).findChildren(QWidget)
        if one.focusPolicy() != Qt.FocusPolicy.NoFocus
        and one.isVisible()
        and not isinstance(one.parent(), QDoubleSpinBox | QTableWidget)
        and not one.objectName().startswith("qt_")
    ]
    assert focusable
    named = [one.accessibleName() or getattr(one, "text", str)() for one in focusable]
    assert all(named), focusable


def test_a_mode_shows_its_own_fields(form: RecipeForm) -> None:
    form.show_part(Resize(ResizeMode.FIT, 800, 600))
    assert form.field("width").isVisible()
    assert not form.field("edge").isVisible()
    edits: list[Part] = []
    form.edited.connect(lambda edited, _name: edits.append(edited))
    use(form.field("mode"), ResizeMode.SHORT_EDGE)
    assert edits == [Resize(ResizeMode.SHORT_EDGE, 800, 600, 800)]
    assert form.field("edge").isVisible()
    assert not form.field("width").isVisible()


def test_numbers_keep_to_their_range(form: RecipeForm) -> None:
    form.show_part(Output())
    use(form.field("quality"), 999)
    assert 1 <= int(str(form.field("quality").value())) <= 100


def test_a_colour_that_is_none_is_told_and_changes_nothing(form: RecipeForm) -> None:
    kind = OPERATIONS["border"]
    form.show_part(kind())
    edits: list[Part] = []
    faults: list[str] = []
    form.edited.connect(lambda edited, _name: edits.append(edited))
    form.fault_changed.connect(faults.append)
    use(form.field("color"), "#12")
    assert edits == []
    assert "Colour" in faults[-1]
    use(form.field("color"), "#123456")
    assert faults[-1] == ""
    assert [getattr(edit, "color", "") for edit in edits] == ["#123456"]


def test_a_region_stays_inside_the_picture(form: RecipeForm) -> None:
    kind = OPERATIONS["redact"]
    form.show_part(kind())
    field = form.field("regions")
    fill(field, ((90.0, 0.0, 30.0, 20.0),))
    assert field.value() == ((70.0, 0.0, 30.0, 20.0),)


def test_an_output_among_several_is_asked_its_name(form: RecipeForm) -> None:
    form.show_part(Output("web"), named=True)
    line = next(one for one in form.findChildren(QLineEdit) if one.accessibleName() == "Output name")
    assert line.isVisible()
    edits: list[Part] = []
    form.edited.connect(lambda edited, _name: edits.append(edited))
    line.selectAll()
    QTest.keyClicks(line, "my thumb!")  # what no name may have is not taken
    assert edits[-1] == Output("mythumb")
    form.show_part(Output())
    assert not line.isVisible()


def test_all_places_can_be_chosen(form: RecipeForm) -> None:
    kind: type[Operation] = OPERATIONS["crop"]
    form.show_part(kind())
    for place in Gravity:
        use(form.field("gravity"), place)
        assert form.field("gravity").value() is place
