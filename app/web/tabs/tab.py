"""What a tab of the workbench is to the page's shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import gradio as gr

from app.web.downloads import Download

#: Events that need no queue and whose work is short.
QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
#: Events of a tab that may take a second: Gradio dims what they will change.
STEADY: dict[str, Any] = {"queue": False, "show_progress": "minimal", "api_visibility": "private"}
#: What stands in a view until it has come; so long the tab's filters do not answer (page.css), for what is brought back
#: would overwrite what was chosen meanwhile.
LOADING = '<p class="aw-loading" role="status">正在读取……</p>'
#: Value of a selector that leaves everything in.
ANY = ""


class Tab(Protocol):
    """One tab: its name in addresses, its title, its components and events."""

    name: str
    title: str

    @property
    def kept(self) -> Sequence[gr.components.Component]:
        """Components whose values survive a reload of the page."""
        ...

    def lay_out(self) -> None:
        """Make the components, within the tab's column."""
        ...

    def connect(self, started: gr.events.Dependency) -> None:
        """Connect the events.

        Args:
            started: the event after which a page's kept values are back; what the tab first shows follows it.
        """
        ...

    def downloads(self) -> Mapping[str, Download]:
        """The files that the tab hands out, by the last part of their address."""
        ...


def script(name: str) -> str:
    """The script of a tab's main gr.HTML: clicks on its buttons, and addresses that lead to it, become its select.

    Args:
        name: the tab's name.
    """
    return (
        f"window.anwen.tab('{name}', (index, value) => trigger('select', {{ index, value }}));\n"
        f"watch('value', () => window.anwen.shown('{name}'));"
    )


def busy(name: str) -> str:
    """The script before an event of a tab that may take seconds: what is shown is dimmed, and said to be on its way.

    Args:
        name: the tab's name.
    """
    return f"(...values) => {{ window.anwen.busy('{name}', true); return values; }}"


def done(name: str) -> str:
    """The script after such an event.

    Args:
        name: the tab's name.
    """
    return f"() => {{ window.anwen.busy('{name}', false); }}"


def dropdown(label: str, choices: Sequence[tuple[str, str]], anything: str = "不限", **options: Any) -> gr.Dropdown:
    """A selector whose first choice leaves everything in.

    Args:
        label: its name.
        choices: (shown, value) of the others.
        anything: what the first choice is called.
        options: further arguments of gr.Dropdown.
    """
    given = {"filterable": False, "min_width": 110, "value": ANY, **options}
    return gr.Dropdown(choices=[(anything, ANY), *choices], label=label, **given)


def changed(component: Any) -> Any:
    """The event of a filter that a visitor has changed.

    Args:
        component: a component that holds a value; Gradio 6.31 fires a text box's own input on a key press alone, which
            pasted words and those of a Chinese input method (输入法) are not.
    """
    return component.change if isinstance(component, gr.Textbox) else component.input
