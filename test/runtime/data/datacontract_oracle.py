"""Checks generated cases with datacontract-cli: measured values by place in the contract, as JSON."""

import json
import logging
import sys

import yaml
from datacontract.data_contract import DataContract

logging.disable(logging.CRITICAL)

KEYS = {
    "field_minimum": "logicalTypeOptions.minimum",
    "field_maximum": "logicalTypeOptions.maximum",
    "field_not_equal": "logicalTypeOptions.exclusiveMaximum",
    "field_min_length": "logicalTypeOptions.minLength",
    "field_max_length": "logicalTypeOptions.maxLength",
    "field_regex": "logicalTypeOptions.pattern",
    "field_required": "required",
    "field_unique": "unique",
    "field_null_values": "quality[0]",
    "field_invalid_values": "quality[0]",
}


def judge(case):
    contract = dict(case["contract"])
    contract["servers"] = [{"server": "local", "type": "local", "path": case["data"], "format": "parquet"}]
    text = yaml.safe_dump(contract, sort_keys=False)
    lint = DataContract(data_contract_str=text).lint()
    run = DataContract(data_contract_str=text, server="local").test()
    properties = contract["schema"][0]["properties"]
    found = {"lint": str(getattr(lint.result, "value", lint.result)), "unmapped": []}
    for check in run.checks:
        if check.type == "row_count" or check.type.startswith("model_") or check.type in ("field_is_present", "field_type"):
            continue
        key = KEYS.get(check.type)
        index = next((i for i, each in enumerate(properties) if each["name"] == check.field), None)
        if key is None or index is None:
            found["unmapped"].append(check.type)
            continue
        if key.endswith("maximum") and "exclusiveMaximum" in properties[index].get("logicalTypeOptions", {}):
            # datacontract-cli runs an exclusive limit as two checks: not above, and not equal.
            key = "logicalTypeOptions.exclusiveMaximum"
        place = f"schema[0].properties[{index}].{key}"
        found[place] = found.get(place, 0) + int((check.diagnostics or {}).get("value") or 0)
    return found


with open(sys.argv[1]) as cases:
    print(json.dumps([judge(case) for case in json.load(cases)]))
