"""Errors as `application/problem+json` (RFC 9457), for every route of the programming interface."""

import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Self

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kutip.index.errors import (
    DocumentError,
    KutipError,
    LibraryBusyError,
    ModelError,
    QuestionError,
)
from kutip.ui.server.shelf import ReadOnlyError, UnknownArticleError
from kutip.ui.server.work import BusyError

logger = logging.getLogger("kutip.http")

MEDIA_TYPE = "application/problem+json"
REFERENCE = "#/components/schemas/{model}"
RETRY_SECONDS = 5
STATUSES: tuple[tuple[type[KutipError], int], ...] = (
    (QuestionError, 422),
    (DocumentError, 422),
    (ReadOnlyError, 403),
    (UnknownArticleError, 404),
    (BusyError, 503),
    (LibraryBusyError, 503),
    (ModelError, 503),
)


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(description="The field, with dots between its parts.")
    message: str = Field(description="What was expected of it.")


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    type: str = Field(default="about:blank", description="`about:blank`: the title says it all.")
    title: str = Field(description="The meaning of the status, in words.")
    status: int = Field(description="The HTTP status, again.")
    detail: str = Field(description="What was found, what was expected, and the mend.")
    errors: list[Fault] | None = Field(
        default=None, description="The fields that are wrong, if any."
    )

    @classmethod
    def of(cls, status: int, detail: str, errors: list[Fault] | None = None) -> Self:
        """The problem of this status."""
        return cls(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors)


def problem(
    status: int,
    detail: str,
    *,
    errors: list[Fault] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """A response that says what went wrong."""
    found = Problem.of(status, detail, errors).model_dump(exclude_none=True)
    if status == 503:
        headers = {"Retry-After": str(RETRY_SECONDS)} | (headers or {})
    return JSONResponse(found, status, headers, media_type=MEDIA_TYPE)


def status_of(error: KutipError) -> int:
    """The HTTP status that fits an error best; 500 where the server itself is at fault."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The description of these problems for OpenAPI."""
    schema = {"schema": {"$ref": REFERENCE.format(model="Problem")}}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: schema},
        }
        for status in sorted(statuses)
    }


class TooLarge:
    """Turns the framework's plain text for a body over the limit into a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def send_problem(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == 413:
                replaced = True
                said = "The body is larger than this server takes: send less; how large an article "
                await problem(413, said + "may be is set by --max-file-size.")(scope, receive, send)
            elif not replaced:
                await send(message)

        await self._app(scope, receive, send_problem)


def install(app: FastAPI) -> None:
    """Let an app answer every error as a problem, and describe problems in its OpenAPI."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        schema = plain()
        models = models_json_schema([(Problem, "serialization")], ref_template=REFERENCE)[1]
        schema.setdefault("components", {}).setdefault("schemas", {}).update(models["$defs"])
        return schema

    app.add_middleware(TooLarge)
    app.openapi = described  # type: ignore[method-assign]
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(KutipError, _kutip)
    app.add_exception_handler(Exception, _unforeseen)


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = str(error.detail)
    if detail == HTTPStatus(error.status_code).phrase:
        detail = f"{request.method} {request.url.path}: {detail.lower()}; see /v1/openapi.json."
    headers = dict(error.headers) if error.headers else None
    if error.status_code == 405:
        # The framework names the methods of one route, where a path may have several.
        headers = {"Allow": ", ".join(_methods(request))}
    return problem(error.status_code, detail, headers=headers)


def _methods(request: Request) -> list[str]:
    """The methods of all routes at the path that was asked for."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    found: set[str] = set()
    for pattern, operations in request.app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path):
            found.update(method.upper() for method in operations)
    return sorted(found or {"GET"})


def _validation(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = faults(error.errors())
    return problem(422, told(found), errors=found)


def faults(errors: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """What Pydantic found wrong, without what was given."""
    return [Fault(where=".".join(map(str, found["loc"])), message=found["msg"]) for found in errors]


def told(found: Sequence[Fault]) -> str:
    """All of it in a sentence."""
    said = "; ".join(f"{fault.where}: {fault.message}" for fault in found)
    return f"The request cannot be used: {said}."


def _kutip(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, KutipError)
    status = status_of(error)
    if status == 500:
        logger.error("%s", error)
    return problem(status, str(error))


def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    return problem(500, unforeseen(request.method, request.url.path))


def unforeseen(method: str, path: str) -> str:
    """What is said of an error whose traceback is in the log: it is nobody else's business."""
    return (
        f"{method} {path} failed for a reason that is in the server's log: try again, and tell who "
        "runs the server if it happens again."
    )
