"""Ends of connections."""

import os
import socket
import struct


def cut(connection: socket.socket) -> None:
    """Wake whoever waits for it; it may be closed already."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def reset(connection: socket.socket) -> None:
    """End it with RST, at once (SO_LINGER of 0 seconds, socket(7))."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())
