// Calls the service through the client that openapi-generator makes for TypeScript and fetch.

import {
  AssessmentsApi,
  CommitmentsApi,
  Configuration,
  ListSpendingYearsStageEnum,
  MembersApi,
  ProblemFromJSON,
  ResponseError,
  SpendingYearsApi,
} from "./client/index.js";

function tell(fact: string, value: unknown): void {
  console.log(JSON.stringify({ fact, value }));
}

function connect(url: string): Configuration {
  return new Configuration({ basePath: url });
}

// This generator makes a Date at midnight UTC of a day.
function day(date: Date | null): string | null {
  return date && date.toISOString().slice(0, 10);
}

async function members(service: Configuration): Promise<unknown> {
  const page = await new MembersApi(service).listMembers();
  return page.data.map((row) => [
    row.code,
    row.name,
    row.aliases,
    day(row.accededOn),
    day(row.euMemberUntil),
    row.hasArmedForces,
  ]);
}

async function spendingYears(service: Configuration): Promise<unknown> {
  const page = await new SpendingYearsApi(service).listSpendingYears({
    member: ["ISL", "POL", "USA"],
    stage: [ListSpendingYearsStageEnum.Actual, ListSpendingYearsStageEnum.Estimate],
    yearGte: 2023,
  });
  return page.data.map((row) => [
    row.member,
    row.year,
    row.stage,
    row.shareGdpPct,
    row.spendingUsdMCurrent,
    row.personnelThousands,
    row.missing.map((missing) => [missing.field, missing.reason]),
  ]);
}

async function twoPercent(service: Configuration): Promise<unknown> {
  const page = await new SpendingYearsApi(service).listSpendingYears({
    year: 2024,
    shareGdpPctGte: 2,
  });
  return [page.meta.total, page.data.map((row) => row.member)];
}

async function commitment(service: Configuration): Promise<unknown> {
  const { data } = await new CommitmentsApi(service).getCommitment({
    commitment: "gbr-2025-02-25-spending-2-5",
  });
  return [
    data.member,
    day(data.madeOn),
    data.value,
    data.valueMax,
    data.unit,
    data.dueYear,
    data.supersededBy,
    data.sources.map((source) => [source.publisher, source.url]),
  ];
}

async function pages(service: Configuration): Promise<unknown> {
  const rows: unknown[] = [];
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await new SpendingYearsApi(service).listSpendingYears({
      year: 2024,
      sort: ["-share_gdp_pct", "member"],
      limit: 10,
      cursor,
    });
    rows.push(...page.data.map((row) => [row.member, row.shareGdpPct]));
    count += 1;
    const { next } = page.links;
    cursor = next ? new URLSearchParams(next.split("?")[1]).get("cursor")! : undefined;
  } while (cursor);
  return [count, rows];
}

async function assessments(service: Configuration): Promise<unknown> {
  const page = await new AssessmentsApi(service).listAssessments({
    target: "hague-2025-core",
    year: 2025,
  });
  return [
    page.meta.metCount,
    page.meta.notMetCount,
    page.data.map((row) => [row.member, row.met, row.withinRounding, row.value, row.gapPp]),
  ];
}

async function problem(service: Configuration): Promise<unknown> {
  try {
    await new SpendingYearsApi(service).listSpendingYears({ member: ["Polnd"] });
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    const found = ProblemFromJSON(await error.response.json());
    const [first] = found.errors;
    return [error.response.status, found.code, first?.name, first?.didYouMean];
  }
  return null;
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
