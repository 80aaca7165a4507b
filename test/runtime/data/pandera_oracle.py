"""Checks generated cases with pandera on polars: breaking rows by place in the contract, as JSON."""

import json
import sys

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors


def breaking_rows(frame, name, nullable=True, unique=False, check=None):
    """Rows of one column that break one rule, each rule in a schema of its own so that counts stay apart."""
    column = pa.Column(nullable=nullable, unique=unique, checks=[check] if check is not None else None)
    try:
        pa.DataFrameSchema({name: column}).validate(frame, lazy=True)
        return 0
    except SchemaErrors as errors:
        cases = errors.failure_cases
        # A value that repeats is listed with every row that holds it; Slipway counts values.
        return cases["failure_case"].n_unique() if unique else len(cases)


def judge(case):
    frame = pl.read_parquet(case["data"])
    found = {}
    for index, prop in enumerate(case["contract"]["schema"][0]["properties"]):
        place = f"schema[0].properties[{index}]"
        name = prop["name"]
        options = prop.get("logicalTypeOptions", {})

        def bound(key):
            value = options[key]
            return pl.Series([value]).str.to_date()[0] if prop["logicalType"] == "date" else value

        checks = {
            "minimum": lambda: pa.Check.ge(bound("minimum")),
            "maximum": lambda: pa.Check.le(bound("maximum")),
            "exclusiveMaximum": lambda: pa.Check.lt(bound("exclusiveMaximum")),
            "minLength": lambda: pa.Check.str_length(min_value=options["minLength"]),
            "maxLength": lambda: pa.Check.str_length(max_value=options["maxLength"]),
            "pattern": lambda: pa.Check.str_contains(options["pattern"]),
        }
        for key in options:
            found[f"{place}.logicalTypeOptions.{key}"] = breaking_rows(frame, name, check=checks[key]())
        if prop.get("required"):
            found[f"{place}.required"] = breaking_rows(frame, name, nullable=False)
        if prop.get("unique"):
            found[f"{place}.unique"] = breaking_rows(frame, name, unique=True)
        for at, rule in enumerate(prop.get("quality", [])):
            if rule["metric"] == "nullValues":
                count = breaking_rows(frame, name, nullable=False)
            else:
                count = breaking_rows(frame, name, check=pa.Check.isin(rule["arguments"]["validValues"]))
            found[f"{place}.quality[{at}]"] = count
    return found


with open(sys.argv[1]) as cases:
    print(json.dumps([judge(case) for case in json.load(cases)]))
