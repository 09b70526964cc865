"""The peers, each a small application as its users would write it, well configured.

They run in build/bench/venv, apart from the bare workers, which run in the service's own
environment. BENCH_DATABASE is the PostgreSQL with the tables of bench/stores.py, BENCH_STATIC the
folder with the constant answers.
"""
