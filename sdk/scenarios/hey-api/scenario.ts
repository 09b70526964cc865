// Calls the service through the client that @hey-api/openapi-ts makes.

import { type Client, createClient } from "./client/client/index.js";
import {
  getCommitment,
  listAssessments,
  listMembers,
  listSpendingYears,
} from "./client/sdk.gen.js";

function tell(fact: string, value: unknown): void {
  console.log(JSON.stringify({ fact, value }));
}

function connect(url: string): Client {
  return createClient({ baseUrl: url });
}

async function members(client: Client): Promise<unknown> {
  const { data } = await listMembers({ client, throwOnError: true });
  return data.data.map((row) => [
    row.code,
    row.name,
    row.aliases,
    row.acceded_on,
    row.eu_member_until,
    row.has_armed_forces,
  ]);
}

async function spendingYears(client: Client): Promise<unknown> {
  const { data } = await listSpendingYears({
    client,
    throwOnError: true,
    query: { member: ["ISL", "POL", "USA"], stage: ["actual", "estimate"], year_gte: 2023 },
  });
  return data.data.map((row) => [
    row.member,
    row.year,
    row.stage,
    row.share_gdp_pct,
    row.spending_usd_m_current,
    row.personnel_thousands,
    row.missing.map((missing) => [missing.field, missing.reason]),
  ]);
}

async function twoPercent(client: Client): Promise<unknown> {
  const { data } = await listSpendingYears({
    client,
    throwOnError: true,
    query: { year: 2024, share_gdp_pct_gte: 2 },
  });
  return [data.meta.total, data.data.map((row) => row.member)];
}

async function commitment(client: Client): Promise<unknown> {
  const { data } = await getCommitment({
    client,
    throwOnError: true,
    path: { commitment: "gbr-2025-02-25-spending-2-5" },
  });
  const row = data.data;
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

async function pages(client: Client): Promise<unknown> {
  const rows: unknown[] = [];
  let count = 0;
  let cursor: string | undefined;
  do {
    const { data } = await listSpendingYears({
      client,
      throwOnError: true,
      query: {
        year: 2024,
        sort: ["-share_gdp_pct", "member"],
        limit: 10,
        ...(cursor === undefined ? {} : { cursor }),
      },
    });
    rows.push(...data.data.map((row) => [row.member, row.share_gdp_pct]));
    count += 1;
    const next: string | null = data.links.next;
    cursor = next ? new URLSearchParams(next.split("?")[1]).get("cursor")! : undefined;
  } while (cursor);
  return [count, rows];
}

async function assessments(client: Client): Promise<unknown> {
  const { data } = await listAssessments({
    client,
    throwOnError: true,
    path: { target: "hague-2025-core" },
    query: { year: 2025 },
  });
  return [
    data.meta.met_count,
    data.meta.not_met_count,
    data.data.map((row) => [row.member, row.met, row.within_rounding, row.value, row.gap_pp]),
  ];
}

async function problem(client: Client): Promise<unknown> {
  const { error, response } = await listSpendingYears({ client, query: { member: ["Polnd"] } });
  return [response?.status, error!.code, error!.errors[0]!.name, error!.errors[0]!.did_you_mean];
}

const client = connect(process.env["BASE_URL"]!);
tell("members", await members(client));
tell("spending_years", await spendingYears(client));
tell("two_percent", await twoPercent(client));
tell("commitment", await commitment(client));
tell("pages", await pages(client));
tell("assessments", await assessments(client));
tell("problem", await problem(client));

const grown = connect(process.env["GROWN_URL"]!);
tell("grown_spending_years", await spendingYears(grown));
tell("grown_commitment", await commitment(grown));
