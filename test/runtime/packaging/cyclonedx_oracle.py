"""Validates a bill of materials by CycloneDX's own schema and reads it back; prints what was found as JSON."""

import json, sys

from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

text = sys.stdin.read()
fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
if fault is not None:
    sys.exit(f"not valid: {fault}")
bom = Bom.from_json(data=json.loads(text))
print(
    json.dumps(
        {
            "about": [bom.metadata.component.type.value, bom.metadata.component.name],
            "components": {
                component.name: {
                    "type": component.type.value,
                    "version": component.version,
                    "purl": component.purl and PackageURL.from_string(str(component.purl)).to_dict(),
                    "hashes": [f"{each.alg.value}:{each.content}" for each in component.hashes],
                    "licenses": sorted(getattr(each, "value", None) or each.name for each in component.licenses),
                }
                for component in bom.components
            },
            "model": [f"{each.alg.value}:{each.content}" for each in bom.metadata.component.hashes],
            "dependencies": {
                str(each.ref): sorted(str(one.ref) for one in each.dependencies) for each in bom.dependencies
            },
        }
    )
)
