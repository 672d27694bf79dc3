"""https: the certificate and key of the settings, tried before the server starts."""

from __future__ import annotations

import ssl
from pathlib import Path

from app.settings import ServerSettings
from corpus.errors import SettingsError


def open_tls(server: ServerSettings) -> ssl.SSLContext | None:
    """Take the certificate and its key; None where the settings name none, and the page is plain http.

    Raises:
        SettingsError: a file is missing, cannot be read or is not what it should be, or the two do not belong together.
    """
    if server.tls_cert is None or server.tls_key is None:
        return None
    cert, key = server.tls_cert.expanduser(), server.tls_key.expanduser()
    for name, path, mark in (("tls_cert", cert, b"CERTIFICATE-----"), ("tls_key", key, b"PRIVATE KEY-----")):
        if mark not in _content(name, path):
            wanted = "证书" if name == "tls_cert" else "私钥"
            raise SettingsError(f"设置 server.{name} 的文件“{path}”不是 PEM 格式的{wanted}；请换成正确的文件")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(cert, key, password=_no_password)
    except (ssl.SSLError, ValueError) as error:
        raise SettingsError(_fault(cert, key, error)) from error
    return context


def _content(name: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"设置 server.{name} 的文件“{path}”读不出（{error.strerror}）；请检查路径和权限") from error


def _no_password() -> str:
    """Without it the library would ask at the terminal, which a service does not have."""
    raise ValueError("the key has a password")


def _fault(cert: Path, key: Path, error: ssl.SSLError | ValueError) -> str:
    if isinstance(error, ssl.SSLError):
        if error.reason == "KEY_VALUES_MISMATCH":
            return f"证书“{cert}”与私钥“{key}”不是一对；请改正 server.tls_cert 或 server.tls_key"
        return f"证书“{cert}”或私钥“{key}”读不懂（{error.reason or 'SSL'}）；请换成完好的 PEM 文件"
    return f"私钥“{key}”有口令，服务启动时无法输入；请换成没有口令的私钥文件，并只让运行安问的用户可读"
