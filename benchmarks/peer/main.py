"""The application: ``uvicorn benchmarks.peer.main:app --workers 2`` in the root of the project.

It needs ``DATABASE_URL``. Its tables are made by ``python -m benchmarks.peer.fill``.
"""

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import Response

from benchmarks.peer import data_routes, design_routes
from benchmarks.peer.stylesheet import css_variables

app = FastAPI(title="Peer", openapi_url="/api/v1/openapi.json")
app.add_middleware(
    CORSMiddleware, allow_origins=["*"], allow_credentials=True, allow_methods=["*"], allow_headers=["*"]
)

api = APIRouter(prefix="/api/v1")
api.include_router(design_routes.router)
api.include_router(data_routes.router)


@api.get("/css")
def stylesheet(db: design_routes.Db) -> Response:
    """The variables of the active design system."""
    return Response(css_variables(design_routes.active_design(db).config), media_type="text/css")


app.include_router(api)
