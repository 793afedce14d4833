"""Where guests go once something is done: addresses of a host's own pages, with what these are told."""

from .addresses import address as address
from .addresses import chosen as chosen
from .flavours import Done as Done
from .flavours import clashes as clashes
from .origins import is_allowed as is_allowed
from .signing import verify_redirect as verify_redirect
