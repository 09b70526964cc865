// Calls the service through openapi-fetch with the types that openapi-typescript makes.

import createClient, { type Client } from "openapi-fetch";

import type { paths } from "./client/schema.js";

type Service = Client<paths>;

function tell(fact: string, value: unknown): void {
  console.log(JSON.stringify({ fact, value }));
}

function connect(url: string): Service {
  return createClient<paths>({ baseUrl: url });
}

async function members(service: Service): Promise<unknown> {
  const { data } = await service.GET("/v1/members");
  return data!.data.map((row) => [
    row.code,
    row.name,
    row.aliases,
    row.acceded_on,
    row.eu_member_until,
    row.has_armed_forces,
  ]);
}

async function spendingYears(service: Service): Promise<unknown> {
  const { data } = await service.GET("/v1/spending-years", {
    params: {
      query: { member: ["ISL", "POL", "USA"], stage: ["actual", "estimate"], year_gte: 2023 },
    },
  });
  return data!.data.map((row) => [
    row.member,
    row.year,
    row.stage,
    row.share_gdp_pct,
    row.spending_usd_m_current,
    row.personnel_thousands,
    row.missing.map((missing) => [missing.field, missing.reason]),
  ]);
}

async function twoPercent(service: Service): Promise<unknown> {
  const { data } = await service.GET("/v1/spending-years", {
    params: { query: { year: 2024, share_gdp_pct_gte: 2 } },
  });
  return [data!.meta.total, data!.data.map((row) => row.member)];
}

async function commitment(service: Service): Promise<unknown> {
  const { data } = await service.GET("/v1/commitments/{commitment}", {
    params: { path: { commitment: "gbr-2025-02-25-spending-2-5" } },
  });
  const row = data!.data;
  return [
    row.member,
    row.made_on,
    row.value,
    row.value_max,
    row.unit,
    row.due_year,
    row.superseded_by,
    row.sources.map((source) => [source.publisher, source.url]),
  ];
}

async function pages(service: Service): Promise<unknown> {
  const rows: unknown[] = [];
  let count = 0;
  let cursor: string | undefined;
  do {
    const { data } = await service.GET("/v1/spending-years", {
      params: { query: { year: 2024, sort: ["-share_gdp_pct", "member"], limit: 10, cursor } },
    });
    rows.push(...data!.data.map((row) => [row.member, row.share_gdp_pct]));
    count += 1;
    const next = data!.links.next;
    cursor = next ? new URLSearchParams(next.split("?")[1]).get("cursor")! : undefined;
  } while (cursor);
  return [count, rows];
}

async function assessments(service: Service): Promise<unknown> {
  const { data } = await service.GET("/v1/targets/{target}/assessments", {
    params: { path: { target: "hague-2025-core" }, query: { year: 2025 } },
  });
  return [
    data!.meta.met_count,
    data!.meta.not_met_count,
    data!.data.map((row) => [row.member, row.met, row.within_rounding, row.value, row.gap_pp]),
  ];
}

async function problem(service: Service): Promise<unknown> {
  const { error, response } = await service.GET("/v1/spending-years", {
    params: { query: { member: ["Polnd"] } },
  });
  return [response.status, error!.code, error!.errors[0]!.name, error!.errors[0]!.did_you_mean];
}

const service = connect(process.env["BASE_URL"]!);
tell("members", await members(service));
tell("spending_years", await spendingYears(service));
tell("two_percent", await twoPercent(service));
tell("commitment", await commitment(service));
tell("pages", await pages(service));
tell("assessments", await assessments(service));
tell("problem", await problem(service));

const grown = connect(process.env["GROWN_URL"]!);
tell("grown_spending_years", await spendingYears(grown));
tell("grown_commitment", await commitment(grown));
