"""What a job is asked with, as people write it: a text a field, what is wrong with it, and what it comes to.

The command line's options and the window's fields are the same form. Values; standard library only.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from core.asked import Asked, is_header, is_ours
from core.errors import UnusableRequestError
from core.sources.wording import shown

_OWN_FIELDS: Final = {"referrer": "Referer", "user_agent": "User-Agent", "cookie": "Cookie"}


class AskedForm(NamedTuple):
    """The fields, as they were typed or pasted.

    Attributes:
        referrer: The page that links to the file.
        user_agent: The program that we say to be.
        cookie: ``name=value; name=value``; may begin with ``Cookie:``, as it is copied.
        cookies_file: Path of a Netscape cookie file.
        headers: Further headers, ``Name: value`` a line.
    """

    referrer: str = ""
    user_agent: str = ""
    cookie: str = ""
    cookies_file: str = ""
    headers: str = ""


EMPTY: Final = AskedForm()


def form_of(asked: Asked | None) -> AskedForm:
    """The form that comes to what is asked with already."""
    if asked is None:
        return EMPTY
    fields = {field: asked.header(name) or "" for field, name in _OWN_FIELDS.items()}
    own = {name.lower() for name in _OWN_FIELDS.values()}
    others = [f"{name}: {value}" for name, value in asked.headers if name.lower() not in own]
    return AskedForm(**fields, cookies_file=asked.cookies_file, headers="\n".join(others))


def filled(form: AskedForm) -> Asked:
    """Headers and cookie file as the form says. Headers that are ours to say are left out.

    Raises:
        UnusableRequestError: A field cannot be sent: the first of ``faults_in``.
    """
    for fault in faults_in(form).values():
        raise UnusableRequestError(fault)
    asked = Asked()
    for line in _lines(form):
        asked = with_header(asked, line)
    return asked._replace(cookies_file=absolute_file(path) if (path := form.cookies_file.strip()) else "")


def faults_in(form: AskedForm) -> dict[str, str]:
    """What is wrong, one sentence for each field that cannot be sent."""
    found = {
        field: "This holds characters that cannot be sent."
        for field, name in _OWN_FIELDS.items()
        if not is_header(name, _bare(form, field))
    }
    if form.cookie.strip() and "=" not in form.cookie:
        found["cookie"] = "A cookie is written name=value."
    for line in form.headers.splitlines():
        name, value = _split(line)
        if line.strip() and not (is_ours(name) or (":" in line and is_header(name, value))):
            begin = shown(line.split()[0])  # no more of it: the rest may be a key
            found["headers"] = f"{begin!r} begins no header: write Name: value, one a line."
            break
    return found


def ours_in(form: AskedForm) -> tuple[str, ...]:
    """Names of the headers in the form that are left out, as the transfer says them itself."""
    names = (_split(line)[0] for line in form.headers.splitlines())
    return tuple(dict.fromkeys(filter(is_ours, names)))


def with_header(asked: Asked, line: str) -> Asked:
    """One more header, ``Name: value``; what is for the transfer to say (Range, Accept-Encoding ...) is left out.

    Raises:
        UnusableRequestError: It cannot be sent.
    """
    name, value = _split(line)
    if is_ours(name):
        return asked
    if ":" not in line or not is_header(name, value):
        raise UnusableRequestError(f"{shown(name)!r} is no header that can be sent.")
    others = tuple(header for header in asked.headers if header[0].lower() != name.lower())
    return asked._replace(headers=(*others, (name, value)))


def absolute_file(path: str) -> str:
    """The path from the root, ``~`` expanded; relative ones count from this process's current folder.

    Raises:
        UnusableRequestError: It is none.
    """
    try:
        return str(Path(path).expanduser().absolute())
    except (RuntimeError, ValueError) as error:  # nobody of that name has a home
        raise UnusableRequestError(f"{shown(path)} is no file.") from error


def _split(line: str) -> tuple[str, str]:
    """Name and value of a header's line; HTTP/2's own, such as ``:authority``, begin with a colon (RFC 9113, 8.3)."""
    line = line.strip()
    name, _, value = line[1:].partition(":")
    return (line[:1] + name).strip(), value.strip()


def _lines(form: AskedForm) -> Iterator[str]:
    yield from filter(str.strip, form.headers.splitlines())
    for field, name in _OWN_FIELDS.items():
        if value := _bare(form, field):
            yield f"{name}: {value}"


def _bare(form: AskedForm, field: str) -> str:
    """A field's value without the header's name, which comes along where a whole line was copied."""
    name, text = f"{_OWN_FIELDS[field].lower()}:", str(getattr(form, field)).strip()
    return text[len(name) :].strip() if text.lower().startswith(name) else text
