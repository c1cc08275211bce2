"""Where a node is and how a line to it is secured; and, where there is none, why."""

import socket
import ssl

from kerma.net.node.faults import NodeFault, Rejected, Unreachable
from kerma.store.models import RemoteNode


def host_of(node: RemoteNode) -> str:
    """Return the host name of a node, else its address.

    Raises
    ------
    Rejected
        If it has neither.
    """
    host = node.host_name.strip() or node.address.strip()
    if not host:
        raise Rejected(f"The node {node.name} has neither host name nor address. Enter one.")
    return host


def tls_context(node: RemoteNode) -> ssl.SSLContext:
    """Return how to secure the line: the node must show a certificate of the authority named.

    The certificate need not name the host: DICOM nodes are often reached by bare addresses. The
    authority may be the node's own certificate.

    Raises
    ------
    Rejected
        If a file named in the settings cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=node.tls_authority or None)
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if node.tls_certificate:
            context.load_cert_chain(node.tls_certificate, node.tls_key or None)
    except OSError as error:
        raise Rejected(
            f"A TLS file of the node {node.name} cannot be used: {error.strerror or error}. "
            "Check the paths of authority, certificate and key."
        ) from None
    return context


def reach(node: RemoteNode) -> None:
    """Connect to a node and hang up, to learn why where that fails: pynetdicom does not say.

    Raises
    ------
    Unreachable
        If there is no connection, with the reason.
    """
    _line(node).close()


def diagnose(node: RemoteNode) -> NodeFault:
    """Return why a node that can be reached takes no association."""
    try:
        with _line(node) as line:
            return _over(line, node, host_of(node))
    except Unreachable as fault:
        return fault


def _line(node: RemoteNode) -> socket.socket:
    host = host_of(node)
    try:
        return socket.create_connection((host, node.port), timeout=min(node.timeout_s, 10))
    except socket.gaierror:
        sentence = f"The name {host} cannot be resolved. Check it, or enter an address."
    except ConnectionRefusedError:
        sentence = f"Nothing listens at {host} on port {node.port}: the connection was refused."
    except TimeoutError:
        sentence = f"{host} does not answer on port {node.port}: timed out."
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        sentence = f"{host} on port {node.port} cannot be reached: {reason}."
    raise Unreachable(sentence)


def _over(line: socket.socket, node: RemoteNode, host: str) -> NodeFault:
    """Return what is wrong though the line stands."""
    if node.tls:
        try:
            tls_context(node).wrap_socket(line, server_hostname=host).close()
        except ssl.SSLCertVerificationError as error:
            return Rejected(
                f"TLS failed: the certificate of the node is not accepted "
                f"({error.verify_message}). Check the authority in its settings."
            )
        except (ssl.SSLError, OSError) as error:
            return Rejected(f"TLS failed: {_reason(error)}. Does the node use TLS on this port?")
    return Unreachable(
        f"{host} takes the connection on port {node.port}, but does not answer as a DICOM node "
        "would. Check the port, and whether it wants TLS."
    )


def _reason(error: OSError) -> str:
    found = getattr(error, "reason", "") or error.strerror or str(error)
    return str(found).replace("_", " ").lower()
