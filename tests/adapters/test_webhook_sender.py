"""The sender of webhooks: where it goes, where it does not, and what it says of what happened."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import pytest

from tests.services import free_port
from tests.webhooks import Receiver
from webapp.adapters.webhooks.http import ANSWER_MAX, HttpWebhookSender, is_public

OPEN = HttpWebhookSender(allow_private=True, timeout=2)
CLOSED = HttpWebhookSender(allow_private=False, timeout=2)


def test_what_arrives_and_what_comes_back() -> None:
    with Receiver(status=201, answer=b"\xc3\xa9" + b"x" * 5000) as receiver:
        answer = OPEN.send(f"{receiver.url}?a=1", {"webhook-id": "7"}, b'{"a":1}')
    (got,) = receiver.got
    assert (got.path, got.body, got.headers["webhook-id"]) == ("/hook?a=1", b'{"a":1}', "7")
    assert got.headers["content-type"] == "application/json"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert (answer.status, answer.problem) == (201, None)
    assert answer.text.startswith("éx")
    assert len(answer.text.encode()) == ANSWER_MAX


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1", "100.64.0.1"),
        *("169.254.169.254", "100.100.100.200", "224.0.0.1", "255.255.255.255", "192.0.2.1", "240.0.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::"),
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]"])
def test_nothing_is_sent_to_loopback_however_it_is_written(host: str) -> None:
    with Receiver() as receiver:
        answer = CLOSED.send(f"http://{host}:{receiver.port}/hook", {}, b"{}")
    assert receiver.got == []
    assert answer.status is None
    assert "private address" in str(answer.problem)


Lookup = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """The answers of a name server: one list of addresses for each time that a name is looked up."""
    answers: dict[str, list[list[str]]] = {}
    original: Lookup = socket.getaddrinfo

    def look_up(host: str, port: int, *args: object, **kwargs: object) -> list[tuple[object, ...]]:
        if host not in answers:
            return original(host, port, *args, **kwargs)
        return [entry for each in answers[host].pop(0) for entry in original(each, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return answers


def test_one_private_address_among_public_ones_is_enough_to_refuse(names: dict[str, list[list[str]]]) -> None:
    names["mixed.example.org"] = [["93.184.216.34", "127.0.0.1"]]
    with Receiver() as receiver:
        answer = CLOSED.send(f"http://mixed.example.org:{receiver.port}/", {}, b"{}")
    assert receiver.got == []
    assert "private address" in str(answer.problem)


def test_a_name_that_answers_differently_the_second_time_gains_nothing(
    names: dict[str, list[list[str]]],
) -> None:
    """DNS rebinding: a public address to be judged, loopback to be connected to."""
    names["rebind.example.org"] = [["192.0.2.7"], ["127.0.0.1"]]
    open_to_192 = HttpWebhookSender(allow_private=True, timeout=0.2)
    with Receiver() as receiver:
        answer = open_to_192.send(f"http://rebind.example.org:{receiver.port}/", {}, b"{}")
    assert receiver.got == []
    assert answer.status is None
    assert names["rebind.example.org"] == [["127.0.0.1"]], "the name was looked up a second time"


def test_redirects_are_not_followed() -> None:
    with Receiver() as other, Receiver(status=302, headers={"Location": other.url}) as receiver:
        assert OPEN.send(receiver.url, {}, b"{}").status == 302
    assert other.got == []


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    with Receiver() as receiver:
        assert OPEN.send(receiver.url, {}, b"{}").status == 200


def test_a_port_where_nobody_listens() -> None:
    assert OPEN.send(f"http://127.0.0.1:{free_port()}/", {}, b"").problem == "The connection was refused."


def test_a_receiver_that_does_not_answer() -> None:
    sender = HttpWebhookSender(allow_private=True, timeout=0.2)
    with Receiver(hold=threading.Event()) as receiver:
        assert sender.send(receiver.url, {}, b"{}").problem == "There was no answer within 0.2 seconds."


def test_a_receiver_that_drips_is_cut_off() -> None:
    sender = HttpWebhookSender(allow_private=True, timeout=0.3)
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        stream, _ = server.accept()
        deadline = time.monotonic() + 5
        with stream:
            stream.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while time.monotonic() < deadline:
                try:
                    stream.sendall(b"x")
                except OSError:
                    return
                threading.Event().wait(0.02)

    thread = threading.Thread(target=drip)
    thread.start()
    answer = sender.send(f"http://127.0.0.1:{server.getsockname()[1]}/", {}, b"{}")
    thread.join()
    server.close()
    assert answer.status is None
    assert answer.milliseconds < 2000


def test_https_without_tls_behind_it() -> None:
    with Receiver() as receiver:
        answer = OPEN.send(f"https://127.0.0.1:{receiver.port}/", {}, b"{}")
    assert receiver.got == []
    assert answer.problem in ("It does not speak TLS as it should.", "The connection broke off.")
