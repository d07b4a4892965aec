"""What operations on pixels share: colours as recipes write them, and transparency that is mixed without turning black."""

from typing import Final

from PIL import Image, ImageColor

_SOLID: Final = 255
_PREMULTIPLIED: Final = {"LA": "La", "RGBA": "RGBa"}
_STRAIGHT: Final = {"La": "LA", "RGBa": "RGBA"}
_WITH_ALPHA: Final = {"L": "LA", "RGB": "RGBA"}
_WITH_COLOR: Final = {"L": "RGB", "LA": "RGBA"}

Rgba = tuple[int, int, int, int]


def rgba(color: str) -> Rgba:
    """``#rrggbb`` or ``#rrggbbaa`` as numbers, 0 to 255 each."""
    red, green, blue, *alpha = ImageColor.getrgb(color)
    return red, green, blue, alpha[0] if alpha else _SOLID


def has_alpha(image: Image.Image) -> bool:
    """Whether it has an alpha channel."""
    return image.mode in _PREMULTIPLIED


def able_to_hold(image: Image.Image, color: str) -> Image.Image:
    """The picture in a mode that has this colour: a grey one gets colours, one without alpha gets that."""
    red, green, blue, alpha = rgba(color)
    mode = image.mode
    if not red == green == blue:
        mode = _WITH_COLOR.get(mode, mode)
    if alpha != _SOLID:
        mode = _WITH_ALPHA.get(mode, mode)
    return image if mode == image.mode else image.convert(mode)


def solid(mode: str, size: tuple[int, int], color: str) -> Image.Image:
    """A picture of one colour, which is one that the mode has: see :func:`able_to_hold`."""
    red, green, blue, alpha = rgba(color)
    values = {"L": (red,), "LA": (red, alpha), "RGB": (red, green, blue), "RGBA": (red, green, blue, alpha)}
    return Image.new(mode, size, values[mode])


def opaque(image: Image.Image) -> Image.Image:
    """The colours alone: L or RGB."""
    return image.convert(image.mode[:-1]) if has_alpha(image) else image


def with_alpha_of(colors: Image.Image, image: Image.Image) -> Image.Image:
    """Colours (L or RGB) with the transparency that another picture of the same size has, if any."""
    if not has_alpha(image):
        return colors
    return Image.merge(_WITH_ALPHA[colors.mode], (*colors.split(), image.getchannel("A")))


def premultiplied(image: Image.Image) -> Image.Image:
    """The picture with its colours times its alpha, so that what is transparent has no say when pixels are mixed."""
    return image.convert(_PREMULTIPLIED[image.mode]) if has_alpha(image) else image


def straight(image: Image.Image) -> Image.Image:
    """The way back from :func:`premultiplied`."""
    return image.convert(_STRAIGHT[image.mode]) if image.mode in _STRAIGHT else image


def on_top(image: Image.Image, layer: Image.Image) -> Image.Image:
    """Lay a transparent layer (LA or RGBA, as large) on a picture; a grey one gets colours if the layer has any."""
    if layer.mode == "RGBA":
        image = image.convert(_WITH_COLOR.get(image.mode, image.mode))
    else:
        layer = layer.convert("LA" if image.mode in {"L", "LA"} else "RGBA")
    if has_alpha(image):
        return Image.alpha_composite(image, layer)
    return Image.composite(opaque(layer), image, layer.getchannel("A"))
