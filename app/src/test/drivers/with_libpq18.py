"""libpq of PostgreSQL 18: shows the token by OAUTHBEARER and speaks protocol 3.2. Its own device flow
is left out; a hook hands it the token, as a program does that has one. Argument: libpq's folder."""
import ctypes
import os
import sys

lib = sys.argv[1]
for needed in ("libcrypto.so.1.1", "libssl.so.1.1"):
    ctypes.CDLL(os.path.join(lib, needed), mode=ctypes.RTLD_GLOBAL)
pq = ctypes.CDLL(os.path.join(lib, "libpq.so.5"))
assert pq.PQlibVersion() >= 180000, pq.PQlibVersion()

POINTER, TEXT = ctypes.c_void_p, ctypes.c_char_p
for name, result, arguments in (
        ("PQconnectdb", POINTER, [TEXT]), ("PQerrorMessage", TEXT, [POINTER]),
        ("PQstatus", ctypes.c_int, [POINTER]), ("PQfullProtocolVersion", ctypes.c_int, [POINTER]),
        ("PQexec", POINTER, [POINTER, TEXT]), ("PQresultErrorMessage", TEXT, [POINTER]),
        ("PQgetvalue", TEXT, [POINTER, ctypes.c_int, ctypes.c_int]), ("PQfinish", None, [POINTER])):
    function = getattr(pq, name)
    function.restype, function.argtypes = result, arguments


class Request(ctypes.Structure):  # PGoauthBearerRequest
    _fields_ = [("openid_configuration", TEXT), ("scope", TEXT), ("async_", POINTER),
                ("cleanup", POINTER), ("token", POINTER), ("user", POINTER)]


TOKEN = os.environ.pop("PGPASSWORD")
shown = None
asked = 0


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, POINTER, POINTER)
def hook(kind, _, data):
    global asked
    if kind != 1:  # PQAUTHDATA_OAUTH_BEARER_TOKEN
        return 0
    asked += 1
    ctypes.cast(data, ctypes.POINTER(Request)).contents.token = ctypes.cast(shown, POINTER)
    return 1


pq.PQsetAuthDataHook(hook)


def connect(token):
    global shown
    shown = ctypes.create_string_buffer(token.encode())
    return pq.PQconnectdb(b"options='-c countersign.auth=oauth' max_protocol_version=latest"
                          b" oauth_client_id=a-program require_auth=oauth"
                          b" oauth_issuer=https://localhost/.well-known/openid-configuration")


connection = connect(TOKEN)
assert pq.PQstatus(connection) == 0, pq.PQerrorMessage(connection).decode()
assert asked == 1, asked
assert pq.PQfullProtocolVersion(connection) == 30002, pq.PQfullProtocolVersion(connection)
rows = pq.PQexec(connection, b"select count(*) from people where ssn is not null")
assert pq.PQgetvalue(rows, 0, 0) == b"1200", pq.PQresultErrorMessage(rows)
refused = pq.PQexec(connection, b"drop table payments")
assert b"ERROR" in pq.PQresultErrorMessage(refused)
rows = pq.PQexec(connection, b"select ssn from people where id = 1")
assert b"masked" in pq.PQgetvalue(rows, 0, 0)
pq.PQfinish(connection)

connection = connect("x" + TOKEN)
assert pq.PQstatus(connection) == 1
assert asked == 2, asked
pq.PQfinish(connection)
print("the end")
