"""A server by HTTPS at a free port of 127.0.0.1, with a certificate that who is told of it can trust."""

import http.server
import ssl
import subprocess
import threading


def make_certificate(folder):
    """Files (certificate, key) for 127.0.0.1."""
    certificate, key = folder / "server.pem", folder / "server.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
         "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )
    return certificate, key


def secure(server, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)


class SecureServer(http.server.ThreadingHTTPServer):
    """Runs until close(). `handler` is a class of http.server."""

    daemon_threads = True

    def __init__(self, handler, certificate, key):
        super().__init__(("127.0.0.1", 0), handler)
        secure(self, certificate, key)
        self.url = f"https://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # who does not trust the certificate

    def close(self):
        self.shutdown()
        self.server_close()
