"""One HTTPS connection at a time, which can be cut from outside when it takes too long."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

import urllib3
from urllib3.connection import HTTPSConnection

from jtai_reports.errors import UsageError

CERTIFICATES = "SSL_CERT_FILE"
CONNECT, SILENCE = 10.0, 20.0  # seconds: to reach a site, and to wait for its next byte


class TimeLimit:
    """Whether a stretch of work was cut off."""

    was_hit = False


class _Connection(HTTPSConnection):
    """A connection that is known from before it is made until it is closed."""

    open: ClassVar[set[_Connection]] = set()

    def connect(self) -> None:
        self.open.add(self)
        super().connect()

    def close(self) -> None:
        self.open.discard(self)
        super().close()


class _Pool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Connection


def make_pool(silence: float = SILENCE) -> urllib3.PoolManager:
    """A pool that holds one connection, knows no plain HTTP, and checks certificates.

    The certificates are those of the machine, or those in the file that `SSL_CERT_FILE` names.

    Args:
        silence: seconds to wait for a site's next byte.

    Raises:
        UsageError: that file cannot be used.
    """
    pool = urllib3.PoolManager(
        num_pools=1,
        maxsize=1,
        retries=False,
        timeout=urllib3.Timeout(connect=min(CONNECT, silence), read=silence),
        ssl_context=_certificates(),
    )
    schemes: dict[str, Any] = {"https": _Pool}
    pool.pool_classes_by_scheme = schemes
    return pool


@contextmanager
def time_limit(seconds: float) -> Iterator[TimeLimit]:
    """Cut every open connection when the time is over: a site that sends a byte now and then never falls silent."""
    limit = TimeLimit()

    def cut() -> None:
        limit.was_hit = True
        for connection in list(_Connection.open):
            with suppress(OSError, ValueError):
                if connection.sock is not None:
                    connection.sock.shutdown(socket.SHUT_RDWR)

    clock = threading.Timer(seconds, cut)
    clock.daemon = True
    clock.start()
    try:
        yield limit
    finally:
        clock.cancel()


def _certificates() -> ssl.SSLContext:
    file = os.environ.get(CERTIFICATES) or None
    try:
        return ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as fault:
        message = f"{CERTIFICATES}={file}: cannot be read as certificates."
        raise UsageError(message, hint="Name a file of certificates in PEM form, or unset it.") from fault
