"""A browser that draws one page after the other, in a tab that is made new now and then."""

from __future__ import annotations

from webapp.adapters.renderer.connection import Connection
from webapp.adapters.renderer.tab import Tab

START = 20.0
END = 0.5
CARDS_PER_TAB = 100
"""What pages leave behind in a tab's memory ends with it; a new tab costs as much as two cards."""
CARDS_PER_BROWSER = 1000
CARDS_PER_LOOK = 25
"""Cards after which its memory is looked at."""
MEMORY_MAX = 1 << 29


class Browser:
    """Used by one thread at a time. Raises OSError where the program does not start."""

    def __init__(self, program: str) -> None:
        self.connection = Connection(program)
        self.cards = 0
        self._tab: Tab | None = None

    def tab(self) -> Tab:
        """The tab for the next page. Raises Gone, Late, Refused."""
        if self._tab is None:
            self._tab = Tab(self.connection, START)
        self.cards += 1
        return self._tab

    def rest(self) -> None:
        """After a page: close the tab when it has drawn enough. Raises Gone, Late, Refused."""
        if self._tab is not None and self._tab.cards >= CARDS_PER_TAB:
            self._tab.close(END)
            self._tab = None

    @property
    def is_worn(self) -> bool:
        """Whether another browser should draw the next page."""
        if not self.connection.is_open or self.cards >= CARDS_PER_BROWSER:
            return True
        return self.cards % CARDS_PER_LOOK == 0 and self.connection.memory() > MEMORY_MAX

    def close(self) -> None:
        """End it, whatever it does."""
        self.connection.close()
