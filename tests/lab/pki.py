"""Certificates of the lab: authorities, origins, impersonations."""
import base64
import datetime
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PEM = serialization.Encoding.PEM


def now():
    return datetime.datetime.utcnow().replace(microsecond=0)


def name(cn, org=None):
    a = [x509.NameAttribute(NameOID.COMMON_NAME, cn)]
    if org:
        a.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, org))
    return x509.Name(a)


def new_key(kind="ec"):
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def pem_key(key):
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


class Authority:
    def __init__(self, cn, org=None, kind="ec", parent=None):
        self.key, self.subject, self.parent = new_key(kind), name(cn, org), parent
        signer = parent or self
        self.cert = (
            x509.CertificateBuilder().subject_name(self.subject)
            .issuer_name(signer.subject).public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now() - datetime.timedelta(days=400))
            .not_valid_after(now() + datetime.timedelta(days=3000))
            .add_extension(x509.BasicConstraints(True, None), True)
            .add_extension(x509.KeyUsage(True, False, False, False, False,
                                         True, True, False, False), True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(
                self.key.public_key()), False)
            .sign(signer.key, hashes.SHA256()))

    def pem(self):
        return self.cert.public_bytes(PEM)

    def issue(self, names, key=None, since=-30, until=300, public=False):
        """A leaf: days relative to today; public adds what public CAs add."""
        key = key or new_key()
        day = datetime.timedelta(days=1)
        b = (x509.CertificateBuilder().subject_name(name(names[0][:64]))
             .issuer_name(self.subject).public_key(key.public_key())
             .serial_number(x509.random_serial_number())
             .not_valid_before(now() + since * day)
             .not_valid_after(now() + until * day)
             .add_extension(x509.BasicConstraints(False, None), True)
             .add_extension(x509.SubjectAlternativeName(
                 [x509.DNSName(n) for n in names]), False)
             .add_extension(x509.ExtendedKeyUsage(
                 [ExtendedKeyUsageOID.SERVER_AUTH]), False)
             .add_extension(
                 x509.AuthorityKeyIdentifier.from_issuer_public_key(
                     self.key.public_key()), False))
        if public:
            b = b.add_extension(x509.AuthorityInformationAccess([
                x509.AccessDescription(
                    x509.oid.AuthorityInformationAccessOID.OCSP,
                    x509.UniformResourceIdentifier("http://ocsp.ca.example"))
            ]), False)
        return key, b.sign(self.key, hashes.SHA256())

    def chain(self):
        """What a server sends above its leaf: intermediates only."""
        return self.pem() if self.parent else b""


def spki_pin(cert):
    der = cert.public_key().public_bytes(
        serialization.Encoding.DER,
        serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def sha256(cert):
    return cert.fingerprint(hashes.SHA256()).hex()
