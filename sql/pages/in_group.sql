-- A condition: a member belongs to the group that is asked for, in a year.
EXISTS (
    SELECT
    FROM group_member
    WHERE
        group_member.group_id = %(group)s::text
        AND group_member.member = {member}
        AND {year} BETWEEN group_member.year_first
        AND coalesce(group_member.year_last, {year})
)
