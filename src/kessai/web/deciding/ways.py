"""The acts behind 「ほかの操作」: from a form that was sent to the one operation that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kessai.decisions import operations
from kessai.decisions.circulating import operations as circulating
from kessai.decisions.course import operations as course
from kessai.decisions.flagging import operations as flagging
from kessai.decisions.issuing import operations as issuing
from kessai.decisions.operations import Outcome
from kessai.decisions.reminding import operations as reminding
from kessai.decisions.talking import operations as talking
from kessai.drafting.rules import read_names
from kessai.kernel.calendar import day_in_japan
from kessai.web.base import sent
from kessai.web.base.choosing import day_by_words, post_by_words


@dataclass(frozen=True, slots=True)
class Sent:
    """A form of 「ほかの操作」. ``step``: who, which case, which step, which act, when."""

    form: Mapping[str, str]
    step: Mapping[str, Any]
    seen: str
    reason: str

    def on_case(self) -> dict[str, Any]:
        return {key: value for key, value in self.step.items() if key != "position"}

    def number(self, key: str) -> int:
        return sent.place(self.form.get(key, ""))

    def chosen(self) -> int:
        """The post that was chosen from a list; 0 for none."""
        return sent.key(self.form.get("to", "")) or 0

    def post(self) -> int:
        """The one post that the words typed find. Errors: Cannot, with those that they would fit."""
        return post_by_words(
            tenant_id=self.step["tenant_id"],
            words=self.form.get("post", ""),
            on=day_in_japan(self.step["at"]),
        )


Way = Callable[[Sent], Outcome]
WAYS: Mapping[str, Way] = {
    "return_to": lambda s: operations.return_to(seen=s.seen, to=s.number("to"), reason=s.reason, **s.step),
    "refuse": lambda s: operations.refuse_consent(seen=s.seen, reason=s.reason, **s.step),
    "agree": lambda s: operations.approve(seen=s.seen, opinion=s.reason, **s.step),
    "opine": lambda s: operations.opine(seen=s.seen, opinion=s.reason, **s.step),
    "settle": lambda s: operations.settle(seen=s.seen, reason=s.reason, **s.step),
    "hold": lambda s: operations.hold(reason=s.reason, **s.step),
    "resume": lambda s: operations.resume(**s.step),
    "reject": lambda s: operations.reject(seen=s.seen, reason=s.reason, **s.step),
    "abandon": lambda s: operations.abandon(seen=s.seen, reason=s.reason, **s.step),
    "take_back": lambda s: operations.take_back(**s.step),
    "object": lambda s: operations.object_to(seen=s.seen, reason=s.reason, **s.step),
    "ahead_approve": lambda s: operations.approve(seen=s.seen, opinion=s.reason, ahead=True, **s.step),
    "ahead_decide": lambda s: operations.decide(seen=s.seen, opinion=s.reason, ahead=True, **s.step),
    "add_step": lambda s: course.add_step(
        kind=s.form.get("kind", ""),
        post_id=s.post(),
        reason=s.reason,
        answer_by=day_by_words(s.form.get("answer_by", "")),
        later="later" in s.form,
        **s.step,
    ),
    "remove_step": lambda s: course.remove_step(target=s.number("position"), reason=s.reason, **s.on_case()),
    "move": lambda s: course.move_consent(post_id=s.post(), reason=s.reason, **s.step),
    "flag": lambda s: flagging.raise_flag(flag=s.form.get("choice", ""), reason=s.reason, **s.on_case()),
    "withdraw": lambda s: course.withdraw(**s.on_case()),
    "escalate": lambda s: course.escalate(reason=s.reason, **s.on_case()),
    "put_seal": lambda s: issuing.put_seal(seen=s.seen, remark=s.form.get("opinion", ""), **s.step),
    "refuse_seal": lambda s: issuing.refuse_seal(seen=s.seen, reason=s.reason, **s.step),
    "void_issue": lambda s: issuing.void(seq=s.number("seq"), reason=s.reason, **s.on_case()),
    "remind": lambda s: reminding.remind(**s.on_case()),
    "cancel": lambda s: course.cancel(reason=s.reason, **s.on_case()),
    "ask": lambda s: talking.ask(post_id=s.chosen(), question=s.reason, **s.on_case()),
    "answer": lambda s: talking.answer(request=s.number("request"), text=s.reason, **s.on_case()),
    "report": lambda s: talking.report(request=s.number("request"), text=s.reason, **s.on_case()),
    "drop": lambda s: talking.drop(request=s.number("request"), **s.on_case()),
    "forward": lambda s: talking.forward(post_id=s.post(), note=s.reason, **s.step),
    "add_readers": lambda s: circulating.add_readers(
        names=read_names(s.form.get("names", "")), **s.on_case()
    ),
    "share": lambda s: circulating.share(
        names=read_names(s.form.get("names", "")), note=s.reason, **s.on_case()
    ),
    "end_circulation": lambda s: circulating.end_circulation(remark=s.reason, **s.on_case()),
    "number": lambda s: circulating.give_number(**s.on_case()),
}
"""By the value of the pressed button."""
