"""Files that the page hands out (导出): plain links under /export/, made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app.access.audit import AuditLog
from app.access.visitor import Visitor
from corpus.errors import AnwenError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ICS = "text/calendar; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
MARKDOWN = "text/markdown; charset=utf-8"
JSON_LINES = "application/x-ndjson; charset=utf-8"
#: More than any filter of the page; a longer one is not from the page.
_LONGEST_VALUE = 500

#: Among the parameters: who is logged in, as the guard found out and never as a link says; empty for nobody.
USER = "anwen_user"

Parameters = Mapping[str, str]


@dataclass(frozen=True)
class Download:
    """A file that can be asked for."""

    media_type: str
    #: Name under which the browser keeps it, in Chinese.
    filename: str
    #: Makes it from the parameters of the link, which anybody may have written.
    make: Callable[[Parameters], bytes]
    #: Names it more closely by the same parameters, once it is made.
    named: Callable[[Parameters], str] | None = None


def mount_downloads(app: Starlette, downloads: Mapping[str, Download], audit: AuditLog) -> None:
    """Serve the files under /export/.

    Args:
        app: the application, before the page is mounted on it.
        downloads: by the last part of their address, e.g. ledger.xlsx.
        audit: is told who took which file.
    """
    for name, download in downloads.items():
        app.add_route(f"/export/{name}", partial(_serve, name, download, audit), methods=["GET"])


async def _serve(name: str, download: Download, audit: AuditLog, request: Request) -> Response:
    given = {name: value[:_LONGEST_VALUE] for name, value in request.query_params.items()}
    given[USER] = request.scope.get("anwen_user") or ""
    try:
        content = await run_in_threadpool(download.make, given)
    except AnwenError as error:
        return PlainTextResponse(f"没有导出：{error}\n", status_code=400)
    audit.event(Visitor.of(given[USER], request.client), "export", about=name)
    filename = download.named(given) if download.named else download.filename
    return Response(
        content,
        media_type=download.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(filename)}",
            "Cache-Control": "no-store",
        },
    )
