-- Figures that differ from the previous release that carries them. A null parameter does not filter.
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
    AND (%(source)s::text IS NULL OR comparison.source = %(source)s)
    AND (%(release)s::text[] IS NULL OR comparison.to_release = any(%(release)s))
    AND (%(kind)s::text[] IS NULL OR comparison.kind = any(%(kind)s))
    AND (%(area)s::text[] IS NULL OR comparison.area = any(%(area)s))
    AND (%(area_kind)s::text IS NULL OR area.kind = %(area_kind)s)
    AND (%(indicator)s::text[] IS NULL OR comparison.indicator = any(%(indicator)s))
    AND (%(year)s::int4range IS NULL OR comparison.year <@ %(year)s::int4range)
    AND (%(from_release)s::text[] IS NULL OR comparison.from_release = any(%(from_release)s))
    AND (%(to_release)s::text[] IS NULL OR comparison.to_release = any(%(to_release)s))
    AND (%(from_stage)s::text[] IS NULL OR comparison.from_stage = any(%(from_stage)s))
    AND (%(to_stage)s::text[] IS NULL OR comparison.to_stage = any(%(to_stage)s))
    AND (%(from_value)s::numrange IS NULL OR comparison.from_value <@ %(from_value)s::numrange)
    AND (%(to_value)s::numrange IS NULL OR comparison.to_value <@ %(to_value)s::numrange)
    AND (%(delta)s::numrange IS NULL OR comparison.delta <@ %(delta)s::numrange)
    AND (%(delta_pct)s::numrange IS NULL OR comparison.delta_pct <@ %(delta_pct)s::numrange)
    AND (%(magnitude)s::numrange IS NULL OR abs(comparison.delta) <@ %(magnitude)s::numrange)
    AND (
        %(magnitude_pct)s::numrange IS NULL
        OR abs(comparison.delta_pct) <@ %(magnitude_pct)s::numrange
    )
