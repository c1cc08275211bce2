"""Forms of local stores and remote nodes: every field with its rules and what it means."""

import ipaddress
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django import forms

from kerma.store.models import LocalStore, RemoteNode
from kerma.store.sealing import seal_text
from kerma.web.forms import PageForm

LAST_PORT = 65535
_NOT_IN_TITLES = re.compile(r"[\\\x00-\x1f\x7f]|[^\x20-\x7e]")
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]*)(\.[A-Za-z0-9_-]+)*\.?\Z")
_SECRETS = {"web_password": "forget_password", "web_token": "forget_token"}
"""Field that is written and never shown -> switch that empties it."""


class TitleField(forms.CharField):
    """An application entity title (PS3.5, value representation AE)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the title; it has 1 to 16 printable characters, and no space around it."""
        title: str = super().clean(value)
        if len(title) > 16:
            raise forms.ValidationError(
                f"An AE title has at most 16 characters, this one has {len(title)}."
            )
        if _NOT_IN_TITLES.search(title):
            raise forms.ValidationError(
                "An AE title has letters, digits and signs of the keyboard, but no backslash."
            )
        if title != title.strip():
            raise forms.ValidationError("An AE title has no spaces at its begin or end.")
        return title


class FileField(forms.CharField):
    """The path of a file on the server."""

    def clean(self, value: Any) -> str:
        """Return the path; there must be a file that Kerma can read."""
        path: str = super().clean(value)
        if not path:
            return path
        if not Path(path).is_absolute():
            raise forms.ValidationError("Write the whole path, from the root on.")
        try:
            with Path(path).open("rb"):
                return path
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise forms.ValidationError(f"This file cannot be read: {reason}.") from error


def _port(**kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=LAST_PORT, **kwargs)


class RowForm(PageForm):
    """A form whose fields are columns of a row that is there, or of a new one."""

    switches = True
    row: LocalStore | RemoteNode

    def __init__(self, row: Any, *args: Any, **kwargs: Any) -> None:
        names = self.base_fields.keys() - _SECRETS.keys() - set(_SECRETS.values())
        kwargs["initial"] = {name: getattr(row, name) for name in names}
        super().__init__(*args, **kwargs)
        self.row = row

    def clean_name(self) -> str:
        """Return the name, which no other row has."""
        name: str = self.cleaned_data["name"]
        others = type(self.row)._default_manager.exclude(pk=self.row.pk)
        if others.filter(name__iexact=name).exists():
            raise forms.ValidationError("This name is taken. Choose another one.")
        return name

    def keep(self) -> None:
        """Write the row."""
        for name, value in self.cleaned_data.items():
            if name not in _SECRETS and name not in _SECRETS.values():
                setattr(self.row, name, value)
        self.row.save()

    def audited(self) -> dict[str, Any]:
        """Return what was changed; of secrets only that they were."""
        return {
            name: "changed" if name in _SECRETS else [old, new] for name, old, new in self.changes()
        }


class StoreForm(RowForm):
    """A store that receives."""

    units = {"max_object_mb": "MB"}

    name = forms.CharField(
        label="Name", max_length=100, help_text="As people call it, for example “Dose store”."
    )
    ae_title = TitleField(
        label="AE title",
        help_text="The DICOM name under which senders know the store: at most 16 letters and "
        "digits, without spaces.",
    )
    port = _port(
        label="Port",
        help_text="104 is DICOM’s own. Ports up to 1023 mostly need more rights than a program "
        "should have, so that many sites choose one such as 8104 or 11112. A firewall between "
        "scanners, PACS and this server must let it pass.",
    )
    enabled = forms.BooleanField(
        required=False, label="Switched on", help_text="Otherwise the port stays shut."
    )
    is_ours = forms.TypedChoiceField(
        label="Who opens the port",
        choices=[("True", "Kerma"), ("False", "Another server (Orthanc)")],
        coerce=lambda text: text == "True",
        widget=forms.RadioSelect,
        help_text="Another server, such as Orthanc, receives in Kerma’s place and hands the "
        "objects on. Its store is needed here too, so that a PACS can be told to send to it. "
        "What is set below is then up to that server.",
    )
    address = forms.CharField(
        required=False,
        label="Address to listen on",
        help_text="An address of this server; empty means all of them. For the store of another "
        "server: where that listens, if not on this one.",
    )
    any_called_title = forms.BooleanField(
        required=False,
        label="Answer to any AE title",
        help_text="Off, senders must call the store by the AE title above.",
    )
    calling_titles = forms.CharField(
        required=False,
        label="AE titles that may send",
        help_text="With commas between them; empty lets anybody send.",
    )
    calling_addresses = forms.CharField(
        required=False,
        label="Addresses that may send",
        help_text="Addresses or networks, as 192.0.2.7 or 192.0.2.0/24, with commas between "
        "them; empty lets anybody send.",
    )
    max_associations = forms.IntegerField(
        label="Associations at the same time", min_value=1, max_value=1000
    )
    max_object_mb = forms.IntegerField(
        label="Largest object",
        min_value=1,
        max_value=1_000_000,
        help_text="Larger ones are refused.",
    )
    tls = forms.BooleanField(
        required=False,
        label="Encrypted (TLS)",
        help_text="Senders then cannot come without it.",
    )
    tls_certificate = FileField(
        required=False, label="Certificate", help_text="Path of the file with the chain, as PEM."
    )
    tls_key = FileField(required=False, label="Key", help_text="Path of the private key, as PEM.")
    tls_client_authority = FileField(
        required=False,
        label="Authority of the senders",
        help_text="Path of the certificate that must have signed those of senders; empty asks "
        "senders for none.",
    )

    def clean_port(self) -> int:
        """Return the port, which no other store has."""
        port: int = self.cleaned_data["port"]
        other = LocalStore.objects.exclude(pk=self.row.pk).filter(port=port).first()
        if other:
            raise forms.ValidationError(f"The store “{other.name}” has this port already.")
        return port

    def clean_address(self) -> str:
        """Return the address to listen on."""
        return _addresses(self.cleaned_data["address"], networks=False)

    def clean_calling_addresses(self) -> str:
        """Return the addresses and networks, each as it is usually written."""
        return _addresses(self.cleaned_data["calling_addresses"], networks=True)

    def clean_calling_titles(self) -> str:
        """Return the titles; each must be one."""
        titles = [part.strip() for part in self.cleaned_data["calling_titles"].split(",")]
        return ", ".join(TitleField().clean(title) for title in titles if title)

    def clean(self) -> dict[str, Any]:
        """Demand certificate and key where TLS is on."""
        given = super().clean() or {}
        if given.get("tls") and given.get("is_ours"):
            for name in ("tls_certificate", "tls_key"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, "With TLS, the store needs this file.")
        return given


class NodeForm(RowForm):
    """A PACS or modality that can be queried."""

    units = {"delay_s": "s", "timeout_s": "s"}
    row: RemoteNode

    name = forms.CharField(
        label="Name", max_length=100, help_text="As people call it, for example “PACS”."
    )
    way = forms.ChoiceField(
        label="How objects are fetched",
        choices=RemoteNode.Way.choices,
        widget=forms.RadioSelect,
        help_text="With C-MOVE, the node sends to one of the stores, which it must know. With "
        "C-GET, everything comes back on the association that asked. DICOMweb needs an address "
        "of web services, and none of the DICOM fields.",
    )
    ae_title = TitleField(
        required=False,
        label="AE title of the node",
        help_text="Its DICOM name: at most 16 letters and digits, without spaces.",
    )
    calling_ae_title = TitleField(
        required=False,
        label="AE title of this server",
        help_text="The DICOM name by which Kerma asks. Many nodes answer only names they know.",
    )
    port = _port(required=False, label="Port", help_text="That of the node, often 104 or 11112.")
    host_name = forms.CharField(
        required=False,
        label="Host name",
        help_text="Used before the address: fill it in only where the network resolves it.",
    )
    address = forms.CharField(
        required=False, label="Address", help_text="IP address, for example 192.0.2.100."
    )
    modality_in_study_query = forms.BooleanField(
        required=False,
        label="Use Modality in study query",
        help_text="Some nodes (such as Impax 6.6) filter by Modality only, though it does not "
        "belong into a study query, where Modalities in Study does. Others ignore it, or answer "
        "nothing if it is there: switch it on only where it is needed.",
    )
    delay_s = forms.FloatField(
        label="Pause between requests",
        min_value=0,
        max_value=3600,
        help_text="To spare a busy node. 0 asks without a pause.",
    )
    timeout_s = forms.IntegerField(label="Longest wait for an answer", min_value=1, max_value=3600)
    tls = forms.BooleanField(required=False, label="Encrypted (TLS)")
    tls_authority = FileField(
        required=False,
        label="Authority of the node",
        help_text="Path of the certificate that must have signed the node’s, as PEM.",
    )
    tls_certificate = FileField(
        required=False,
        label="Our certificate",
        help_text="Path, as PEM; needed where the node asks for it.",
    )
    tls_key = FileField(required=False, label="Our key", help_text="Path, as PEM.")
    web_url = forms.URLField(
        required=False,
        assume_scheme="https",
        label="Address of the web services",
        help_text="Their root, for example https://pacs.example/dicom-web.",
    )
    web_user = forms.CharField(required=False, label="User")
    web_password = forms.CharField(
        required=False, strip=False, label="Password", widget=forms.PasswordInput
    )
    forget_password = forms.BooleanField(required=False, label="Forget the stored password")
    web_token = forms.CharField(required=False, label="Token", widget=forms.PasswordInput)
    forget_token = forms.BooleanField(required=False, label="Forget the stored token")

    def __init__(self, row: RemoteNode, *args: Any, **kwargs: Any) -> None:
        super().__init__(row, *args, **kwargs)
        for name, switch in _SECRETS.items():
            self.fields[name].widget.attrs["autocomplete"] = "new-password"
            if getattr(row, name):
                self.fields[name].help_text = (
                    "One is stored, and never shown. Empty keeps it, unless the services move to "
                    "another host."
                )
            else:
                del self.fields[switch]
                self.fields[name].help_text = "Stored encrypted, and never shown again."

    def clean_host_name(self) -> str:
        """Return the host name, which is one or empty."""
        name: str = self.cleaned_data["host_name"]
        if name and not _HOST_NAME.match(name):
            raise forms.ValidationError("This is no host name. Write it as pacs.hospital.example.")
        return name

    def clean_address(self) -> str:
        """Return the address, which is one or empty."""
        return _addresses(self.cleaned_data["address"], networks=False)

    def clean_port(self) -> int:
        """Return the port; 104 where none matters."""
        return self.cleaned_data["port"] or 104

    def clean(self) -> dict[str, Any]:
        """Demand what the way of the node needs."""
        given = super().clean() or {}
        if given.get("way") == RemoteNode.Way.WEB:
            self._demand("web_url", "DICOMweb needs the address of the web services.")
            return given
        self._demand("ae_title", "The node needs its AE title.")
        self._demand("calling_ae_title", "Kerma needs an AE title to ask by.")
        if not (given.get("host_name") or given.get("address") or "address" in self.errors):
            self.add_error("address", "The node needs a host name or an address.")
        if bool(given.get("tls_certificate")) != bool(given.get("tls_key")):
            self.add_error("tls_key", "Certificate and key go together: give both, or neither.")
        return given

    def _demand(self, name: str, sentence: str) -> None:
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, sentence)

    def keep(self) -> None:
        """Write the row, passwords sealed."""
        for name, switch in _SECRETS.items():
            if self.cleaned_data[name]:
                setattr(self.row, name, seal_text(self.cleaned_data[name]))
            elif self.cleaned_data.get(switch) or self._goes_elsewhere():
                setattr(self.row, name, "")
        super().keep()

    def _goes_elsewhere(self) -> bool:
        """Return whether what was entered for one host would now be sent to another."""
        before, now = (urlsplit(url) for url in (self.row.web_url, self.cleaned_data["web_url"]))
        return (before.scheme, before.netloc) != (now.scheme, now.netloc)


def _addresses(text: str, *, networks: bool) -> str:
    """Return addresses, or networks, by commas; each must be one."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            one = ipaddress.ip_network(part) if networks else ipaddress.ip_address(part)
        except ValueError as error:
            kind = "address or network" if networks else "IP address"
            raise forms.ValidationError(f"“{part}” is no {kind}: {error}.") from error
        found.append(part if networks and "/" not in part else str(one))
    if len(found) > 1 and not networks:
        raise forms.ValidationError("Write one address only.")
    return ", ".join(found)
