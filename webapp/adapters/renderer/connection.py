"""A running Chromium, spoken to over a pipe in the Chrome DevTools Protocol (CDP)."""

from __future__ import annotations

import atexit
import os
import queue
import shutil
import signal
import threading
import time
from contextlib import suppress
from fcntl import F_DUPFD_CLOEXEC, fcntl
from pathlib import Path
from typing import Any

from webapp.adapters.renderer import cbor
from webapp.adapters.renderer.program import command
from webapp.adapters.temporary import make_folder
from webapp.kernel.processors import on_any

Message = dict[str, Any]
FIRST_FREE = 10
"""Lowest number for our ends of the pipes, out of the way of 3 and 4, where the browser expects its own."""
GOODBYE = 2.0


class Gone(Exception):
    """The browser, or one of its tabs, has ended."""


class Late(Exception):
    """An answer did not come in time."""


class Refused(Exception):
    """The browser answered a command with an error."""


class Connection:
    """One browser process. Threads may use it at the same time, each for a session of its own.

    A thread of its own reads the pipe and puts what belongs to a session into that session's queue. The
    browser ends with the pipe, so that it never outlives this process.
    """

    def __init__(self, program: str) -> None:
        self.profile = make_folder("chromium")
        ours, theirs = _pipe(), _pipe()
        actions = [
            (os.POSIX_SPAWN_DUP2, ours[0], 3),
            (os.POSIX_SPAWN_DUP2, theirs[1], 4),
            *((os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)),
        ]
        argv = command(program, self.profile)
        own = str(self.profile)
        environment = {"PATH": os.defpath, "HOME": own, "TMPDIR": own, "LANG": "C.UTF-8"}
        try:
            with on_any():
                self.pid = os.posix_spawn(program, argv, environment, file_actions=actions, setpgroup=0)
        except OSError:
            os.close(ours[1])
            os.close(theirs[0])
            shutil.rmtree(self.profile, ignore_errors=True)
            raise
        finally:
            os.close(ours[0])
            os.close(theirs[1])
        self.is_open = True
        self._write_fd, self._read_fd = ours[1], theirs[0]
        self._writing, self._numbering = threading.Lock(), threading.Lock()
        self._number = 0
        self._queues: dict[str, queue.SimpleQueue[Message]] = {"": queue.SimpleQueue()}
        self._asking = threading.Lock()
        self._reader = threading.Thread(target=self._read, name="chromium-pipe", daemon=True)
        self._reader.start()
        self._owner = os.getpid()
        atexit.register(self.close)

    def listen(self, session: str) -> queue.SimpleQueue[Message]:
        """The queue in which all messages of ``session`` arrive from now on."""
        return self._queues.setdefault(session, queue.SimpleQueue())

    def forget(self, session: str) -> None:
        """Drop what still arrives for ``session``."""
        self._queues.pop(session, None)

    def send(self, method: str, params: Message, session: str = "") -> int:
        """Send a command; answers the number under which its answer will come. Raises Gone."""
        with self._numbering:
            self._number += 1
            number = self._number
        message: Message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = cbor.encode(message)
        with self._writing:
            if not self.is_open:
                raise Gone
            try:
                while data:
                    data = data[os.write(self._write_fd, data) :]
            except OSError as error:
                raise Gone from error
        return number

    def ask(self, method: str, params: Message, seconds: float) -> Message:
        """Ask the browser itself, and wait for the answer. Raises Gone, Late, Refused."""
        deadline = time.monotonic() + seconds
        with self._asking:
            number = self.send(method, params)
            while True:
                message = take(self._queues[""], deadline)
                if message.get("id") == number:
                    return result_of(message)

    def _read(self) -> None:
        while (head := self._exactly(cbor.HEAD)) and (rest := self._exactly(cbor.length(head))):
            message = cbor.decode(rest)
            if found := self._queues.get(message.get("sessionId", "")):
                found.put(message)
        self.is_open = False
        for waiting in list(self._queues.values()):
            waiting.put({"method": "gone"})

    def _exactly(self, size: int) -> memoryview:
        """The next ``size`` bytes of the pipe, or none when it has ended."""
        data = memoryview(bytearray(size))
        count = 0
        while count < size:
            found = os.readv(self._read_fd, [data[count:]])
            if not found:
                return data[:0]
            count += found
        return data

    def memory(self) -> int:
        """Bytes that the processes of the browser hold for themselves; 0 where the system does not tell."""
        total = 0
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if os.getpgid(int(folder.name)) == self.pid:
                    resident, shared = map(int, (folder / "statm").read_text().split()[1:3])
                    total += (resident - shared) * os.sysconf("SC_PAGESIZE")
            except (OSError, IndexError):
                continue
        return total

    def close(self) -> None:
        """End the browser and all its processes, and remove its files; not in a child of its process."""
        atexit.unregister(self.close)
        if os.getpid() != self._owner:
            return
        self.is_open = False
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(self.pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self._reader.join(GOODBYE)
        with self._writing:
            os.close(self._write_fd)
        os.close(self._read_fd)
        shutil.rmtree(self.profile, ignore_errors=True)


def take(messages: queue.SimpleQueue[Message], deadline: float) -> Message:
    """The next message. Raises Late after ``deadline`` (of the monotonic clock), Gone when none can come."""
    try:
        message = messages.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty as error:
        raise Late from error
    if message.get("method") in ("gone", "Inspector.targetCrashed", "Target.targetCrashed"):
        raise Gone
    return message


def result_of(message: Message) -> Message:
    """The result in an answer. Raises Refused."""
    if "error" in message:
        raise Refused(message["error"].get("message", ""))
    result: Message = message["result"]
    return result


def _pipe() -> tuple[int, int]:
    """A pipe whose ends have high numbers and are closed in every child."""
    ends = os.pipe()
    high = tuple(fcntl(end, F_DUPFD_CLOEXEC, FIRST_FREE) for end in ends)
    for end in ends:
        os.close(end)
    return high[0], high[1]
