"""What the recipe makes of a real picture: before and after, pixels, bytes, and what is lost on the way."""

from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFont, QImage
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.images.recipe import Recipe
from core.images.task import Verdict
from core.places import pictures_folder
from core.preview import Preview, PreviewWish
from gui import spacing
from gui.appearance import Appearance, scaled_font, tabular
from gui.formatting import plain_tip
from gui.named_box import NamedBox
from gui.preview_words import batch_words, caption, original_words, seconds_words
from gui.recipe_compare import CompareView

_REST: Final = 250
_SLOW: Final = 600
_CHOOSE: Final = "Choose…"
_NONE: Final = "There is no picture on the disk yet.\nChoose one to see what the recipe makes of it."
_AS_IT_CAME: Final = "Nothing is changed: files stay as they came."
_INSTEAD: Final = {
    Verdict.ORIGINAL: "The original stays as it is: it would get no smaller",
    Verdict.SKIP: "None is made: it would get no smaller",
}


class Sample(NamedTuple):
    """A picture to try the recipe on.

    Attributes:
        path: Absolute.
        name: On the screen.
    """

    path: str
    name: str


class _Load(QRunnable):
    """Reads a picture that was made for showing."""

    def __init__(self, ticket: int, path: str, loader: "_Loader") -> None:
        super().__init__()
        self._ticket = ticket
        self._path = path
        self._loader = loader

    def run(self) -> None:
        """See Qt."""
        self._loader.loaded.emit(self._ticket, self._path, QImage(self._path))


class _Loader(QObject):
    """Outlives what it starts."""

    loaded = Signal(int, str, QImage)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(2)

    def load(self, ticket: int, path: str) -> None:
        """Answers with ``loaded``."""
        self._pool.start(_Load(ticket, path, self))


class PreviewPane(QWidget):
    """Before and after, with words below.

    Signals:
        wanted: ``PreviewWish``; ``take`` takes the answers.
    """

    wanted = Signal(object)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.view = CompareView(appearance)
        self.samples = NamedBox()
        self.caption = QLabel()
        self.batch = QLabel()
        self.notes = QLabel()
        self._full_size = QToolButton()
        self._choose = QPushButton(_CHOOSE)
        self._recipe: Recipe | None = None
        self._output = 0
        self._step: int | None = None
        self._ticket = 0
        self._wish: PreviewWish | None = None
        self._preview: Preview | None = None
        self._images: dict[str, QImage] = {}
        self._loader = _Loader(self)
        self._loader.loaded.connect(self._take_image)
        self._rest = _timer(self, _REST, self.ask)
        self._slow = _timer(self, _SLOW, self._say_slow)
        self._build()

    def show_samples(self, samples: list[Sample]) -> None:
        """Offer these; the one that is shown stays, where it is among them."""
        shown = self.sample()
        if shown and shown not in {one.path for one in samples}:
            samples = [*samples, Sample(shown, Path(shown).name)]
        self.samples.blockSignals(True)  # noqa: FBT003 - Qt's
        self.samples.clear()
        for sample in samples:
            self.samples.addItem(sample.name, sample.path)
        self.samples.setCurrentIndex(max(0, self.samples.findData(shown)))
        self.samples.blockSignals(False)  # noqa: FBT003 - Qt's
        self.samples.setVisible(bool(samples))
        self._begin()

    def sample(self) -> str:
        """The path of the picture that is tried; empty for none."""
        return str(self.samples.currentData() or "")

    def show_recipe(self, recipe: Recipe, output: int, step: int | None = None) -> None:
        """Try this, a moment after the last change; with a step, what comes to it is shown before it."""
        if (recipe, output, step) != (self._recipe, self._output, self._step):
            self._recipe, self._output, self._step = recipe, output, step
            if self._wish is None or _origin(self._wish) != _origin(self._wanted()):
                self.view.frames.show_size(None)  # what is shown is another picture
            self._rest.start()

    def use_sample(self, path: str) -> None:
        """Try a picture that is in no list."""
        if self.samples.findData(path) < 0:
            self.samples.addItem(Path(path).name, path)
        self.samples.show()
        self.samples.setCurrentIndex(self.samples.findData(path))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """See Qt; a picture that is dropped here is tried."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """See Qt."""
        self.use_sample(next(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()))
        event.acceptProposedAction()

    def ask(self) -> None:
        """Have it tried now."""
        self._rest.stop()
        if self._recipe is None or not self.sample() or not self.isVisible():
            self._say_nothing()
            return
        wish = self._wanted()
        if wish is None or wish == self._wish:  # it is shown, or on its way
            return
        self._ticket += 1
        self._wish = wish._replace(ticket=self._ticket)
        self._slow.start()
        self.wanted.emit(self._wish)

    def take(self, preview: Preview) -> None:
        """Show what is known by now."""
        if self._wish is None or preview.ticket != self._wish.ticket:
            return
        self._preview = preview
        for path in (preview.before, preview.after):
            if path is not None and path not in self._images:
                self._images[path] = QImage()
                self._loader.load(preview.ticket, path)
        if preview.is_whole:
            self._slow.stop()
        self._refresh()

    def is_up_to_date(self) -> bool:
        """Whether what is shown is what the recipe makes."""
        preview = self._preview
        if preview is None or not preview.is_whole or preview.ticket != self._ticket or self._rest.isActive():
            return False
        paths = [path for path in (preview.before, preview.after) if path is not None]
        return all(not self._images[path].isNull() for path in paths)

    def forget(self) -> None:
        """What was made is not there any more."""
        self._rest.stop()
        self._slow.stop()
        self._wish = self._preview = None
        self._images.clear()
        self.view.frames.show_size(None)
        self.view.show_pictures(None, None, is_full_size=False)

    # Inside

    def _wanted(self) -> PreviewWish | None:
        if self._recipe is None:
            return None
        is_full_size, room = self._full_size.isChecked(), self.view.room()
        return PreviewWish(
            self._ticket, self.sample(), self._recipe, self._output, room, is_full_size, self._step
        )

    @Slot(int, str, QImage)
    def _take_image(self, ticket: int, path: str, image: QImage) -> None:
        if path in self._images and not image.isNull():
            self._images[path] = image
        if self._wish is not None and ticket == self._wish.ticket:
            self._refresh()

    def _refresh(self) -> None:
        preview, wish = self._preview, self._wish
        if preview is None or wish is None:
            return
        before, after = self._image(preview.before), self._image(preview.after)
        has_after = preview.after is not None or not wish.recipe.outputs or preview.error is not None
        if before is not None and (after is not None or has_after):  # until then, what was there stays
            self.view.show_pictures(before, after, is_full_size=wish.is_full_size)
            is_wanted = _origin(wish) == _origin(self._wanted())
            self.view.frames.show_size(preview.coming if is_wanted else None)
            if preview.is_whole:  # those of older wishes are not needed any more
                shown = (preview.before, preview.after)
                self._images = {path: self._images[path] for path in shown if path is not None}
        self._tell(preview, wish)

    def _tell(self, preview: Preview, wish: PreviewWish) -> None:
        if preview.error is not None:
            words = f"{preview.error.title}\n{preview.error.message}"
            self.view.show_words(words)
            self._write(preview.error.title, preview.error.hint, failed=True)
        elif not wish.recipe.outputs:
            self.view.show_words("")
            self._write(_AS_IT_CAME, original_words(preview.original))
        elif preview.finished is not None:
            self.view.show_words("")
            notes = " ".join(preview.notes)
            about = f"{original_words(preview.original)}{seconds_words(preview.seconds)}"
            size = _INSTEAD.get(preview.verdict) or caption(preview.finished, preview.original)
            self._write(size, f"{about}. {notes}".strip(), batch_words(preview, wish.recipe))

    def _write(self, first: str, second: str, batch: str = "", *, failed: bool = False) -> None:
        self.caption.setText(first)
        self.batch.setText(batch)
        # What a label says is not heard where it has another name.
        self.caption.setAccessibleName(f"Predicted size: {first}")
        self.batch.setAccessibleName(f"Predicted size of the list: {batch}" if batch else "")
        self.batch.setToolTip(plain_tip(batch))
        self.notes.setText(second)
        self.notes.setToolTip(plain_tip(second))
        look = "failed" if failed else ""
        if self.caption.property("look") != look:
            self.caption.setProperty("look", look)
            self.caption.style().unpolish(self.caption)
            self.caption.style().polish(self.caption)

    def _image(self, path: str | None) -> QImage | None:
        image = self._images.get(path) if path is not None else None
        return image if image is not None and not image.isNull() else None

    def _say_slow(self) -> None:
        if self._preview is None or self._preview.error is None:
            self.view.show_words("Working…")

    def _say_nothing(self) -> None:
        if not self.sample():
            self.view.show_pictures(None, None, is_full_size=False)
            self.view.show_words(_NONE)
            self._write("", "")

    def _begin(self) -> None:
        if self._recipe is not None:
            self._rest.start()

    def _browse(self) -> None:
        folder = Path(self.sample()).parent if self.sample() else pictures_folder().parent
        dialog = QFileDialog(self.window(), "Choose a picture", str(folder))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.use_sample)
        dialog.open()

    def _build(self) -> None:
        self.samples.setAccessibleName("Sample")
        self.samples.setToolTip("The picture that the recipe is tried on")
        self.samples.setSizeAdjustPolicy(NamedBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.samples.setMinimumContentsLength(8)
        self.samples.hide()
        self.samples.currentIndexChanged.connect(self._begin)
        self._choose.setAccessibleName("Choose a picture")
        self._choose.setToolTip("Try the recipe on another picture; it can also be dropped here")
        self._choose.setAutoDefault(False)
        self._choose.clicked.connect(self._browse)
        self._full_size.setText("100 %")
        self._full_size.setCheckable(True)
        self._full_size.setProperty("look", "outlined")
        self._full_size.setAccessibleName("Show at 100 %")
        self._full_size.setToolTip(
            "A pixel of the finished picture for a pixel of the screen; drag to move it"
        )
        self._full_size.toggled.connect(self.ask)
        self.caption.setFont(tabular(scaled_font(self.font(), 1.1, QFont.Weight.DemiBold)))
        self.caption.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.batch.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.batch.setFont(tabular(self.font()))
        self.batch.setMinimumHeight(self.fontMetrics().lineSpacing())  # it comes later than what is above it
        for label in (self.caption, self.batch, self.notes):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.notes.setProperty("look", "secondary")
        self.notes.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.notes.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self.notes.setMaximumHeight(5 * self.fontMetrics().lineSpacing())
        self.setAcceptDrops(True)
        self.view.resized.connect(self._begin)
        head = QHBoxLayout()
        head.setSpacing(spacing.SMALL)
        head.addWidget(self.samples, 1)
        head.addWidget(self._choose)
        head.addStretch(0)
        head.addWidget(self._full_size)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing.MEDIUM, spacing.MEDIUM, spacing.LARGE, spacing.SMALL)
        column.setSpacing(spacing.SMALL)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addWidget(self.caption)
        column.addWidget(self.batch)
        column.addWidget(self.notes)


def _origin(wish: PreviewWish | None) -> tuple[object, ...] | None:
    """What makes the picture before the one that it is, where it is one that comes to a step."""
    if wish is None or wish.step is None:
        return None
    those = wish.recipe.operations + wish.recipe.outputs[wish.output].operations
    return wish.source, those[: wish.step]


def _timer(parent: QObject, rest: int, slot: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(rest)
    timer.timeout.connect(slot)
    return timer
