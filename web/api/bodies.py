"""What the API takes. Nothing that is not named is accepted: a misspelt field is no field."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tracker.identity import LARGEST_ID


def _without_control_characters(text: str) -> str:
    if any(ord(character) < 32 and character not in "\n\r\t" for character in text):
        raise ValueError("不能含有控制字符")
    return text


Text = Annotated[str, Field(max_length=2000), AfterValidator(_without_control_characters)]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID, strict=True)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Act(Body):
    """办理一个环节。"""

    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, json_schema_extra={"examples": [{"reason": "材料齐全"}]}
    )

    reason: Text | None = Field(default=None, description="理由；退回、驳回等环节必须填写")
    on_behalf_of: Id | None = Field(
        default=None, description="代录：分管领导在纸上批示，由协调员（令牌本人）登记时，写领导的人员编号"
    )


class MilestoneAct(Act):
    """办理节点的一个环节。"""

    done_on: date | None = Field(default=None, description="补录时必须填写：实际在哪一天完成")


class NewExtension(Body):
    """申请延期。"""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"to_due_on": "2024-07-31", "reason": "设备到货推迟"}]},
    )

    to_due_on: date = Field(description="申请延到哪一天")
    reason: Annotated[Text, Field(min_length=1)]


class NewText(Body):
    """一段文字：批示或者催办。"""

    text: Annotated[Text, Field(min_length=1)]


class NewInstruction(NewText):
    """批示。"""

    on_behalf_of: Id | None = Field(default=None, description="代录：领导的人员编号")


class NewLink(Body):
    """提交一个链接代替文件。"""

    deliverable_ids: Annotated[list[Id], Field(min_length=1, max_length=100)]
    link: Annotated[str, Field(min_length=1, max_length=2000)]
    name: Annotated[Text, Field(min_length=1, max_length=255)]
    milestone_id: Id | None = Field(default=None, description="周期性工作：材料属于哪一期")
