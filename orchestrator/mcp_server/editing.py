"""Changing a script in words or by a patch, and taking that back."""

from __future__ import annotations

from dataclasses import dataclass

from soundwright.orchestrator.llm.choose import configured_name, open_model
from soundwright.orchestrator.mcp_server.answers import Answer, file_link
from soundwright.orchestrator.mcp_server.offers import Arguments, Call
from soundwright.orchestrator.mcp_server.studio import Studio, one_of
from soundwright.orchestrator.project import Project
from soundwright.orchestrator.revision import revise, steps
from soundwright.orchestrator.revision.revise import Proposal


@dataclass(frozen=True)
class Editor:
    """The tools ``edit`` and ``undo``."""

    studio: Studio

    def edit(self, arguments: Arguments, call: Call) -> Answer:
        """Propose a change, and do it unless only a preview is wanted or a question has to be answered first."""
        project = self._project(arguments)
        call.watch.stage("plan")
        proposal = self._proposal(project, arguments, call)
        words = [proposal.question or proposal.summary, proposal.diff]
        words += [] if proposal.forecast is None else [str(proposal.forecast)]
        done = not proposal.question and not arguments.get("preview", False)
        if done:
            steps.accept(project, proposal)
        words += [] if done else ["Nothing was changed."]
        data = {**proposal.to_json(), "done": done, "file": str(project.script)}
        return Answer("\n".join(filter(None, words)), data, (file_link(project.script),))

    def undo(self, arguments: Arguments, call: Call) -> Answer:
        """Take back the last steps."""
        del call
        project = self._project(arguments)
        taken = steps.undo(project, int(arguments.get("count", 1)))
        text = "\n".join(f"{step.entry.summary}\n{step.diff}" for step in taken)
        data = {"undone": [step.entry.summary for step in taken], "file": str(project.script)}
        return Answer(text, data, (file_link(project.script),))

    def _project(self, arguments: Arguments) -> Project:
        return Project.at(self.studio.places.file(str(arguments["file"]), "file"))

    def _proposal(self, project: Project, arguments: Arguments, call: Call) -> Proposal:
        """In words by the owner's language model, or by fixed patterns where there is none; or by a patch."""
        options = self.studio.options(arguments)
        if one_of(arguments, "request", "patch") == "patch":
            return revise.propose_patch(project, arguments["patch"], options=options)
        name = self.studio.settings.llm or configured_name()
        return revise.propose(
            project, str(arguments["request"]), open_model(name) if name else None,
            max_cost_usd=self.studio.settings.max_cost, options=options, cancelled=call.cancel.is_set,
        )  # fmt: skip
