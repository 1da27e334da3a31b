"""A passkey in software, which answers as a browser and its device would, and may be told to lie."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40


def plain(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One device with one ES256 key."""

    origin: str
    credential_id: bytes = field(default_factory=lambda: token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user_handle: bytes = b""
    count: int = 0

    def create(self, options: str, **lies: Any) -> str:
        """The answer to the options of a registration."""
        asked = json.loads(options)
        self.user_handle = bytes_of(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        credential = (
            bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + cbor2.dumps(public)
        )
        data = self._data(asked["rp"]["id"], HAS_CREDENTIAL, **lies) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": plain(self._client_data("webauthn.create", asked["challenge"], **lies)),
            "attestationObject": plain(attestation),
        }
        return self._answer(response)

    def get(self, options: str, **lies: Any) -> str:
        """The answer to the options of a sign-in."""
        asked = json.loads(options)
        self.count += 1
        client = self._client_data("webauthn.get", asked["challenge"], **lies)
        data = self._data(asked["rpId"], **lies)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": plain(client),
            "authenticatorData": plain(data),
            "signature": plain(lies.get("signature", signed)),
            "userHandle": plain(lies.get("user_handle", self.user_handle)),
        }
        return self._answer(response)

    def _answer(self, response: dict[str, str]) -> str:
        name = plain(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

    def _client_data(self, kind: str, challenge: str, **lies: Any) -> bytes:
        found = {"type": kind, "challenge": challenge, "origin": self.origin, **lies.get("client", {})}
        return json.dumps(found).encode()

    def _data(self, host: str, more: int = 0, **lies: Any) -> bytes:
        flags = lies.get("flags", PRESENT | VERIFIED) | more
        count = lies.get("count", self.count)
        rp_hash = hashlib.sha256(lies.get("rp_id", host).encode()).digest()
        return bytes([*rp_hash, flags]) + int(count).to_bytes(4)
