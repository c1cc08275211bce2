"""A store for the tests of retrieval: writes what it gets to the spool, then answers."""

from pynetdicom import AE, AllStoragePresentationContexts, evt
from pynetdicom.sop_class import Verification

from kerma.pipeline import spool
from tests.net.sockets import mend

mend()


class SpoolStore:
    """A storage SCP on a free port of this machine, to be used in a `with` statement."""

    def __init__(self, ae_title: str = "KERMA") -> None:
        self.ae_title = ae_title
        self.port = 0
        self.status = 0x0000

    def __enter__(self) -> "SpoolStore":
        ae = AE(ae_title=self.ae_title)
        ae.maximum_associations = 50
        for context in AllStoragePresentationContexts:
            ae.add_supported_context(context.abstract_syntax)
        ae.add_supported_context(Verification)
        self._server = ae.start_server(
            ("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, self._keep)]
        )
        self.port = self._server.socket.getsockname()[1]
        return self

    def __exit__(self, *raised: object) -> None:
        self._server.shutdown()

    def _keep(self, event: evt.Event) -> int:
        if self.status == 0x0000:
            caller = event.assoc.requestor.ae_title
            spool.put([event.encoded_dataset()], "receive", self.ae_title, caller)
        return self.status
