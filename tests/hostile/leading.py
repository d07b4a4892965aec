"""D: redirects, and who is told which secret."""

import base64

from tests.hostile.case import BODY, Case, codes
from tests.hostile.plays import head, to, whole
from tests.hostile.server import Exchange, Heard, Play

_REFUSED = codes("redirect")
SECRET = "s3cret-0f-mine"  # noqa: S105 - a test looks for it where it must not be
_BASIC = "Basic " + base64.b64encode(f"user:{SECRET}".encode()).decode()


def _forms(place: str, **ways: int) -> Play:
    """A redirect at the first request, the file at the second."""

    def play(exchange: Exchange) -> None:
        if exchange.turn == 1:
            to(place, "", ways.get("status", 302))(exchange)
        else:
            exchange.send(whole())

    return play


def _hop(exchange: Exchange) -> None:
    path, _, number = exchange.heard.target.partition("?")
    to(f"{path}?{int(number or 0) + 1}", "")(exchange)


def _login(heard: list[Heard]) -> str:
    """The login has to reach the first door, and only that one."""
    first = [one for one in heard if one.place == heard[0].place]
    others = [one for one in heard if one.place != heard[0].place]
    if any(one.fields.get("authorization") != _BASIC for one in first):
        return "the login did not reach its server"
    return "the login went elsewhere" if any("authorization" in one.fields for one in others) else ""


def _no_login(heard: list[Heard]) -> str:
    told = [name for one in heard for name in one.fields if name in ("authorization", "cookie")]
    return f"{told[0]} was sent" if told else ""


def _proxied(heard: list[Heard]) -> str:
    through = [one for one in heard if one.place == "proxy"]
    if not through or any("proxy-authorization" not in one.fields for one in through):
        return "the proxy was not asked, or without its login"
    direct = [one for one in heard if one.place != "proxy"]
    if not direct or any("proxy-authorization" in one.fields for one in direct):
        return "the proxy's login went to a server"
    return ""


_LOGIN = f"user:{SECRET}@"
_TWICE = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nLocation: /c\r\nContent-Length: 0\r\n\r\n"
_RELATIVE = tuple(
    Case(f"D3{letter}", f"Location: {form}", (_forms(form),), url="http://127.0.0.1:{plain}{path}")
    for letter, form in (
        ("", "/D3/b.bin"),
        ("b", "//127.0.0.1:{plain}/D3b/b.bin"),
        ("c", "?q"),
        ("d", "../D3d/b.bin"),
        ("e", "b.bin#part"),
        ("f", "./x/../b.bin"),
    )
)
_FOREIGN = tuple(
    Case(
        f"D6{letter}",
        f"to {form}",
        (to(form, ""),),
        None,
        _REFUSED,
    )
    for letter, form in (
        ("", "file:///etc/passwd"),
        ("b", "ftp://127.0.0.1/a"),
        ("c", "data:text/plain,abc"),
        ("d", "javascript:alert(1)"),
        ("e", "gopher://127.0.0.1/"),
        ("f", "http:///nowhere"),
        ("g", "http://[::1"),
        ("h", "http://127.0.0.1:99999/"),
    )
)

CASES = (
    Case("D1", "to itself", (to("/D1/D1-file.bin", ""),), None, _REFUSED),
    Case("D2", "again and again, each time elsewhere", (_hop,), None, _REFUSED),
    *_RELATIVE,
    Case("D3g", "a blank in Location", (_forms("/D3g/D3g file.bin"),), BODY, codes("http-status"), name="file.bin"),
    Case("D3h", "UTF-8 in Location", (_forms("/D3h/\u00e4\u00f6.bin"),), BODY, codes("http-status")),
    Case("D3i", "303", (_forms("?again", status=303),)),
    Case("D3j", "308", (_forms("?again", status=308),)),
    Case("D4", "without Location", (head(302, Content_Length=0),), None, _REFUSED),
    Case("D4b", "with an empty Location", (to("", ""),), None, _REFUSED),
    Case("D5", "with two Locations", (_TWICE,), None, _REFUSED),
    *_FOREIGN,
    Case("D7", "from https to http", (to("http://127.0.0.1:{plain}", "/D7/D7-file.bin"), whole()), None, _REFUSED,
         place="tls"),
    Case("D8", "a login, then to another host", (to("http://localhost:{other}", "/D8/D8-file.bin"), whole()),
         url="http://" + _LOGIN + "127.0.0.1:{plain}{path}", check=_login, is_ours=True),
    Case("D9", "a login, then to another port", (to("http://127.0.0.1:{other}", "/D9/D9-file.bin"), whole()),
         url="http://" + _LOGIN + "127.0.0.1:{plain}{path}", check=_login, is_ours=True),
    Case("D9b", "a login, then to the same place", (_forms("/D9b/D9b-file.bin?again"), whole()),
         url="http://" + _LOGIN + "127.0.0.1:{plain}{path}", check=_login, is_ours=True),
    Case("D10", "from http to https", (to("https://127.0.0.1:{tls}", "/D10/D10-file.bin"), whole())),
    Case("D11", "a wrong login", (head(401, WWW_Authenticate="Basic realm=x", Content_Length=0),), None,
         codes("http-status"), url="http://" + _LOGIN + "127.0.0.1:{plain}{path}", is_ours=True),
    Case("D12", "a login in ~/.netrc", (whole(Set_Cookie="a=b"),), check=_no_login, is_ours=True),
    Case("D13", "through a proxy, then directly", (to("http://127.0.0.1:{plain}", "/D13/D13-file.bin"), whole()),
         url="http://proxied.test{path}", check=_proxied, is_ours=True),
    Case("D13b", "the proxy wants a login", (head(407, Content_Length=0),), None, codes("http-status", "proxy"),
         url="http://proxied.test{path}", is_ours=True),
)  # fmt: skip
