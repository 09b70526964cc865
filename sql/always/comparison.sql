-- The rows that the table comparison is to hold, with its columns in their order.
CREATE OR REPLACE VIEW comparison_of_figures AS
WITH carried AS (
    SELECT
        release.source, observation.area, observation.indicator, observation.year,
        lag(release.id) OVER cell AS from_release, release.id AS to_release,
        lag(observation.value) OVER cell AS from_value, observation.value AS to_value,
        lag(observation.stage) OVER cell AS from_stage, observation.stage AS to_stage,
        lag(spending_year.currency) OVER cell AS from_currency,
        spending_year.currency AS to_currency,
        lag(release.constant_base_year) OVER cell AS from_base_year,
        release.constant_base_year AS to_base_year,
        lag(published.decimals) OVER cell AS from_decimals, published.decimals AS to_decimals
    FROM observation
    INNER JOIN release ON observation.release = release.id
    -- Figures lose the zeros at their end: the longest says in how many decimals all are given.
    INNER JOIN (
        SELECT figure.release, figure.indicator, max(scale(trim_scale(figure.value))) AS decimals
        FROM observation AS figure
        GROUP BY figure.release, figure.indicator
    ) AS published
        ON observation.release = published.release AND observation.indicator = published.indicator
    LEFT JOIN spending_year
        ON observation.release = spending_year.release AND observation.area = spending_year.member
        AND observation.year = spending_year.year
    WHERE observation.value IS NOT NULL
    WINDOW cell AS (
        PARTITION BY release.source, observation.area, observation.indicator, observation.year
        ORDER BY release.published_on
    )
)

SELECT
    carried.source, carried.area, carried.indicator, carried.year,
    carried.from_release, carried.to_release, carried.from_value, carried.to_value,
    carried.to_value - carried.from_value AS delta,
    100 * (carried.to_value - carried.from_value) / nullif(abs(carried.from_value), 0) AS delta_pct,
    carried.from_stage, carried.to_stage,
    CASE
        WHEN carried.from_value = carried.to_value THEN 'unchanged'
        WHEN indicator.unit = 'lcu_m' AND carried.from_currency <> carried.to_currency
            THEN 'currency'
        -- Money alone: a share or a rate of change of constant prices is a pure number.
        WHEN
            indicator.price_basis = 'constant'
            AND indicator.unit IN ('usd_m', 'lcu_m', 'usd', 'usd_k')
            AND carried.from_base_year <> carried.to_base_year
            THEN 'rebase'
        WHEN
            round(carried.from_value, least(carried.from_decimals, carried.to_decimals))
            = round(carried.to_value, least(carried.from_decimals, carried.to_decimals))
            THEN 'precision'
        ELSE 'revision'
    END AS kind
FROM carried
INNER JOIN indicator ON carried.indicator = indicator.id
WHERE carried.from_release IS NOT NULL;
