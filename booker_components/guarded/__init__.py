"""Calls to addresses that others chose: sent to public hosts only, and bounded in time and size.

Whoever may name an address could have us call what only this machine reaches: its own services, those of the
network around it, the cloud's metadata. So a name is resolved once, every address that it stands for is
judged, and the connection goes to the very address that was judged: another answer of the name server a
moment later changes nothing. Proxies of the environment are not used, for they would resolve names again.
"""

from .addresses import Forbidden as Forbidden
from .addresses import Unreachable as Unreachable
from .addresses import checked as checked
from .addresses import is_public as is_public
from .addresses import origin as origin
from .calls import Answer as Answer
from .calls import Guarded as Guarded
