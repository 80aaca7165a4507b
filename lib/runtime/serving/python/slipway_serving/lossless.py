"""Refuses numbers that MLflow's parser would change without a word: 1.5 for a whole number, "no" for a truth value."""

from mlflow.types import DataType

from .answers import ClientMistake

RANGES = {DataType.integer: (-(2**31), 2**31 - 1), DataType.long: (-(2**63), 2**63 - 1)}


def refuse_lossy(fields, schema):
    """`fields`: the one field of a request that was already parsed by the schema. Raises ClientMistake."""
    if schema is None or schema.is_tensor_spec() or not schema.has_input_names():
        return
    for name, type_ in zip(schema.input_names(), schema.input_types()):
        if type_ in RANGES:
            least, most = RANGES[type_]
            check(fields, name, lambda value: whole_within(value, least, most), f"whole number from {least} to {most}")
        elif type_ == DataType.boolean:
            check(fields, name, lambda value: value in (True, False), "truth value")


def check(fields, name, holds, wanted):
    for value in values_of(fields, name):
        if isinstance(value, (int, float, str)) and not holds(value):
            raise ClientMistake(f"column {name} holds {value!r:.40}, which is no {wanted}")


def whole_within(value, least, most):
    try:
        return value == int(value) and least <= value <= most if not isinstance(value, str) else least <= int(value) <= most
    except (ValueError, OverflowError):
        return False


def values_of(fields, name):
    """The values of one column, in whichever of the protocol's forms it came."""
    [(form, data)] = fields.items()
    if form == "dataframe_split":
        columns = data.get("columns") or []
        return [row[columns.index(name)] for row in data["data"]] if name in columns else []
    if isinstance(data, dict):
        values = data.get(name, [])
        return values if isinstance(values, list) else [values]
    return [row[name] for row in data if isinstance(row, dict) and name in row] if isinstance(data, list) else []
