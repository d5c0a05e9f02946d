"""What people say to each other on a task (留言)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel


class Comment(SQLModel, table=True):
    """A word on a task: no order (批示), no urging (催办), and nobody has to answer it."""

    __tablename__ = "comment"

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    author_id: int = Field(foreign_key="person.id")
    text: str
    written_at: datetime
