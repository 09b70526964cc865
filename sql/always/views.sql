-- Views that requests read. The last file: replacing a view locks its readers out until the commit.

-- Who belongs to a named group of members, and in which years: on the last day of each.
CREATE OR REPLACE VIEW group_member AS
SELECT
    named.group_id,
    member.code AS member,
    CASE
        WHEN named.group_id = 'eu-members'
            THEN extract(YEAR FROM greatest(member.acceded_on, member.eu_member_since))
        ELSE extract(YEAR FROM member.acceded_on)
    END AS year_first,
    CASE
        WHEN named.group_id = 'eu-members' THEN extract(YEAR FROM member.eu_member_until) - 1
    END AS year_last -- null: to this day
FROM member
INNER JOIN (
    VALUES
    ('nato'), ('nato-excl-usa'), ('nato-europe'), ('nato-europe-canada'), ('eu-members')
) AS named (group_id)
    ON CASE named.group_id
        WHEN 'nato' THEN true
        WHEN 'nato-europe' THEN member.region = 'europe'
        WHEN 'eu-members' THEN member.eu_member_since IS NOT NULL
        ELSE member.code <> 'USA'
    END;
