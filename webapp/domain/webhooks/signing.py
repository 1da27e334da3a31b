"""Secrets and signatures as Standard Webhooks has them (standardwebhooks.com, specification 1.0.0)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from webapp.domain.webhooks.models import Webhook
from webapp.ports import Site

PREFIX = "whsec_"
OVERLAP = timedelta(hours=24)
"""How long the secret before the present one signs too, so that receivers can change over."""


def secret_of(webhook: Webhook, site: Site, number: int | None = None) -> str:
    """The secret that receivers verify with: ``whsec_`` and 256 bits in base64.

    Derived from the installation's secret key, so that no table and no backup holds it.
    """
    number = webhook.secret_number if number is None else number
    text = f"webhook {webhook.id} {number}"
    return PREFIX + base64.b64encode(hmac.digest(site.secret, text.encode(), hashlib.sha256)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """``v1,`` and the HMAC-SHA256 of id, timestamp and body, with dots between, in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def signed_headers(
    webhook: Webhook, site: Site, message_id: str, now: datetime, body: bytes
) -> dict[str, str]:
    """The headers of one attempt; ``message_id`` is the same for all attempts at a delivery."""
    numbers = [webhook.secret_number]
    if webhook.secret_number > 1 and webhook.secret_made_at > now - OVERLAP:
        numbers.append(webhook.secret_number - 1)
    timestamp = int(now.timestamp())
    secrets = (secret_of(webhook, site, number) for number in numbers)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(each, message_id, timestamp, body) for each in secrets),
    }
