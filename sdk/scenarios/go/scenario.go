// Calls the service through the client that openapi-generator makes for Go.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"

	burdenshare "github.com/burdenshare/client"
)

var ctx = context.Background()

func connect(address string) *burdenshare.APIClient {
	configuration := burdenshare.NewConfiguration()
	configuration.Servers = burdenshare.ServerConfigurations{{URL: address}}
	return burdenshare.NewAPIClient(configuration)
}

func tell(fact string, value any) {
	must(json.NewEncoder(os.Stdout).Encode(map[string]any{"fact": fact, "value": value}))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func members(client *burdenshare.APIClient) any {
	page, _, err := client.MembersAPI.ListMembers(ctx).Execute()
	must(err)
	rows := []any{}
	for _, row := range page.Data {
		rows = append(rows, []any{row.Code, row.Name, row.Aliases, row.AccededOn,
			row.EuMemberUntil.Get(), row.HasArmedForces})
	}
	return rows
}

func spendingYears(client *burdenshare.APIClient) any {
	page, _, err := client.SpendingYearsAPI.ListSpendingYears(ctx).
		Member([]string{"ISL", "POL", "USA"}).
		Stage([]string{"actual", "estimate"}).
		YearGte(2023).
		Execute()
	must(err)
	rows := []any{}
	for _, row := range page.Data {
		missing := []any{}
		for _, field := range row.Missing {
			missing = append(missing, []any{field.Field, field.Reason})
		}
		rows = append(rows, []any{row.Member, row.Year, row.Stage, row.ShareGdpPct.Get(),
			row.SpendingUsdMCurrent.Get(), row.PersonnelThousands.Get(), missing})
	}
	return rows
}

func twoPercent(client *burdenshare.APIClient) any {
	page, _, err := client.SpendingYearsAPI.ListSpendingYears(ctx).
		Year(2024).
		ShareGdpPctGte(2).
		Execute()
	must(err)
	rows := []string{}
	for _, row := range page.Data {
		rows = append(rows, row.Member)
	}
	return []any{page.Meta.Total, rows}
}

func commitment(client *burdenshare.APIClient) any {
	item, _, err := client.CommitmentsAPI.GetCommitment(ctx, "gbr-2025-02-25-spending-2-5").Execute()
	must(err)
	row := item.Data
	sources := []any{}
	for _, source := range row.Sources {
		sources = append(sources, []any{source.Publisher, source.Url})
	}
	return []any{row.Member.Get(), row.MadeOn, row.Value.Get(), row.ValueMax.Get(), row.Unit.Get(),
		row.DueYear.Get(), row.SupersededBy.Get(), sources}
}

func pages(client *burdenshare.APIClient) any {
	request := client.SpendingYearsAPI.ListSpendingYears(ctx).
		Year(2024).
		Sort([]string{"-share_gdp_pct", "member"}).
		Limit(10)
	rows := []any{}
	for count := 1; ; count++ {
		page, _, err := request.Execute()
		must(err)
		for _, row := range page.Data {
			rows = append(rows, []any{row.Member, row.ShareGdpPct.Get()})
		}
		next := page.Links.Next.Get()
		if next == nil {
			return []any{count, rows}
		}
		link, err := url.Parse(*next)
		must(err)
		request = request.Cursor(link.Query().Get("cursor"))
	}
}

func assessments(client *burdenshare.APIClient) any {
	page, _, err := client.AssessmentsAPI.ListAssessments(ctx, "hague-2025-core").Year(2025).Execute()
	must(err)
	rows := []any{}
	for _, row := range page.Data {
		rows = append(rows, []any{row.Member, row.Met, row.WithinRounding, row.Value.Get(), row.GapPp.Get()})
	}
	return []any{page.Meta.MetCount, page.Meta.NotMetCount, rows}
}

func problem(client *burdenshare.APIClient) any {
	_, answer, err := client.SpendingYearsAPI.ListSpendingYears(ctx).Member([]string{"Polnd"}).Execute()
	var failure *burdenshare.GenericOpenAPIError
	if !errors.As(err, &failure) {
		return nil
	}
	found := failure.Model().(burdenshare.Problem)
	return []any{answer.StatusCode, found.Code, found.Errors[0].Name, found.Errors[0].DidYouMean.Get()}
}

func main() {
	client := connect(os.Getenv("BASE_URL"))
	tell("members", members(client))
	tell("spending_years", spendingYears(client))
	tell("two_percent", twoPercent(client))
	tell("commitment", commitment(client))
	tell("pages", pages(client))
	tell("assessments", assessments(client))
	tell("problem", problem(client))

	grown := connect(os.Getenv("GROWN_URL"))
	tell("grown_spending_years", spendingYears(grown))
	tell("grown_commitment", commitment(grown))
}
