"""A folder of a run's own, and the dashboards in it: made with random UIDs, and removed whatever happens.

What a request may have made is noted before it is sent. A request without an answer may still be carried out, so that
what it would make is looked for several times. Nothing else is ever deleted: a folder into which somebody has put
something is left, and reported.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.verify.conformance.grafana_api import GrafanaApi
from generator.verify.json_api import OK, Answer, path_segment

ATTEMPTS = 3
"""How often the deletion of something is tried."""
PAUSE = 2.0
"""Seconds between two of them."""
REMOVAL_TIMEOUT = 10.0
"""Seconds that an answer may take during the removal, so that a dead server does not hold the command for minutes."""
GONE = 404
ANY_STATUS = range(200, 600)
REFUSED = (400, 401, 403, 404, 409, 412, 413, 422, 429)
"""Statuses by which Grafana says that it has made nothing."""
NOT_THE_DASHBOARD = (401, 403, 429)
"""Those that are not about the dashboard."""
ASK = "delete it in Grafana"


@frozen
class TemporaryObject:
    """A folder or a dashboard: the path to delete it, the page that shows it, what it is, and whether Grafana has
    confirmed that it made it."""

    path: str
    page: str
    what: str
    confirmed: bool = False


class TemporaryFolder:
    """The folder of one run. `removal` is the API with which it is removed."""

    def __init__(self, api: GrafanaApi) -> None:
        self._api = api
        self.run = secrets.token_hex(8)
        self.uid = f"conformance-{self.run}"
        self.title = f"Conformance {self.run} (temporary)"
        self._folder: TemporaryObject | None = None
        self._dashboards: dict[str, TemporaryObject] = {}
        self._dead = False

    def create(self) -> None:
        """Make the folder. Raises `BuildError` where Grafana does not."""
        folder = TemporaryObject(
            f"/api/folders/{self.uid}", f"/dashboards/f/{self.uid}", f'the temporary folder "{self.title}"'
        )
        self._folder = folder
        answer = self._api.post("/api/folders", {"uid": self.uid, "title": self.title}, (*OK, *REFUSED))
        self._folder = _after(folder, answer)
        if answer.status not in OK:
            raise BuildError([self._api.rejection("POST /api/folders", answer)])

    def save(self, model: Mapping[str, Any]) -> str:
        """Save a new dashboard into the folder. Returns why Grafana refuses it, or nothing. Raises `BuildError`:
        Grafana refuses the token, or fails."""
        uid, title = model["uid"], model["title"]
        dashboard = TemporaryObject(
            f"/api/dashboards/uid/{path_segment(uid)}", f"/d/{uid}", f'the temporary dashboard "{title}"'
        )
        self._dashboards[uid] = dashboard
        body = {"dashboard": dict(model), "folderUid": self.uid, "overwrite": False}
        answer = self._api.post("/api/dashboards/db", body, (*OK, *REFUSED))
        saved = _after(dashboard, answer)
        if saved is None:
            del self._dashboards[uid]
        else:
            self._dashboards[uid] = saved
        if answer.status in NOT_THE_DASHBOARD:
            raise BuildError([self._api.rejection("POST /api/dashboards/db", answer)])
        return "" if answer.status in OK else f"{answer.status}: {self._api.public(answer.message)}"

    def remove(self) -> list[Problem]:
        """Delete the dashboards and the folder, and return a problem for each that is left, with its name."""
        self._api.timeout = min(self._api.timeout, REMOVAL_TIMEOUT)
        problems = {uid: self._delete(each) for uid, each in self._dashboards.items()}
        if self._folder is None:
            return [problem for problem in problems.values() if problem]
        folder = self._remove_folder(self._folder)
        # A folder takes its dashboards with it.
        return [problem for problem in problems.values() if problem and folder] + ([folder] if folder else [])

    def _remove_folder(self, folder: TemporaryObject) -> Problem | None:
        """Delete the folder, unless it holds something else than this run's dashboards."""
        if folder.confirmed:
            try:
                others = self._others()
            except BuildError as error:
                return self._left(folder, error.problems[0].what)
            if others:
                return self._left(folder, f"others have put {', '.join(others)} into it")
        return self._delete(folder)

    def _others(self) -> list[str]:
        """What the folder holds besides the dashboards of the run. Raises `BuildError`: Grafana does not say."""
        for attempt in range(self._attempts):
            if attempt:
                self._api.wait(PAUSE)
            try:
                items = self._api.get("/api/search", folderUIDs=self.uid).data
                return [f'"{item["title"]}"' for item in items if item["uid"] not in self._dashboards]
            except (LookupError, TypeError):
                what, hint = "GET /api/search answers in another form", "check that the URL is that of a Grafana"
                last = BuildError([Problem(self._api.url, what, hint)])
            except BuildError as error:
                last = error
        raise last

    def _delete(self, target: TemporaryObject) -> Problem | None:
        """Delete something, and return the problem if it may still be there."""
        reason = ""
        for attempt in range(self._attempts):
            if attempt:
                self._api.wait(PAUSE)
            try:
                answer = self._api.delete(target.path, ANY_STATUS)
            except BuildError as error:
                reason = error.problems[0].what
                continue
            if answer.status in OK or (answer.status == GONE and target.confirmed):
                return None
            reason = "" if answer.status == GONE else f"{answer.status}: {self._api.public(answer.message)}"
        # A server that is gone is not waited for again with each object.
        self._dead = self._dead or bool(reason)
        return self._left(target, reason) if reason else None

    @property
    def _attempts(self) -> int:
        return 1 if self._dead else ATTEMPTS

    def _left(self, target: TemporaryObject, reason: str) -> Problem:
        return Problem(f"{self._api.url}{target.page}", f"{target.what} is left ({reason})", ASK)


def _after(target: TemporaryObject, answer: Answer) -> TemporaryObject | None:
    """What an answer says of the object that it should have made; None: that there is none."""
    if answer.status in REFUSED:
        return None
    return TemporaryObject(target.path, target.page, target.what, confirmed=True)
