"""The peers, each a small application as its users would write it, well configured.

They run in build/bench/venv, apart from the bare worker, which runs in the service's own
environment. BENCH_DATABASE is the PostgreSQL with the tables of bench/stores.py, BENCH_ANSWERED the
folder with the answers of the service.
"""
