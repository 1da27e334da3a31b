"""Signed, expiring addresses of our own: HMAC-SHA256 (RFC 2104) over all that an address allows."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import astuple

from webapp.kernel.errors import FieldError, Invalid
from webapp.ports import SignedClaim

PURPOSE = b"rangoli signed storage addresses"


class Signer:
    """Signs claims with a key of its own, derived from the installation's secret."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), PURPOSE, hashlib.sha256)

    def sign(self, claim: SignedClaim) -> str:
        """The signature, in hex."""
        return hmac.digest(self._key, json.dumps(astuple(claim)).encode(), hashlib.sha256).hex()

    def check(self, claim: SignedClaim, signature: str, now: float) -> None:
        """Raise Invalid unless the signature is ours and still holds at ``now``, in seconds since 1970."""
        if not hmac.compare_digest(self.sign(claim).encode(), signature.encode()):
            raise Invalid([FieldError("/signature", "This is not a signature of ours.", "invalid_signature")])
        if now > claim.expires:
            raise Invalid([FieldError("/expires", "This address has expired.", "expired")])
