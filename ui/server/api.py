"""The programming interface under `/v1`: an app of its own, so that its errors are its own too."""

from importlib.metadata import version

from fastapi import APIRouter, Depends, FastAPI, Request, Security
from fastapi.responses import RedirectResponse
from fastapi.security import APIKeyHeader, HTTPBearer
from fastapi.telemetry import TelemetryConfig

from kutip.ui.server import problems
from kutip.ui.server.answers import answers_router
from kutip.ui.server.articles import articles_router
from kutip.ui.server.context import INTERFACE
from kutip.ui.server.services import Services

DESCRIPTION = """\
Kutip answers questions in Indonesian and English from the articles of one library, with **quotes**.

- A quote is `text[start:end]` of its article, to the letter. Offsets count Unicode code points, the
  start included and the end not, as slices of a Python string do.
- `status` is `answered`, `related` (nothing answers the question, but the quotes are about it),
  `not_found` or `greeting`. All four are successes.
- Errors are `application/problem+json` (RFC 9457); `detail` says what was found, what was expected
  and how to mend it.
- A client that asks too often gets 429, one that comes when too many wait gets 503; both say in
  `Retry-After` when to come again.
"""
TAGS = [
    {"name": "questions", "description": "Ask, and find passages."},
    {"name": "articles", "description": "What the library holds."},
]
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def build_api(services: Services) -> FastAPI:
    """The app that is mounted at `/v1`; its description is at `/v1/openapi.json`."""
    api = FastAPI(
        title="Kutip",
        version=version("kutip"),
        summary="Questions in, exact quotes from news articles out.",
        description=DESCRIPTION,
        openapi_tags=TAGS,
        # The pages that show a description come from another host.
        docs_url=None,
        redoc_url=None,
        servers=[{"url": f"{services.options.root_path}/v1"}],
        root_path_in_servers=False,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
    )
    problems.install(api)

    @api.get("/", include_in_schema=False)
    async def root() -> RedirectResponse:
        """To whoever opens the address that `kutip serve` prints."""
        return RedirectResponse("openapi.json")

    # auto_error is off: `admit` says more, and looks at either.
    keys = [
        Security(HTTPBearer(auto_error=False, description="An API key.")),
        Security(APIKeyHeader(name="X-API-Key", auto_error=False, description="An API key.")),
    ]

    async def admit(request: Request) -> None:
        INTERFACE.set("http")
        services.admission.check(request)

    needed = [*(keys if services.admission.needs_key else []), Depends(admit)]
    router = APIRouter(dependencies=needed)
    router.include_router(answers_router(services))
    router.include_router(articles_router(services))
    refused = (401, 429) if services.admission.needs_key else (429,)
    api.include_router(router, responses=problems.responses(*refused, 422, 503))
    return api
