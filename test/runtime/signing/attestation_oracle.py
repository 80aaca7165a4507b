"""What securesystemslib and in-toto-attestation make of DSSE envelopes, in-toto statements and SLSA verification summaries.

Reads a JSON list of requests from standard input, writes a JSON list of answers.
"""

import base64
import json
import sys

from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.predicates.vsa.v1 import vsa_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey


def sign(request):
    private = load_pem_private_key(request["privateKey"].encode(), None)
    key = SSlibKey.from_crypto(private.public_key(), request["keyid"])
    envelope = Envelope(request["payload"].encode(), request["payloadType"], {})
    envelope.sign(CryptoSigner(private, key))
    return envelope.to_dict()


def verify(request):
    key = SSlibKey.from_crypto(load_pem_public_key(request["publicKey"].encode()), request["keyid"])
    envelope = Envelope.from_dict(request["envelope"])
    try:
        return sorted(envelope.verify([key], 1))
    except VerificationError:
        return []


def read_statement(request):
    """The statement as the protocol buffer of the specification reads it: a field it does not know is an error."""
    text = base64.b64decode(request["envelope"]["payload"])
    proto = json_format.Parse(text, statement_pb2.Statement())
    Statement.copy_from_pb(proto).validate()
    return {
        "type": proto.type,
        "predicateType": proto.predicate_type,
        "subject": [{"name": each.name, "digest": dict(each.digest)} for each in proto.subject],
    }


def read_summary(request):
    """The predicate as SLSA's protocol buffer reads it, with the two differences to SLSA 1.1, whose text is canonical:

    `verifiedLevels` is an array there and one string here, and `verifier.version` is younger than this file.
    """
    predicate = json.loads(base64.b64decode(request["envelope"]["payload"]))["predicate"]
    version = predicate["verifier"].pop("version")
    assert all(isinstance(each, str) for each in version.values())
    [level] = predicate["verifiedLevels"]
    proto = json_format.ParseDict({**predicate, "verifiedLevels": level}, vsa_pb2.VerificationSummary())
    return json_format.MessageToDict(proto)


answers = {"sign": sign, "verify": verify, "readStatement": read_statement, "readSummary": read_summary}
json.dump([answers[each["ask"]](each) for each in json.load(sys.stdin)], sys.stdout)
