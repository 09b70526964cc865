"""FastAPI with asyncpg and pydantic, for uvicorn with uvloop and httptools."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
import orjson
from fastapi import FastAPI, Query, Request
from pydantic import BaseModel

# asyncpg prepares a statement at its first use on a connection, and keeps it.
OBSERVATIONS = """
    SELECT *
    FROM observations
    WHERE {equal} AND year BETWEEN $1 AND $2
    ORDER BY area, indicator, year
"""
SPENDING_YEARS = """
    SELECT *
    FROM spending_years
    WHERE ($1::text IS NULL OR member = $1) AND year BETWEEN $2 AND $3
    ORDER BY member, year
"""

Text = Annotated[str, Query(max_length=100)]
Year = Annotated[int, Query(ge=0)]


class Note(BaseModel):
    id: str
    text: str


class Observation(BaseModel):
    area: str
    area_kind: str
    indicator: str
    year: int
    value: float | None
    unit: str
    stage: str
    missing_reason: str | None
    source: str
    release: str
    source_cell: str | None
    notes: list[Note]


class Missing(BaseModel):
    field: str
    reason: str


class SpendingYear(BaseModel):
    member: str
    year: int
    source: str
    release: str
    stage: str
    share_gdp_pct: float | None
    spending_usd_m_current: float | None
    spending_usd_m_constant: float | None
    spending_lcu_m_current: float | None
    spending_lcu_m_constant: float | None
    currency: str | None
    constant_base_year: int
    real_change_pct: float | None
    spending_per_capita_usd_constant: float | None
    gdp_usd_m_current: float | None
    gdp_usd_m_constant: float | None
    gdp_per_capita_usd_k_constant: float | None
    personnel_thousands: float | None
    equipment_share_pct: float | None
    personnel_share_pct: float | None
    infrastructure_share_pct: float | None
    other_share_pct: float | None
    missing: list[Missing]
    notes: list[dict[str, Any]]


async def prepare(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=orjson.dumps, decoder=orjson.loads
    )
    # The model has floats: quicker than by way of Decimal, with the same result.
    await connection.set_type_codec(
        "numeric", schema="pg_catalog", encoder=str, decoder=float, format="text"
    )


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        os.environ["BENCH_DATABASE"], min_size=4, max_size=4, init=prepare
    ) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)

# FastAPI validates rows by the model once, and writes its JSON by pydantic's own Rust.


@app.get("/observations")
async def list_observations(
    request: Request,
    release: Text | None = None,
    indicator: Text | None = None,
    area: Text | None = None,
    area_kind: Text | None = None,
    year_gte: Year = 0,
    year_lte: Year = 9999,
) -> list[Observation]:
    given = {"release": release, "indicator": indicator, "area": area, "area_kind": area_kind}
    equal = {name: value for name, value in given.items() if value is not None}
    # Written for what is asked, so that each has a plan of its own.
    conditions = [f"{name} = ${number}" for number, name in enumerate(equal, 3)] or ["true"]
    query = OBSERVATIONS.format(equal=" AND ".join(conditions))
    rows = await request.app.state.pool.fetch(query, year_gte, year_lte, *equal.values())
    return [dict(row) for row in rows]  # type: ignore[misc]


@app.get("/spending-years")
async def list_spending_years(
    request: Request,
    member: Text | None = None,
    year_gte: Year = 0,
    year_lte: Year = 9999,
) -> list[SpendingYear]:
    rows = await request.app.state.pool.fetch(SPENDING_YEARS, member, year_gte, year_lte)
    return [dict(row) for row in rows]  # type: ignore[misc]
