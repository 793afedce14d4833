"""The settings: one documented field per `BOOKER_*` key, checked when the app starts."""

from .fields import Settings as Settings
from .fields import calcom_auth as calcom_auth
from .fields import settings_table as settings_table
from .reading import rate_limiter as rate_limiter
from .reading import read_settings as read_settings
from .reading import secret_keys as secret_keys
from .redirects import check_event_types as check_event_types
from .salesforce import salesforce_login as salesforce_login
