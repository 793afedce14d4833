"""Mail: confirmations and changes for guests and hosts, and new links for guests who have lost theirs.

Each audience is a subscriber of its own (`Mailer`), fed by the outbox, and each person is written to in a
language of that person (`Readers`). What a mail says is in the templates of `booker/email/`, which an app may
replace; what they may print is `Mail`. Everything that mails need of the app is `Site`.
"""

from .addresses import one_line as one_line
from .addresses import recipient_address as recipient_address
from .addresses import sender_address as sender_address
from .code import CodeMailer as CodeMailer
from .guests import GuestLetters as GuestLetters
from .hosts import HostLetters as HostLetters
from .link import LinkMailer as LinkMailer
from .mailer import Mailer as Mailer
from .once import Once as Once
from .parts import build_mail as build_mail
from .post import Letter as Letter
from .post import Post as Post
from .readers import Readers as Readers
from .rounds import Rounds as Rounds
from .server import STEP_SECONDS as STEP_SECONDS
from .server import TOTAL_SECONDS as TOTAL_SECONDS
from .server import MailServer as MailServer
from .server import mail_failure as mail_failure
from .site import Site as Site
from .words import Mail as Mail
from .writing import Writer as Writer
