"""The stores that receive over DICOM: whether the receiver has their ports, and what came last."""

import socket
from collections.abc import Iterator

from django.db.models import Max

from kerma.health import base
from kerma.health.base import Fact, State
from kerma.health.words import lasting, now
from kerma.store.models import Arrival, LocalStore
from kerma.store.processes import living


def _look() -> Iterator[Fact]:
    stores = list(LocalStore.objects.filter(enabled=True, is_ours=True).order_by("name"))
    if not stores:
        yield Fact("stores", "Stores", "none is set up")
        return
    latest = dict(
        Arrival.objects.filter(store__in=[store.ae_title for store in stores])
        .values_list("store")
        .annotate(Max("arrived_at"))
    )
    receivers = [process.status for process in living("receive")]
    ports = {port["port"] for status in receivers for port in status.get("ports", ())}
    troubles = [said for status in receivers for said in status.get("troubles", ())]
    for store in stores:
        last = latest.get(store.ae_title)
        ago = f"last object {lasting((now() - last).total_seconds())} ago" if last else "no object"
        if store.port in ports:
            yield Fact(f"store-{store.pk}", _label(store), f"receiving, {ago}")
        else:
            yield _closed(store, ago, [said for said in troubles if f" {store.port} " in said])


def _closed(store: LocalStore, ago: str, troubles: list[str]) -> Fact:
    """Return why nothing is received for a store: in the receiver's words, if it is alive."""
    name, label = f"store-{store.pk}", _label(store)
    if troubles:
        return Fact(name, label, f"not receiving, {ago}", State.OVER, troubles[0])
    if is_taken(store.address, store.port):
        advice = (
            f"Port {store.port} of the store {store.name} is in use by another program, so the "
            "receiver could not have it. End that program, or give the store another port."
        )
        return Fact(name, label, "port taken by another program", State.OVER, advice)
    advice = (
        f"Nothing receives for the store {store.name} on port {store.port}; "
        "start the receiver with `kerma receive`, or all of Kerma with `kerma run`."
    )
    return Fact(name, label, f"not receiving, {ago}", State.OVER, advice)


def _label(store: LocalStore) -> str:
    return f"{store.name} ({store.ae_title}, port {store.port})"


def is_taken(address: str, port: int) -> bool:
    """Return whether a program of this machine listens on the port; no peer is disturbed."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except PermissionError:
            return False
        except OSError:
            return True
    return False


base.add(base.Area("stores", "Receivers", 35, _look))
