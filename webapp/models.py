"""Every model, so that migrations and relationships see them all."""

from webapp.domain.accounts.factor_models import AuthenticatorApp, Passkey, RecoveryCode, SignInStep
from webapp.domain.accounts.models import (
    ApiToken,
    KnownPlace,
    RefreshToken,
    SignInFailures,
    User,
    UserLink,
    UserSession,
)
from webapp.domain.accounts.oauth_models import LinkedAccount, OAuthCode
from webapp.domain.audit.models import AuditEvent
from webapp.domain.cards.festival_models import Festival, FestivalDate, FestivalImage
from webapp.domain.cards.models import (
    Card,
    CardShare,
    Collection,
    CollectionItem,
    Template,
    TemplateCategory,
    TemplateLike,
    TemplateReview,
    TemplateUsage,
    TemplateVersion,
    TemplateViews,
    TemplateVisit,
)
from webapp.domain.content.autosave import Autosave
from webapp.domain.content.models import ContentRevision, Edition, EditionTag, Entry, Item, Kind, Tag
from webapp.domain.gallery.models import Design, DesignEdition, DesignViews, DesignVisit, Favorite
from webapp.domain.idempotency.models import KeptAnswer
from webapp.domain.jobs.models import Job, Worker
from webapp.domain.mail.models import Mail
from webapp.domain.media.models import Media, MediaColor
from webapp.domain.saved_views.models import SavedView
from webapp.domain.settings.models import AppSetting
from webapp.domain.themes.models import ActiveTheme, Stylesheet, Theme, ThemeRevision
from webapp.domain.webhooks.models import Webhook, WebhookDelivery

__all__ = [
    "ActiveTheme",
    "ApiToken",
    "AppSetting",
    "AuditEvent",
    "AuthenticatorApp",
    "Autosave",
    "Card",
    "CardShare",
    "Collection",
    "CollectionItem",
    "ContentRevision",
    "Design",
    "DesignEdition",
    "DesignViews",
    "DesignVisit",
    "Edition",
    "EditionTag",
    "Entry",
    "Favorite",
    "Festival",
    "FestivalDate",
    "FestivalImage",
    "Item",
    "Job",
    "KeptAnswer",
    "Kind",
    "KnownPlace",
    "LinkedAccount",
    "Mail",
    "Media",
    "MediaColor",
    "OAuthCode",
    "Passkey",
    "RecoveryCode",
    "RefreshToken",
    "SavedView",
    "SignInFailures",
    "SignInStep",
    "Stylesheet",
    "Tag",
    "Template",
    "TemplateCategory",
    "TemplateLike",
    "TemplateReview",
    "TemplateUsage",
    "TemplateVersion",
    "TemplateViews",
    "TemplateVisit",
    "Theme",
    "ThemeRevision",
    "User",
    "UserLink",
    "UserSession",
    "Webhook",
    "WebhookDelivery",
    "Worker",
]
