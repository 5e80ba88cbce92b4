"""Connections on which nothing arrives are closed, so that they can't keep others out."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

from clustergraph.web.visit import SLOWEST


class Patient(H11Protocol):
    """HTTP as uvicorn speaks it, for clients that have sent a request within `SLOWEST` seconds."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Wait for the first request, though not for ever."""
        super().connection_made(transport)
        self.loop.call_later(SLOWEST, self._give_up)

    def _give_up(self) -> None:
        if self.cycle is None:
            self.transport.close()
