"""The page that a person sees after a consent that began on no page of the platform: what happened, what comes next."""

from html import escape

from fastapi.responses import HTMLResponse

from tieout_connector.connecting import ConsentResult, Outcome
from tieout_kit.errors import NotFound, RetryLater, TieoutError

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body><main><h1>{title}</h1>
{content}
</main></body>
</html>
"""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    # The address holds the code and the state.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def of_result(result: ConsentResult, platform_url: str) -> HTMLResponse:
    """The page for a consent that ended."""
    title, *sentences = _told(result)
    listed = result.orgs if result.outcome in (Outcome.CHOOSING_ORG, Outcome.OTHER_ORG) else ()
    return _page(200, title, sentences, listed, platform_url)


def of_error(error: TieoutError, platform_url: str) -> HTMLResponse:
    """The page for a consent that could not be taken."""
    if isinstance(error, RetryLater):
        again = "Load this page again in a few seconds: the consent is valid for five minutes."
        return _page(503, "Xero does not answer now", [again], headers={"Retry-After": "5"})
    sentences = ["Nothing has changed.", "Go back to where you started, and start again."]
    if isinstance(error, NotFound):
        sentences.insert(0, "It was used already, a later one has taken its place, or it took more than half an hour.")
        return _page(404, "This consent is not valid any more", sentences, platform_url=platform_url)
    return _page(422, "Xero refused the consent", sentences, platform_url=platform_url)


def _told(result: ConsentResult) -> tuple[str, ...]:
    match result.outcome:
        case Outcome.CHOOSING_ORG:
            if not result.orgs:
                return "Xero shows no organisation", "Start again, and choose an organisation on Xero's page."
            return (
                "Xero gave access",
                f"Go back to where you started, and confirm the organisation of {result.tenant}. Nothing is synced "
                "before. You can confirm:",
            )
        case Outcome.RENEWED:
            return (
                "Xero gave access once more",
                f"{result.tenant} stays connected to {result.bound_to}, and what waited for this goes on by itself.",
                "You can close this page.",
            )
        case Outcome.OTHER_ORG:
            return (
                "This is another organisation",
                f"{result.tenant} is connected to {result.bound_to}, and only to it. Nothing has changed.",
                f"Start again, and choose {result.bound_to} on Xero's page. The consent was for:",
            )
        case Outcome.DENIED:
            return (
                "You declined",
                f"Nothing has changed for {result.tenant}.",
                "You can start again at any time, from where you started.",
            )
        case Outcome.REFUSED:
            return "Xero refused the consent", "Nothing has changed.", "Go back to where you started, and start again."


def _page(
    status: int,
    title: str,
    sentences: list[str],
    names: tuple[str, ...] = (),
    platform_url: str = "",
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    content = [f"<p>{escape(sentence)}</p>" for sentence in sentences]
    if names:
        content.append(f"<ul>{''.join(f'<li>{escape(name)}</li>' for name in names)}</ul>")
    if platform_url:
        content.append(f'<p><a href="{escape(platform_url)}">Go back</a></p>')
    shown = _PAGE.format(title=escape(title), content="\n".join(content))
    return HTMLResponse(shown, status, {**_HEADERS, **(headers or {})})
