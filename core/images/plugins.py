"""Formats that Pillow reads and writes with a plugin only, each an extra of ours, loaded where it is first needed."""

from importlib import import_module

from PIL import Image

from core.errors import UnsupportedPictureError
from core.images.formats import FORMATS


class MissingPluginError(UnsupportedPictureError):
    """The plugin for a format is not installed."""

    code = "missing-plugin"
    title = "Plugin missing"


def require_plugin(name: str) -> None:
    """See that Pillow knows a format.

    Args:
        name: A key of ``FORMATS``.

    Raises:
        MissingPluginError: It needs a plugin that is not there, or does not load.
    """
    plugin = FORMATS[name].plugin
    if plugin is None or name in Image.OPEN:
        return
    try:
        module = import_module(plugin.module)
    except ImportError as error:
        raise MissingPluginError(
            f"For {name} the extra {plugin.extra} is needed, which is not installed ({error}).",
            f'Install it with: pip install "fetchmill[{plugin.extra}]"; then retry.',
        ) from error
    # One thread in both: the pool has a process for every core. The thumbnails in a HEIF stay out of draft's reach,
    # which would take a blurred one for the picture.
    if name == "HEIF":
        module.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    else:
        module.JpegXLImagePlugin.DECODE_THREADS = 0
