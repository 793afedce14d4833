"""Pages of host apps, of the kinds that widgets have to live with."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, render_template_string, send_file

from booker_components.web.assets import ROOT

ASSETS = Path(__file__).resolve().parent / "assets"
HTMX = {"4": ROOT / "static" / "htmx-4.0.1.min.js", "2": ASSETS / "htmx-2.0.11.min.js"}

#: What CSS frameworks and careless style sheets say about elements; `section` is left to the host.
LOUD = """
*, *::before, *::after { box-sizing: border-box; }
a { color: #d63384; text-decoration: underline; } a:hover { color: #f00; background: #ff0; }
button, [type=submit] { margin: 8px; padding: 2rem; border: 3px solid; border-radius: 0; background: gold; }
button, [type=submit] { color: #000; font: 700 20px/2 serif; text-transform: uppercase; letter-spacing: 2px; }
button, [type=submit] { float: right; box-shadow: 0 0 9px #000; } button:hover { background: lime; }
input, select, textarea { width: 50%; height: 20px; margin: 0 0 3rem; padding: 0; border: 5px dotted red; }
input, select, textarea { font: 10px serif; } textarea:focus { background: #eee; border-radius: 0; }
input[type=text], input[type=email] { max-width: 90px; border-radius: 0; background: #eee; }
table { width: auto; margin-bottom: 3rem; border: 2px solid; background: pink; }
table { border-collapse: separate; border-spacing: 9px; } caption { caption-side: bottom; padding: 2rem; }
th, td { padding: 1rem; border: 2px solid; background: pink; text-align: right; vertical-align: top; }
tr:nth-child(even) { background: #ccc; }
h1, h2, h3 { margin: 3rem; color: teal; font: 700 4rem/2 serif; text-transform: uppercase; }
ul, ol { margin: 2rem; padding-left: 5rem; list-style: square; } li { margin: 1rem; }
dl, dt, dd { margin: 2rem; font-weight: 700; } p { margin: 2rem; font-size: 22px; color: #999; }
label { display: block; float: left; width: 120px; font-weight: 700; text-align: right; }
form { margin: 4rem; padding: 1rem; background: #def; } fieldset { border: 4px groove; }
legend { font-size: 2rem; } details, summary { margin: 2rem; padding: 1rem; border: 1px solid; }
svg { width: 99px; height: 99px; fill: red; } del, s { color: red; } div > div { line-height: 1.5; }
"""

#: Style sheets that hosts have; of frameworks what they say of elements, for we have none of their classes.
SHEETS = {
    "loud": LOUD,
    "bootstrap": (ASSETS / "bootstrap-reboot-5.3.9.min.css").read_text("utf-8"),
    "tailwind": (ASSETS / "tailwind-preflight-4.3.5.css").read_text("utf-8"),
    "reset": (ASSETS / "meyer-reset-5.0.2.css").read_text("utf-8"),
    "water": (ASSETS / "water-2.1.1.min.css").read_text("utf-8"),
}

#: What a careful host allows: its own scripts, style sheets, pictures, forms and requests.
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)

_PAGE = """<!DOCTYPE html>
<html lang="en" {{ html|safe }}>
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Partner</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="{{ sheet }}">
  {% if htmx %}<script src="/static/host-htmx.js"></script>{% endif %}
  {{ booker.head() }}
</head>
<body {{ body|safe }}>
  <p id="host-only">The partner's own words.</p>
  <a href="/static/none" id="host-link">Elsewhere</a>
  {{ widgets() }}
</body>
</html>"""


def add_page(
    app: Flask,
    widgets: str,
    *,
    css: str = "",
    html: str = "",
    body: str = "",
    htmx: str = "",
    policy: str = "",
    path: str = "/host",
) -> None:
    """Give *app* a page with *widgets*, a Jinja expression; *htmx* is the version that the host loads.

    *html* and *body* are attributes of these elements, *policy* is the page's Content-Security-Policy.
    """
    source = _PAGE.replace("widgets()", widgets)
    sheet = f"/static{path}.css"

    def page() -> Response:
        shown = render_template_string(source, sheet=sheet, html=html, body=body, htmx=htmx)
        return Response(shown, headers={"Content-Security-Policy": policy} if policy else None)

    app.add_url_rule(path, f"page {path}", page)
    app.add_url_rule(sheet, f"sheet {path}", lambda: Response(css, mimetype="text/css"))
    if htmx:
        app.add_url_rule("/static/host-htmx.js", "host htmx", lambda: send_file(HTMX[htmx]))
