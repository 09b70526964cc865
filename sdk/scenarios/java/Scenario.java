import burdenshare.ApiClient;
import burdenshare.ApiException;
import burdenshare.api.AssessmentsApi;
import burdenshare.api.CommitmentsApi;
import burdenshare.api.MembersApi;
import burdenshare.api.SpendingYearsApi;
import burdenshare.model.Problem;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Calls the service through the client that openapi-generator makes for Java. */
public class Scenario {
    private final ApiClient client = new ApiClient();

    Scenario(String url) {
        client.updateBaseUri(url);
    }

    static void tell(String fact, Object value) throws Exception {
        System.out.println(
                ApiClient.createDefaultObjectMapper()
                        .writeValueAsString(Map.of("fact", fact, "value", value)));
    }

    static List<Object> row(Object... values) {
        return Arrays.asList(values);
    }

    Object members() throws ApiException {
        var request = MembersApi.APIListMembersRequest.newBuilder().build();
        return new MembersApi(client)
                .listMembers(request).getData().stream()
                .map(member -> row(
                        member.getCode(),
                        member.getName(),
                        member.getAliases(),
                        member.getAccededOn(),
                        member.getEuMemberUntil(),
                        member.getHasArmedForces()))
                .toList();
    }

    Object spendingYears() throws ApiException {
        var request = SpendingYearsApi.APIListSpendingYearsRequest.newBuilder()
                .member(List.of("ISL", "POL", "USA"))
                .stage(List.of("actual", "estimate"))
                .yearGte(2023)
                .build();
        return new SpendingYearsApi(client)
                .listSpendingYears(request).getData().stream()
                .map(year -> row(
                        year.getMember(),
                        year.getYear(),
                        year.getStage(),
                        year.getShareGdpPct(),
                        year.getSpendingUsdMCurrent(),
                        year.getPersonnelThousands(),
                        year.getMissing().stream()
                                .map(missing -> row(missing.getField(), missing.getReason()))
                                .toList()))
                .toList();
    }

    Object twoPercent() throws ApiException {
        var request = SpendingYearsApi.APIListSpendingYearsRequest.newBuilder()
                .year(2024)
                .shareGdpPctGte(2.0)
                .build();
        var page = new SpendingYearsApi(client).listSpendingYears(request);
        var members = page.getData().stream().map(year -> year.getMember()).toList();
        return row(page.getMeta().getTotal(), members);
    }

    Object commitment() throws ApiException {
        var request = CommitmentsApi.APIGetCommitmentRequest.newBuilder()
                .commitment("gbr-2025-02-25-spending-2-5")
                .build();
        var found = new CommitmentsApi(client).getCommitment(request).getData();
        return row(
                found.getMember(),
                found.getMadeOn(),
                found.getValue(),
                found.getValueMax(),
                found.getUnit(),
                found.getDueYear(),
                found.getSupersededBy(),
                found.getSources().stream()
                        .map(source -> row(source.getPublisher(), source.getUrl()))
                        .toList());
    }

    Object pages() throws ApiException {
        var request = SpendingYearsApi.APIListSpendingYearsRequest.newBuilder()
                .year(2024)
                .sort(List.of("-share_gdp_pct", "member"))
                .limit(10);
        var rows = new ArrayList<Object>();
        for (int count = 1; ; count++) {
            var page = new SpendingYearsApi(client).listSpendingYears(request.build());
            page.getData().forEach(year -> rows.add(row(year.getMember(), year.getShareGdpPct())));
            String next = page.getLinks().getNext();
            if (next == null) {
                return row(count, rows);
            }
            request.cursor(cursorOf(next));
        }
    }

    static String cursorOf(String link) {
        return Arrays.stream(URI.create(link).getQuery().split("&"))
                .filter(pair -> pair.startsWith("cursor="))
                .map(pair -> pair.substring("cursor=".length()))
                .findFirst()
                .orElseThrow();
    }

    Object assessments() throws ApiException {
        var request = AssessmentsApi.APIListAssessmentsRequest.newBuilder()
                .target("hague-2025-core")
                .year(2025)
                .build();
        var page = new AssessmentsApi(client).listAssessments(request);
        return row(
                page.getMeta().getMetCount(),
                page.getMeta().getNotMetCount(),
                page.getData().stream()
                        .map(found -> row(
                                found.getMember(),
                                found.getMet(),
                                found.getWithinRounding(),
                                found.getValue(),
                                found.getGapPp()))
                        .toList());
    }

    Object problem() throws Exception {
        var request = SpendingYearsApi.APIListSpendingYearsRequest.newBuilder()
                .member(List.of("Polnd"))
                .build();
        try {
            return new SpendingYearsApi(client).listSpendingYears(request);
        } catch (ApiException error) {
            var found = ApiClient.createDefaultObjectMapper()
                    .readValue(error.getResponseBody(), Problem.class);
            var first = found.getErrors().get(0);
            return row(error.getCode(), found.getCode(), first.getName(), first.getDidYouMean());
        }
    }

    public static void main(String[] arguments) throws Exception {
        var service = new Scenario(System.getenv("BASE_URL"));
        tell("members", service.members());
        tell("spending_years", service.spendingYears());
        tell("two_percent", service.twoPercent());
        tell("commitment", service.commitment());
        tell("pages", service.pages());
        tell("assessments", service.assessments());
        tell("problem", service.problem());

        var grown = new Scenario(System.getenv("GROWN_URL"));
        tell("grown_spending_years", grown.spendingYears());
        tell("grown_commitment", grown.commitment());
    }
}
