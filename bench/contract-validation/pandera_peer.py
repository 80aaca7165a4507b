"""The same twenty checks with pandera on polars, in one schema and one process, and what that cost."""

import json
import resource
import sys

import pandera.polars as pa
import polars as pl

ge, le, lt, isin = pa.Check.ge, pa.Check.le, pa.Check.lt, pa.Check.isin
schema = pa.DataFrameSchema(
    {
        "id": pa.Column(unique=True),
        "person": pa.Column(pl.Int64, ge(1)),
        "year": pa.Column(pl.Int64, [ge(2000), le(2030)]),
        "cost": pa.Column(pl.Float64, [ge(0), le(1_000_000)]),
        "plan": pa.Column(pl.String, [isin(["individual", "family", "group"]), pa.Check.str_length(max_value=12)]),
        "code": pa.Column(
            pl.String, [pa.Check.str_length(min_value=6), pa.Check.str_contains("^[A-Z]{2}[0-9]+$")], nullable=True
        ),
        "age": pa.Column(pl.Float64, [ge(0), lt(120)], nullable=True),
        "female": pa.Column(pl.Int32, isin([0, 1])),
    }
)
frame = pl.read_parquet(sys.argv[1])
assert frame.height > 0
schema.validate(frame, lazy=True)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"cpuSeconds": usage.ru_utime + usage.ru_stime, "peakMegabytes": usage.ru_maxrss / 1024}))
