-- Figures that differ from the previous release that carries them.
-- Outer joins are left out where only the rows are counted; of each there is one.
SELECT
    comparison.area,
    area.kind AS area_kind,
    comparison.indicator,
    comparison.year,
    indicator.unit,
    comparison.source,
    comparison.from_release,
    comparison.to_release,
    comparison.from_value,
    comparison.to_value,
    comparison.delta,
    comparison.delta_pct,
    abs(comparison.delta) AS magnitude,
    abs(comparison.delta_pct) AS magnitude_pct,
    comparison.from_stage,
    comparison.to_stage,
    comparison.kind
FROM comparison
LEFT JOIN area ON comparison.area = area.code
LEFT JOIN indicator ON comparison.indicator = indicator.id
WHERE
    comparison.kind <> 'unchanged'
    AND (%(release)s::text[] IS NULL OR comparison.to_release = any(%(release)s))
