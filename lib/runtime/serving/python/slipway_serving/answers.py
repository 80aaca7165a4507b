"""What is answered when a prediction is not: `{"error_code": ..., "message": ...}`, the form MLflow's scoring server uses."""

import json

LONGEST_MESSAGE = 500


class ClientMistake(Exception):
    """A request that cannot be answered as it is. The message goes to the client and to nobody else: it may cite the payload."""

    def __init__(self, message, status=400):
        super().__init__(message)
        self.message = message if len(message) <= LONGEST_MESSAGE else message[:LONGEST_MESSAGE] + "..."
        self.status = status
        self.error_code = ERROR_CODES[status]


ERROR_CODES = {
    400: "BAD_REQUEST",
    413: "REQUEST_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    500: "INTERNAL_ERROR",
    503: "TEMPORARILY_UNAVAILABLE",
}


def error_body(status, message):
    return json.dumps({"error_code": ERROR_CODES[status], "message": message}).encode()
