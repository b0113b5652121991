"""Errors the API answers with, and the return codes the emulator uses."""

SUCCESS, PARTIAL_SUCCESS = 0, 20001
NO_PERMISSION = 40001
BAD_PARAMETER = 40002
NO_SUCH_OBJECT = 40007
NOT_IN_SANDBOX = 40008
NO_SANDBOX_PARAMETER = 40009
TOO_MANY_IDS = 40011
NO_SANDBOX_ADVERTISER = 40013
NO_SANDBOX_FUNCTION = 40014
TOO_LARGE = 40067
RATE_LIMITED = 40100
BAD_SECRET = 40101
EMPTY_TOKEN = 40104
WRONG_TOKEN = 40105
WRONG_APP = 40113
NOT_ALLOW_LISTED = 40118
ADVERTISER_LIMITED = 40133
TASK_FAILED, TASK_NOT_READY = 40200, 40201
NO_SUCH_ADVERTISER = 40300


class ApiError(Exception):
    """A request the API refuses with HTTP 200, a return code and a message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def refuse(message: str) -> ApiError:
    """Return the error of a wrong parameter."""
    return ApiError(BAD_PARAMETER, message)
