"""A person at a browser without scripts: presses buttons and follows links by the words that stand on them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin

from django.test import Client
from django.urls import reverse


@dataclass
class Form:
    action: str
    method: str
    id: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)


class _Reading(HTMLParser):
    """Forms with what a browser would send, and links by their words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self._form: Form | None = None
        self._words: list[str] = []
        self._open: dict[str, str] = {}
        self._choice: str | None = None
        self._elsewhere: list[tuple[str, str, Any]] = []
        self.feed(html)
        named = {form.id: form for form in self.forms if form.id}
        for of, name, what in self._elsewhere:  # inputs and buttons that name a form they do not stand in
            if of in named and name:
                named[of].fields.setdefault(name, []).append(what)
            elif of in named:
                named[of].buttons.append(what)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = Form(said.get("action", ""), said.get("method", "get"), said.get("id", ""))
            self.forms.append(self._form)
        elif tag in ("a", "textarea", "button"):
            self._words, self._open = [], said
        elif tag == "select":
            self._open, self._choice = said, None
        elif tag == "option" and (self._choice is None or "selected" in said):
            self._choice = said.get("value", "")  # without a chosen one, a browser sends the first
        elif tag == "input":
            kind = said.get("type", "text")
            if kind == "submit" and self._form:
                self._form.buttons.append(said | {"words": said.get("value", "")})
            elif (kind not in ("checkbox", "radio") or "checked" in said) and "disabled" not in said:
                self._keep(said, said.get("value", ""))

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        words = "".join(self._words)
        if tag == "a":
            self.links[words.strip()] = self._open.get("href", "")
        elif tag == "select":
            self._keep(self._open, self._choice or "")
        elif tag == "textarea":
            self._keep(self._open, words.removeprefix("\n"))
        elif tag == "button" and self._open.get("form"):
            self._elsewhere.append((self._open["form"], "", self._open | {"words": words.strip()}))
        elif tag == "button" and self._form and self._open.get("type", "submit") == "submit":
            self._form.buttons.append(self._open | {"words": words.strip()})
        elif tag == "form":
            self._form = None

    def _keep(self, said: dict[str, str], value: str) -> None:
        name = said.get("name", "")
        if name and said.get("form"):
            self._elsewhere.append((said["form"], name, value))
        elif name and self._form:
            self._form.fields.setdefault(name, []).append(value)


class Reader:
    """`page` is what he looks at, `address` where it stands. Cross-site protection is on, as in life."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.address = ""
        self.page = ""

    def log_in(self, username: str, password: str) -> "Reader":
        self.open(reverse("admin:login"))
        self.press("登录", username=username, password=password)
        assert self.address == reverse("admin:index"), self.page
        return self

    def open(self, address: str) -> "Reader":
        return self._look(self.client.get(address, follow=True), address)

    def follow(self, words: str) -> "Reader":
        """The first link that says `words`, maybe with more after it (a number of forms that wait)."""
        links = _Reading(self.page).links
        found = next((href for said, href in links.items() if said.startswith(words)), None)
        assert found is not None, f"没有链接“{words}”：{[one for one in links if one]}"
        return self.open(urljoin(self.address, found))

    def press(self, words: str, **typed: Any) -> "Reader":
        """Send the form whose button says `words`, with `typed` in its fields."""
        forms = _Reading(self.page).forms
        found = [(form, button) for form in forms for button in form.buttons if button["words"] == words]
        assert found, f"没有按钮“{words}”：{[button['words'] for form in forms for button in form.buttons]}"
        form, button = found[0]
        assert "disabled" not in button, f"按钮“{words}”是灰的"
        data: dict[str, Any] = {**form.fields, **typed}
        if button.get("name"):
            data[button["name"]] = button.get("value", "")
        address = urljoin(self.address, button.get("formaction") or form.action or self.address)
        send = self.client.get if form.method.lower() == "get" else self.client.post
        return self._look(send(address, data, follow=True), address)

    def fields(self) -> dict[str, list[str]]:
        """What stands in the inputs of the page's forms."""
        return {name: values for form in _Reading(self.page).forms for name, values in form.fields.items()}

    def _look(self, response: Any, address: str) -> "Reader":
        assert response.status_code == 200, (address, response.status_code)
        chain = getattr(response, "redirect_chain", [])
        self.address = urldefrag(urljoin(address, chain[-1][0]) if chain else address).url
        self.page = response.content.decode()
        return self
