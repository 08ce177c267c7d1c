"""What must be settled before Django reads its settings: a free port, and whether this folder is the demo's."""

from __future__ import annotations

import os
import socket

from rodatraden.cli.words import StopError, _
from rodatraden.config.place import DATA_DIR, Mode, mode, set_mode

ANOTHER_PORT = 8642


def prepare_to_serve(port: int) -> None:
    """Require the port, and allow plain HTTP, since only this machine is served, at the address that mails link to."""
    require_free(port)
    os.environ.setdefault("RODATRADEN_HTTPS", "0")
    os.environ.setdefault("RODATRADEN_URL", f"http://localhost:{port}")


def require_free(port: int) -> None:
    """Stop with what to do when another program listens on `port`.

    Raises:
        StopError: the port is taken, or may not be opened by this user.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: a port just left is free
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            message = _("This user may not open port {port}. Choose a higher one: ./run --port 8000")
            raise StopError(message.format(port=port)) from error
        except OSError as error:
            message = _(
                "Port {port} is taken by another program, perhaps Röda tråden in another window. "
                "Stop it, or choose another port: ./run --port {other}"
            )
            raise StopError(message.format(port=port, other=ANOTHER_PORT)) from error


def require_mode(*, empty: bool) -> bool:
    """Decide for good whether a new data folder holds the example or one's own data; answer whether it was new.

    Raises:
        StopError: an empty start is asked for, and the folder holds the example.
    """
    present = mode()
    if present is Mode.DEMO and empty:
        message = _(
            "The folder {folder} holds the example. Move or remove it, or name another one with RODATRADEN_DATA_DIR, "
            "and run the same command again."
        )
        raise StopError(message.format(folder=DATA_DIR))
    if present is not None:
        return False
    set_mode(Mode.OWN if empty else Mode.DEMO)
    return True
