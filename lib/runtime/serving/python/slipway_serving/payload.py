"""From a request's body to rows, by MLflow's scoring protocol; whatever is wrong with it is the client's mistake."""

import io
import json

from mlflow.exceptions import MlflowException
from mlflow.pyfunc.scoring_server import CONTENT_TYPE_CSV, CONTENT_TYPE_JSON, SUPPORTED_FORMATS
from mlflow.pyfunc.scoring_server import infer_and_parse_data, parse_csv_input

from .answers import ClientMistake
from .lossless import refuse_lossy
from .score import RowsRefused, row_count, typed_rows

FORMATS = ", ".join(sorted(SUPPORTED_FORMATS))


def rows_of(body, content_type, model):
    """The rows of a request as the model's signature types them. Raises ClientMistake."""
    mime_type, charset = parse_content_type(content_type)
    if charset != "utf-8":
        raise ClientMistake("the only charset is UTF-8", status=415)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise ClientMistake("the body is not UTF-8") from None
    if text.strip() == "":
        raise ClientMistake("the body is empty")
    schema = model.metadata.get_input_schema()
    try:
        if mime_type == CONTENT_TYPE_JSON:
            fields = json_fields(text)
            rows = infer_and_parse_data(fields, schema)
            refuse_lossy(fields, schema)
        elif mime_type == CONTENT_TYPE_CSV:
            rows = parse_csv_input(io.StringIO(text), schema)
        else:
            raise ClientMistake(f"content types are {CONTENT_TYPE_JSON} and {CONTENT_TYPE_CSV}", status=415)
        rows = typed_rows(model, rows)
    except MlflowException as error:
        raise ClientMistake(error.message) from error
    except RowsRefused as error:
        raise ClientMistake(str(error)) from error
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        # MLflow's parsers let some malformed shapes through to pandas and numpy.
        raise ClientMistake("the body cannot be read as rows") from error
    if row_count(rows) == 0:
        raise ClientMistake("the request holds no row")
    return rows


def parse_content_type(content_type):
    """Type and charset, in lower case; a request that names no type is taken for JSON."""
    mime_type, _, parameters = (content_type or CONTENT_TYPE_JSON).lower().partition(";")
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "charset":
            return mime_type.strip(), value.strip('"')
    return mime_type.strip(), "utf-8"


def json_fields(text):
    """The one field with rows, under its name."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise ClientMistake(f"the body is no JSON{where}") from None
    if not isinstance(document, dict):
        raise ClientMistake(f"the body must be a JSON object with one of {FORMATS}")
    if document.get("params") not in (None, {}):
        # The gate judged the model as it scores without any.
        raise ClientMistake("params are not supported")
    fields = {name: value for name, value in document.items() if name in SUPPORTED_FORMATS}
    if len(fields) != 1:
        raise ClientMistake(f"the body must hold exactly one of {FORMATS}")
    return fields
