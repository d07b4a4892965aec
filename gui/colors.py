"""The colours of the window, once for light and once for dark."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Colors:
    """One scheme; every value is ``#rrggbb``.

    Attributes:
        window: Behind toolbar, left pane and footer.
        surface: Behind the table and in fields.
        raised: Menus, dialogs' cards, tooltips.
        hover: Under the pointer.
        pressed: Under a pressed button.
        text: Main text.
        secondary: Second lines, labels; 4.5:1 or better on window and surface.
        faint: What is disabled.
        border: Hairlines around fields and between panes.
        rule: Hairlines between rows.
        accent: The primary button and marks.
        accent_hover: The same under the pointer.
        accent_pressed: The same when pressed.
        on_accent: Text on the accent.
        selected: Behind selected rows.
        link: Accent as text.
        track: The empty part of a bar.
        download: The download part of a bar.
        process: The processing part of a bar.
        done: What ended well.
        failed: What failed.
        warning: What waits for another try.
        soft_neutral: Behind neutral banners.
        soft_done: Behind good news.
        soft_warning: Behind warnings.
        soft_failed: Behind bad news.
    """

    window: str
    surface: str
    raised: str
    hover: str
    pressed: str
    text: str
    secondary: str
    faint: str
    border: str
    rule: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    selected: str
    link: str
    track: str
    download: str
    process: str
    done: str
    failed: str
    warning: str
    soft_neutral: str
    soft_done: str
    soft_warning: str
    soft_failed: str


LIGHT: Final = Colors(
    window="#f4f5f8",
    surface="#ffffff",
    raised="#ffffff",
    hover="#e8ebf0",
    pressed="#dde1e8",
    text="#1a1d23",
    secondary="#5c6574",
    faint="#a3abb8",
    border="#dce0e7",
    rule="#eef0f4",
    accent="#2a62d9",
    accent_hover="#2457c5",
    accent_pressed="#1e4aab",
    on_accent="#ffffff",
    selected="#e5edfc",
    link="#2a62d9",
    track="#e4e7ed",
    download="#3d7be8",
    process="#8b62ee",
    done="#1b8753",
    failed="#c22e3b",
    warning="#925c00",
    soft_neutral="#e9effb",
    soft_done="#e5f4eb",
    soft_warning="#fcf2dd",
    soft_failed="#fceaeb",
)

DARK: Final = Colors(
    window="#1a1c21",
    surface="#202329",
    raised="#292d34",
    hover="#2c3038",
    pressed="#363b45",
    text="#eceef2",
    secondary="#a3acbb",
    faint="#6a7381",
    border="#343943",
    rule="#2a2e35",
    accent="#3a70df",
    accent_hover="#477ce9",
    accent_pressed="#3063cc",
    on_accent="#ffffff",
    selected="#283a58",
    link="#8ab3ff",
    track="#363b45",
    download="#5c94f8",
    process="#a88bfa",
    done="#53c78e",
    failed="#ff8289",
    warning="#e5b35c",
    soft_neutral="#232f45",
    soft_done="#1f3a2d",
    soft_warning="#3c321f",
    soft_failed="#43282c",
)
