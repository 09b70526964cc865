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
SELECT = """
    SELECT *
    FROM spending_years
    WHERE ($1::text IS NULL OR member = $1) AND year BETWEEN $2 AND $3
    ORDER BY member, year
"""


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


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        os.environ["BENCH_DATABASE"], min_size=4, max_size=4, init=prepare
    ) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/spending-years")
async def list_spending_years(
    request: Request,
    member: Annotated[str | None, Query(max_length=100)] = None,
    year_gte: Annotated[int, Query(ge=0)] = 0,
    year_lte: Annotated[int, Query(ge=0)] = 9999,
) -> list[SpendingYear]:
    rows = await request.app.state.pool.fetch(SELECT, member, year_gte, year_lte)
    # FastAPI validates them by the model once, and writes its JSON by pydantic's own Rust.
    return [dict(row) for row in rows]  # type: ignore[misc]
