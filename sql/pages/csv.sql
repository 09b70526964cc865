-- All rows in order, as lines of CSV written by PostgreSQL.
COPY (
    SELECT {texts}
    FROM (SELECT {values} FROM ({query}) AS matching ORDER BY {order}) AS found
) TO STDOUT (FORMAT csv, ENCODING 'UTF8')
