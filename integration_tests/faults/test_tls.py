"""TLS is always verified: against the machine's authorities, or those of the environment."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integration_tests.emulator import Emulator
from integration_tests.harness.accounts import ids
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connection
from integration_tests.harness.gateway import Gateway
from integration_tests.harness.relay import Relay


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate of this host."""

    path: Path
    context: ssl.SSLContext


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """One that no machine trusts by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(signed.public_bytes(pem) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return Certificate(path, context)


def test_a_certificate_that_is_not_trusted_is_refused(
    connection: Connection, tiktok: Emulator, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any token is sent; the message tells how to trust it. Waiting would not help."""
    with Gateway(tiktok, tls=certificate.context) as gateway:
        monkeypatch.setenv(BASE_URL_VARIABLE, gateway.base_url)
        run = connection.run(connection.read_arguments("ads"))

    assert run.exit_status == 1
    assert gateway.heard == []
    assert "certificate" in run.errors[0]["message"]
    assert "REQUESTS_CA_BUNDLE" in run.errors[0]["message"]
    assert run.waited < 1


def test_a_certificate_of_the_own_authority_is_trusted(
    connection: Connection, tiktok: Emulator, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Gateway(tiktok, tls=certificate.context) as gateway:
        monkeypatch.setenv(BASE_URL_VARIABLE, gateway.base_url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))
        run = connection.read("ads")

    assert run.exit_status == 0
    assert {str(record["advertiser_id"]) for record in run.records("ads")} == set(ids(tiktok))


@pytest.mark.parametrize("content", [None, b"no certificate"], ids=["absent", "garbage"])
def test_a_bundle_of_certificates_that_cannot_be_read_is_named(
    connection: Connection,
    tiktok: Emulator,
    certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    content: bytes | None,
) -> None:
    """A mistake of the user, so it is told at once and not tried again."""
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_bytes(content)
    with Gateway(tiktok, tls=certificate.context) as gateway:
        monkeypatch.setenv(BASE_URL_VARIABLE, gateway.base_url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
        run = connection.run(connection.read_arguments("ads"))

    assert run.exit_status == 1
    assert gateway.heard == []
    assert "REQUESTS_CA_BUNDLE" in run.errors[0]["message"]
    assert run.waited < 1


@pytest.mark.usefixtures("bare_environment")
def test_a_connection_that_breaks_in_its_handshake_is_made_again(
    connection: Connection, tiktok: Emulator, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = connection.read_arguments("ads")
    with Gateway(tiktok, tls=certificate.context) as gateway:
        host, _, port = gateway.address.partition(":")
        relay = Relay((host, int(port)), rude=1)
        monkeypatch.setenv(BASE_URL_VARIABLE, gateway.base_url.replace(port, str(relay.port)))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))
        run = connection.run(arguments)

    assert run.exit_status == 0, run.errors
