"""A process that has imported the whole program, and parts a server from itself when told: a start takes a tenth of a second.

    python -m tests.faults.zygote PORT|SOCKET

`start` on its input starts gunicorn as `rodatraden start` does, with `rodatraden work` beside it, in a process group of
their own, and is answered by the number of that group once the port is open. `reap` waits until every process of the
group is gone, and is answered by `gone`. The end of its input ends it, and the server with it.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import time
from argparse import Namespace
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import django

PR_SET_CHILD_SUBREAPER = 36


def main(place: str) -> None:
    if "FAKETIME_TIMESTAMP_FILE" in os.environ:
        # libfaketime 0.9.10 refuses the call by which Python 3.11 sleeps when seconds that are only counted go on (EINVAL).
        time.sleep = lambda seconds: select.select((), (), (), seconds)
    django.setup()
    from django.db import connections  # noqa: PLC0415 -- Django is set up by now

    from rodatraden.cli import work  # noqa: PLC0415 -- as above
    from rodatraden.cli.start import _Server  # noqa: PLC0415 -- as above

    class Told(_Server):
        """The server as it is, which tells that its port is open; its worker parts from it instead of being started anew."""

        def __init__(self, told: int) -> None:
            self.told = told
            is_port = place.isdecimal()
            super().__init__(int(place) if is_port else 0, None if is_port else Path(place))

        def _begin(self) -> None:
            connections.close_all()
            if os.fork() == 0:
                work.run(Namespace(once=False, try_stamp=False, beside=os.getppid()))
                os._exit(0)
            os.write(self.told, b"!")

    application = Told(-1).load()
    application(ASKED, lambda *_: None)  # the first answer reads templates and words; no server has to do it again
    connections.close_all()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    group = None
    for line in sys.stdin:
        if line == "start\n":
            hear, told = os.pipe()
            group = os.fork()
            if group == 0:
                os.setsid()
                os.close(hear)
                Told(told).run()
            os.close(told)
            said = os.read(hear, 1)
            os.close(hear)
            print(group if said else "failed", flush=True)  # noqa: T201 -- what is told is read by who started it
        else:
            _reap()
            group = None
            print("gone", flush=True)  # noqa: T201 -- as above
    if group is not None:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def _reap() -> None:
    """Wait for all that came from here, the orphans of a killed server included."""
    with suppress(ChildProcessError):
        while True:
            os.wait()


ASKED = {
    "REQUEST_METHOD": "GET",
    "PATH_INFO": "/konto/logga-in/",
    "QUERY_STRING": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "80",
    "HTTP_HOST": "127.0.0.1",
    "HTTP_X_FORWARDED_PROTO": "https",  # believed only by one behind a proxy
    "REMOTE_ADDR": "127.0.0.1",
    "wsgi.url_scheme": "http",
    "wsgi.input": BytesIO(),
}

if __name__ == "__main__":
    main(sys.argv[1])
