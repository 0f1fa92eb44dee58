"""The consent page and the error page that people see. Source: docs/xero.md 1.1, behaviour 1."""

from collections.abc import Mapping
from html import escape

from xero_sim.oauth.apps import App
from xero_sim.org import Org

_FRAME = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><main><h1>{title}</h1>
{content}
</main></body></html>
"""


def error_page(message: str) -> str:
    """The page for a wrong request, which is not redirected."""
    return _FRAME.format(title="Sorry, something went wrong", content=f"<p>{escape(message)}</p>")


def consent_page(app: App, orgs: list[Org], parameters: Mapping[str, str], scopes: list[str], *, several: bool) -> str:
    """The page to choose organisations on. Its form carries the request's parameters as hidden fields."""
    kept = "\n".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in parameters.items()
    )
    kind = "checkbox" if several else "radio"
    choices = "\n".join(
        f'<p><label><input type="{kind}" name="tenant" value="{org.tenant_id}"> {escape(org.profile.Name)}</label></p>'
        for org in orgs
    )
    wanted = "\n".join(f"<li>{escape(scope)}</li>" for scope in scopes)
    content = f"""<p>{escape(app.name)} wants access to:</p>
<ul>{wanted}</ul>
<form method="post" action="/identity/connect/authorize">
{kept}
{choices}
<p><label>Signed in as <input name="user" value="demo@example.com"></label></p>
<button name="decision" value="allow">Allow access</button>
<button name="decision" value="deny">Cancel</button>
</form>"""
    return _FRAME.format(title="Connect to Xero", content=content)
